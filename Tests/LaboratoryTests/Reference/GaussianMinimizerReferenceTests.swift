// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@testable import Laboratory

@Suite struct GaussianMinimizerReferenceTests {
  @Test("the lab agrees with every number of an independent implementation")
  func independentValuesPass() throws {
    let checks = try GaussianMinimizerReference(contentsOfFile: ReferenceFixture.gaussian.path)
      .check()
    #expect(checks.map(\.quantity) == ["contraction", "mapCoefficient", "flowMapCoefficient"])
    #expect(checks.allSatisfy { $0.passes && $0.count == 4 && $0.largestError < 1e-12 })
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

  @Test("the linear interpolant's contraction has a closed form", arguments: [0.02, 0.5, 1, 3])
  func linearClosedForm(deviation: Double) {
    let minimizer = GaussianMinimizer(interpolant: LinearInterpolant(), dataDeviation: deviation)
    #expect(
      abs(minimizer.contraction(to: 0) * (deviation + .pi / 2) - 1) < 1e-11)
    // From a later s: y = √P (A + B φ) with φ' = σ_d / P.
    let s = 0.6
    let start = ((1 - s) * (1 - s) * deviation * deviation + s * s).squareRoot()
    let angle = Double.pi / 2 - atan2(s, (1 - s) * deviation)
    let expected = deviation / (start * (deviation + angle))
    #expect(abs(minimizer.contraction(to: s) / expected - 1) < 1e-11)
  }

  @Test("with σ_d = 1 the trigonometric contraction is 1 / cosh(π/2 − s)")
  func trigonometricClosedForm() {
    let minimizer = GaussianMinimizer(interpolant: TrigonometricInterpolant(), dataDeviation: 1)
    for s in [0, 0.4, 1.2] {
      #expect(abs(minimizer.contraction(to: s) * cosh(.pi / 2 - s) - 1) < 1e-12)
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
