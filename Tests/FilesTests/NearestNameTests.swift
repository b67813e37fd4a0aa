// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@Suite struct NearestNameTests {
  @Test(
    "a slip of the keyboard finds its name",
    arguments: [
      ("fuor", "four"), ("forr", "four"), ("sinlge", "single"), ("ring", "ring8"),
      ("SPIRAL", "spiral"), ("griid", "grid"),
    ])
  func slips(written: String, meant: String) {
    let names = ["single", "two", "four", "ring8", "skewed3", "grid", "spiral"]
    #expect(nearestName(to: written, among: names) == meant)
  }

  @Test("the nearest of several is taken, the first of equals")
  func nearest() {
    #expect(nearestName(to: "esd", among: ["isd", "esd", "lsd"]) == "esd")
    #expect(nearestName(to: "xsd", among: ["isd", "lsd"]) == "isd")
  }

  @Test("a word unlike every name finds none", arguments: ["", "magic", "zzzzzzzzzz"])
  func unlike(written: String) {
    #expect(nearestName(to: written, among: ["isd", "four", "spiral"]) == nil)
  }
}
