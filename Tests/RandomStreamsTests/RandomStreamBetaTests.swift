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

  @Test(
    "draws are those of Marsaglia and Tsang's method on the row's generator",
    arguments: [(0.7, 1.3), (2, 3), (0.05, 0.5), (40, 1e4)])
  func method(a: Double, b: Double) {
    let rows = 1000
    let drawn = values(Double.self, 7..<7 + rows, 3, a, b)
    for row in 0..<rows {
      var generator = stream.generator(row: 7 + row)
      for draw in 0..<3 {
        let second = logGamma(b, &generator)
        let odds = second - logGamma(a, &generator)
        let expected = max(1 / (1 + exp(odds)), .leastNormalMagnitude)
        let error = 1e-15 * (8 + abs(second) + 4 * abs(odds))
        #expect(abs(drawn[3 * row + draw] / expected - 1) <= error || 1 - expected < 1e-15)
      }
    }
  }

  private func logGamma(_ shape: Double, _ generator: inout RowGenerator) -> Double {
    let offset = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    while true {
      let radius = (-2 * log(generator.uniform())).squareRoot()
      let x = radius * cos(2 * .pi * generator.uniform())
      let v = pow(1 + x / (9 * offset).squareRoot(), 3)
      guard v > 0 else { continue }
      if log(generator.uniform()) < 0.5 * x * x + offset * (1 - v + log(v)) {
        return log(offset * v) + (shape < 1 ? log(generator.uniform()) / shape : 0)
      }
    }
  }

  @Test("pairs are sorted and scaled", arguments: [0, 1, 7, 64, 1001])
  func sortedPairs(count: Int) {
    let pairs = values(Float.self, 0..<count, 2, 0.8, 1)
    var (larger, smaller) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
    )
    larger.withUnsafeMutableBufferPointer { larger in
      smaller.withUnsafeMutableBufferPointer { smaller in
        pairs.withUnsafeBufferPointer {
          Float.sortPairs($0, larger: larger, smaller: smaller, scaledBy: 1.5)
        }
      }
    }
    for row in 0..<count {
      #expect(larger[row] == 1.5 * max(pairs[2 * row], pairs[2 * row + 1]))
      #expect(smaller[row] == 1.5 * min(pairs[2 * row], pairs[2 * row + 1]))
    }
    let before = larger
    larger.withUnsafeMutableBufferPointer { Float.scale($0, by: 0.3) }
    #expect(larger == before.map { 0.3 * $0 })
  }
}
