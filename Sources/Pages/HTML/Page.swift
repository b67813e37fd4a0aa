// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// A page that stands alone: styles, scripts and pictures are in it, and it asks nothing of a network.
public struct Page: Sendable, Hashable {
  public var title: String
  /// What stands under the title.
  public var subtitle: String
  /// Seconds after which a reader sees the page anew; nil for one that is finished.
  public var reloadInterval: Int?
  public var body: [PageNode]

  public init(title: String, subtitle: String = "", reloadInterval: Int? = nil, body: [PageNode]) {
    self.title = title
    self.subtitle = subtitle
    self.reloadInterval = reloadInterval
    self.body = body
  }

  /// The file's text.
  public var html: String {
    var head: [PageNode] = [
      tag("meta", ["charset": "utf-8"]),
      // Nothing is loaded from anywhere, whatever the page holds.
      tag(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content":
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:",
        ]),
      tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      tag("meta", ["name": "color-scheme", "content": "light dark"]),
      tag("title", [:], [.text(title)]),
      tag("style", [:], [.verbatim(pageStyle)]),
    ]
    if let reloadInterval {
      head.append(tag("meta", ["http-equiv": "refresh", "content": "\(reloadInterval)"]))
    }
    let heading: [PageNode] =
      [tag("h1", [:], [.text(title)])]
      + (subtitle.isEmpty ? [] : [tag("p", ["class": "subtitle"], [.text(subtitle)])])
    let page = tag(
      "html", ["lang": "en"],
      [
        tag("head", [:], head),
        tag(
          "body", [:],
          [
            tag("header", [:], heading), tag("main", [:], body),
            tag("footer", [:], [.text("Made by toylab \(toylabVersion).")]),
            tag("script", [:], [.verbatim(pageScript)]),
          ]),
      ])
    return "<!DOCTYPE html>\n" + page.markup + "\n"
  }

  /// Writes the file whole or not at all.
  ///
  /// - Throws: `FileError`
  public func write(to path: String) throws { try AtomicFile.write(Data(html.utf8), to: path) }
}

/// A part of a page under a heading, which a link can name.
func section(_ title: String, id: String, _ children: [PageNode]) -> PageNode {
  tag(
    "section", ["id": id, "aria-labelledby": "\(id)-title"],
    [tag("h2", ["id": "\(id)-title"], [.text(title)])] + children)
}

func paragraph(_ words: String, class name: String? = nil) -> PageNode {
  tag("p", ["class": name], [.text(words)])
}

/// A table that is scrolled by itself where it is wider than the page; the first column names the rows.
///
/// - Parameter isWords: whether cells hold sentences, whose lines may break.
func table(
  _ caption: String, _ header: [String], _ rows: [[String]], isWords: Bool = false
) -> PageNode {
  let head = tag(
    "thead", [:],
    [tag("tr", [:], header.map { tag("th", ["scope": "col"], [.text($0)]) })])
  let body = tag(
    "tbody", [:],
    rows.map { row in
      tag(
        "tr", [:],
        row.enumerated().map { index, cell in
          index == 0
            ? tag("th", ["scope": "row"], [.text(cell)]) : tag("td", [:], [.text(cell)])
        })
    })
  return tag(
    "div", ["class": "scrolled", "role": "region", "aria-label": caption, "tabindex": "0"],
    [
      tag(
        "table", ["class": isWords ? "words" : nil],
        [tag("caption", [:], [.text(caption)]), head, body])
    ])
}

/// A command to copy.
func shellCommand(_ line: String) -> PageNode {
  tag("pre", ["class": "command", "tabindex": "0"], [tag("code", [:], [.text(line)])])
}
