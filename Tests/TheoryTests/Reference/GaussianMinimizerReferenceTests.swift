// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@testable import Theory

@Suite struct GaussianMinimizerReferenceTests {
  @Test("the lab agrees with every number of an independent implementation")
  func independentValuesPass() throws {
    let checks = try GaussianMinimizerReference(contentsOfFile: ReferenceFixture.gaussian.path)
      .check()
    #expect(
      checks.map(\.quantity) == [
        "mapCoefficient by the elliptic equation", "contraction", "mapCoefficient",
        "flowMapCoefficient",
      ])
    #expect(checks.allSatisfy { $0.passes && $0.count == 4 })
    #expect(checks.dropFirst().allSatisfy { $0.largestError < 1e-12 })
  }

  @Test("an altered digit of any number is refused")
  func alteredDigitsFail() throws {
    let text = try ReferenceFixture.gaussian.text
    for leaf in NumericLeaf.all(in: text) {
      let altered = text.replacingCharacters(
        in: leaf.range, with: leaf.altered(significantDigit: 7))
      do {
        let checks = try GaussianMinimizerReference(data: Data(altered.utf8), file: "altered.json")
          .check()
        #expect(checks.contains { !$0.passes }, "\(leaf.path) \(leaf.literal)")
      } catch {
        #expect(["t", "dataDeviation", "s"].contains(leaf.path), "\(error)")
      }
    }
  }

  @Test("a time other than T, a deviation or an end time out of range is named")
  func ranges() throws {
    let text = try ReferenceFixture.gaussian.text
    for (old, new, key) in [
      ("\"t\": 1.0", "\"t\": 0.99", "0.t"), ("\"s\": 0.0", "\"s\": 1.0", "0.s"),
      ("\"dataDeviation\": 1.0", "\"dataDeviation\": 0.0", "0.dataDeviation"),
    ] {
      let range = try #require(text.range(of: old))
      let error = #expect(throws: ReferenceError.self) {
        _ = try GaussianMinimizerReference(
          data: Data(text.replacingCharacters(in: range, with: new).utf8), file: "values.json")
      }
      guard case .wrongValue("values.json", key, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
