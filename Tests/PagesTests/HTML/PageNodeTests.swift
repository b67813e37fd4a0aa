// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Pages

@Suite struct PageNodeTests {
  @Test("what HTML takes for its own is escaped, in words and in attributes")
  func escaping() {
    let node = tag("p", ["title": "a \"b\" & 'c'", "hidden": nil], ["1 < 2 > 0 & <b>"])
    #expect(
      node.markup
        == "<p title=\"a &quot;b&quot; &amp; &#39;c&#39;\">1 &lt; 2 &gt; 0 &amp; &lt;b&gt;</p>")
  }

  @Test("elements nest, and those that hold nothing have no end")
  func nesting() {
    let node = tag("div", [:], [tag("br"), tag("img", ["alt": ""]), .verbatim("<i></i>")])
    #expect(node.markup == "<div><br/><img alt=\"\"/><i></i></div>")
  }

  @Test("a page names its language, loads nothing and holds its parts")
  func page() {
    let page = Page(
      title: "A <run>", subtitle: "words", reloadInterval: 5,
      body: [section("Part", id: "part", [paragraph("text"), table("c", ["a"], [["<1>"]])])])
    let html = page.html
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    for part in [
      "<title>A &lt;run&gt;</title>", "default-src &#39;none&#39;",
      "http-equiv=\"refresh\" content=\"5\"",
      "<h2 id=\"part-title\">Part</h2>", "<th scope=\"row\">&lt;1&gt;</th>", "<caption>c</caption>",
    ] {
      #expect(html.contains(part), "\(part)")
    }
    #expect(!html.contains("http://") && !html.contains("https://"))
  }
}
