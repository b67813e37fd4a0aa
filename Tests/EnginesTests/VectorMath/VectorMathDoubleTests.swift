// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Tensors
import Testing

@testable import Engines

/// The double-precision elementary functions against values of higher precision
/// (Scripts/reference_vector_math.py), and against the C library where those are thin.
@Suite struct VectorMathDoubleTests {
  /// The headers' bounds in units in the last place.
  private static let bounds: [(UnaryOperation, Double)] = [
    (.exponential, 1.1), (.logarithm, 1.3), (.sine, 2.4), (.cosine, 2.4), (.tanh, 2.6),
    (.sigmoid, 2.5), (.erf, 2.4),
  ]

  /// For each function, triples of an argument, the nearest double, and what it lacks in ulps.
  private static func reference() throws -> [String: [[Double]]] {
    let url = try #require(
      Bundle.module.url(
        forResource: "vector_math", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode([String: [[Double]]].self, from: Data(contentsOf: url))
  }

  @Test("functions keep their bounds at the reference points", arguments: bounds.indices)
  func ulpBounds(index: Int) throws {
    let (operation, bound) = VectorMathDoubleTests.bounds[index]
    let reference = try VectorMathDoubleTests.reference()
    let entries = try #require(reference[operation.rawValue])
    #expect(entries.count > 100)
    let results = VectorMath.apply(operation, entries.map { $0[0] })
    for (entry, y) in zip(entries, results) {
      let error = abs((y - entry[1]) / entry[1].ulp - entry[2])
      #expect(error <= bound, "\(operation) of \(entry[0]): \(error) ulp")
      #expect(y == 0 || y.sign == entry[1].sign)
    }
  }

  /// The C library's own error is below one unit.
  @Test("functions agree with the C library over their ranges", arguments: bounds.indices)
  func agreesWithLibrary(index: Int) {
    let (operation, bound) = VectorMathDoubleTests.bounds[index]
    // Every exponent and both signs, with mantissas that repeat nowhere; and plain intervals.
    var points = (0..<400_000).map { i in
      Double(bitPattern: UInt64(i) &* 0x9E37_79B9_7F4A_7C15)
    }.filter { operation == .sine || operation == .cosine ? abs($0) <= 1_048_576 : true }
    for range in [-1.0...1, -6...6, -40...40, -745...709] {
      let step = (range.upperBound - range.lowerBound) / 50_021
      points += (0...50_021).map { range.lowerBound + step * Double($0) }
    }
    var worst = 0.0
    var place = 0.0
    for (x, y) in zip(points, VectorMath.apply(operation, points)) {
      // Written without the overflow of exp(-x), so that the smallest values come out.
      let exact =
        operation == .sigmoid && x < 0 ? exp(x) / (1 + exp(x)) : operation.value(of: x)
      if exact.isNaN || exact.isInfinite {
        #expect(exact.isNaN ? y.isNaN : y == exact, "\(operation) of \(x): \(y)")
        continue
      }
      let error = abs(y - exact) / exact.ulp
      if !(error <= worst) { (worst, place) = (error, x) }
    }
    // exp / (1 + exp) in the reference of the sigmoid rounds twice more.
    let allowance = operation == .sigmoid ? 2.0 : 1
    #expect(worst <= bound + allowance, "\(operation): \(worst) ulp at \(place)")
  }
}
