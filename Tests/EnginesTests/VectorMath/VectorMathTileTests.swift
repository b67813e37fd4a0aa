// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

/// Results depend on the argument alone: not on its place in a tile, the tile's length, its alignment, or
/// the other elements.
@Suite struct VectorMathTileTests {
  @Test("every place in every tile gives the same bits in Float", arguments: VectorMath.operations)
  func float(operation: UnaryOperation) {
    checkPlaces(operation, arguments(for: operation, Float.self)) { UInt64($0.bitPattern) }
  }

  @Test("every place in every tile gives the same bits in Double", arguments: VectorMath.operations)
  func double(operation: UnaryOperation) {
    checkPlaces(operation, arguments(for: operation, Double.self), \.bitPattern)
  }

  @Test(
    "a large angle leaves the rest of its tile alone", arguments: [UnaryOperation.sine, .cosine])
  func largeAngle(operation: UnaryOperation) {
    checkNeighbours(operation, arguments(for: operation, Float.self), 1e9)
    checkNeighbours(operation, arguments(for: operation, Double.self), 1e9)
    checkNeighbours(operation, arguments(for: operation, Float.self), .nan)
    checkNeighbours(operation, arguments(for: operation, Double.self), .infinity)
  }

  /// Irregular arguments of all sizes that a function knows, a few hundred of them.
  private func arguments<Scalar: EngineScalar>(
    for operation: UnaryOperation, _: Scalar.Type
  ) -> [Scalar] {
    let positive: Set<UnaryOperation> = [.logarithm, .squareRoot, .reciprocalSquareRoot]
    return (0..<397).map { i in
      let share = Double((i * 7919) % 1009) / 1009
      let size = [0.01, 0.7, 3, 12, 90][i % 5]
      let x = size * (2 * share - 1) + 1e-3
      return Scalar(positive.contains(operation) ? abs(x) : x)
    }
  }

  private func checkPlaces<Scalar: EngineScalar>(
    _ operation: UnaryOperation, _ x: [Scalar], _ bits: (Scalar) -> UInt64
  ) {
    let alone = x.map { bits(VectorMath.apply(operation, [$0])[0]) }
    // Lengths on both sides of every width of vector body, at starts that shift the alignment.
    for length in Array(1...70) + [127, 128, 129, 200, 255, 256, 257, 383] {
      for start in [0, 1, 5, 13] {
        let results = VectorMath.apply(
          operation, Array(x[start..<(start + length)]), offset: (start + length) % 4)
        #expect(
          results.map(bits) == Array(alone[start..<(start + length)]),
          "\(operation), \(length) elements from \(start)")
      }
    }
  }

  private func checkNeighbours<Scalar: EngineScalar>(
    _ operation: UnaryOperation, _ x: [Scalar], _ large: Scalar
  ) {
    let without = VectorMath.apply(operation, x)
    for place in [0, 1, 63, 200, x.count - 1] {
      var tile = x
      tile[place] = large
      var with = VectorMath.apply(operation, tile)
      with[place] = without[place]
      #expect(with == without, "\(operation) beside \(large) at \(place)")
    }
  }
}
