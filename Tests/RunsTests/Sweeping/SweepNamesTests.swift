// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@testable import Runs

@Suite struct SweepNamesTests {
  private func values(_ text: String) throws -> [JSONValue] {
    let document = try JSONDocument(data: Data(text.utf8), path: "values")
    guard case .array(let values) = document.root.content else { return [] }
    return values
  }

  @Test("axes are called by the ends of their keys that tell them apart")
  func short() {
    #expect(
      SweepNames.short([
        "configuration.schedule.peak", "configuration.network.perceptron.width",
        "configuration.loss.tangent.centralDifference.step",
        "configuration.loss.discretization.constant.step",
        "configuration.loss.sharing.diagonalFraction._0", "source",
      ]) == [
        "peak", "width", "centralDifference.step", "constant.step", "diagonalFraction._0", "source",
      ])
  }

  @Test("folders have plain names, short and different even where letters of both cases are one")
  func folders() throws {
    let points = try [
      values(#"["a/b c", 1]"#), values(#"["a b/c", 1]"#), values(#"["A-B-C", 1]"#),
      values("[\"\(String(repeating: "x", count: 300))\", 1]"),
    ]
    let names = SweepNames.folders(["source", "batch"], points)
    #expect(names[0] == "source-a-b-c_batch-1")
    #expect(names[1] == "source-a-b-c_batch-1_2")
    #expect(Set(names.map { $0.lowercased() }).count == 4)
    #expect(names.allSatisfy { $0.utf8.count < 120 && !$0.contains("/") && !$0.contains(" ") })
  }
}
