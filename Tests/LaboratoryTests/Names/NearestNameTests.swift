// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Laboratory
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

@Suite struct ObjectiveNameTests {
  @Test("every objective is found by both of its names", arguments: Objective.allCases)
  func bothNames(objective: Objective) throws {
    #expect(try Objective.named(objective.shortName) == objective)
    #expect(try Objective.named(objective.rawValue) == objective)
  }

  @Test("an unknown objective is answered with every name and the nearest")
  func unknown() throws {
    let error = #expect(throws: UnknownObjectiveError.self) { try Objective.named("ids") }
    let text = try #require(error).description
    #expect(text.contains("\"ids\"") && text.contains("Did you mean isd?"))
    for objective in Objective.allCases {
      #expect(text.contains("\(objective.shortName) (\(objective.rawValue))"))
    }
  }
}
