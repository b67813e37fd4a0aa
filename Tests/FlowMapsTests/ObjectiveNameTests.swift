// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Testing

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
