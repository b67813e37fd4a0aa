// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import RandomStreams
import Testing

/// A beta law whose distribution function is elementary.
private struct Law: Sendable, CustomTestStringConvertible {
  let a: Double
  let b: Double
  let distribution: @Sendable (Double) -> Double

  var testDescription: String { "Beta(\(a), \(b))" }

  static let all = [
    Law(a: 0.8, b: 1) { pow($0, 0.8) },
    Law(a: 3, b: 1) { pow($0, 3) },
    Law(a: 1, b: 2.5) { 1 - pow(1 - $0, 2.5) },
    Law(a: 0.5, b: 0.5) { 2 / .pi * asin($0.squareRoot()) },
    Law(a: 2, b: 3) { $0 * $0 * (6 - 8 * $0 + 3 * $0 * $0) },
    Law(a: 5, b: 2) { pow($0, 5) * (6 - 5 * $0) },
    Law(a: 1.5, b: 0.5) { x in
      2 / .pi * (asin(x.squareRoot()) - (x * (1 - x)).squareRoot())
    },
  ]
}

@Suite struct RandomStreamBetaTests {
  private let stream = RandomStream(seed: 29, purpose: "beta", step: 2)

  private func values<Scalar: RandomScalar>(
    _ type: Scalar.Type, _ rows: Range<Int>, _ draws: Int, _ a: Double, _ b: Double
  ) -> [Scalar] {
    var out = [Scalar](repeating: 0, count: rows.count * draws)
    out.withUnsafeMutableBufferPointer {
      Scalar.fillBeta(stream, $0, rows: rows, draws: draws, a: a, b: b)
    }
    return out
  }

  @Test("draws follow their law (Kolmogorov-Smirnov at 0.1 %)", arguments: Law.all)
  private func law(law: Law) {
    let n = 100_000
    for drawn in [
      values(Double.self, 0..<n / 2, 2, law.a, law.b),
      values(Float.self, 0..<n / 2, 2, law.a, law.b).map { Double($0) },
    ] {
      let statistic = drawn.sorted().enumerated().reduce(0.0) { worst, pair in
        let p = law.distribution(pair.element)
        return max(
          worst, abs(p - Double(pair.offset) / Double(n)),
          abs(p - Double(pair.offset + 1) / Double(n)))
      }
      #expect(statistic < 1.95 / Double(n).squareRoot())
    }
  }

  @Test("a row's draws do not depend on how rows are cut into calls", arguments: Law.all)
  private func splitInvariance(law: Law) {
    let whole = values(Float.self, 0..<300, 2, law.a, law.b)
    let parts = [0..<1, 1..<130, 130..<300].flatMap { values(Float.self, $0, 2, law.a, law.b) }
    #expect(whole == parts)
  }

  @Test("single precision is double precision rounded", arguments: Law.all)
  private func precisions(law: Law) {
    let doubles = values(Double.self, 0..<5000, 2, law.a, law.b)
    let singles = values(Float.self, 0..<5000, 2, law.a, law.b)
    // The uniform's 2^-24 grows by the slope of the inverted distribution, here at most about 1e3.
    let tolerance = law.a == 1 || law.b == 1 ? 1e-4 : 0x1p-24
    #expect(zip(doubles, singles).allSatisfy { abs($0 - Double($1)) <= tolerance })
  }

  @Test("draws stay inside the open interval", arguments: [0.01, 0.05, 1, 40, 1e6])
  func openInterval(a: Double) {
    for b in [0.01, 1, 1e6] {
      #expect(values(Float.self, 0..<4000, 2, a, b).allSatisfy { $0 > 0 && $0 < 1 })
      #expect(values(Double.self, 0..<4000, 2, a, b).allSatisfy { $0 > 0 && $0 < 1 })
    }
  }
}
