// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct DirectionsTests {
  @Test("Directions have length one")
  func unitLength() {
    var generator = SeededGenerator(seed: 3)
    for directions in [
      Directions.evenlySpaced(count: 7), .random(count: 9, dimension: 5, using: &generator),
      Directions(along: Points([3, 4, -1, 0], dimension: 2)),
    ] {
      for row in 0..<directions.vectors.count {
        #expect(
          abs(Points(Array(directions.vectors[row]), dimension: 1).values.squaredNorm - 1) < 1e-14)
      }
    }
  }

  @Test("Evenly spaced directions average the outer product to half the identity exactly")
  func evenlySpacedQuadrature() {
    for count in [2, 3, 16] {
      let vectors = Directions.evenlySpaced(count: count).vectors
      let products = (0..<count).map { row -> (Double, Double) in
        let vector = Array(vectors[row])
        return (vector[0] * vector[0], vector[0] * vector[1])
      }
      #expect(abs(products.reduce(0) { $0 + $1.0 } / Double(count) - 0.5) < 1e-15)
      #expect(abs(products.reduce(0) { $0 + $1.1 } / Double(count)) < 1e-15)
    }
  }

  @Test("Random directions are isotropic and repeat with their seed")
  func randomDirections() {
    var generator = SeededGenerator(seed: 11)
    let vectors = Directions.random(count: 4000, dimension: 3, using: &generator).vectors
    for axis in 0..<3 {
      let squares = RunningMoments((0..<4000).map { vectors.values[$0 * 3 + axis] }.map { $0 * $0 })
      #expect(abs(squares.mean - 1.0 / 3) < 4 * squares.standardError)
      let mean = RunningMoments((0..<4000).map { vectors.values[$0 * 3 + axis] })
      #expect(abs(mean.mean) < 4 * mean.standardError)
    }
    var again = SeededGenerator(seed: 11)
    #expect(Directions.random(count: 4000, dimension: 3, using: &again).vectors == vectors)
  }

  @Test("A generator stuck at zero still gives unit vectors")
  func stuckGenerator() {
    var generator = ZeroGenerator()
    let vectors = Directions.random(count: 2, dimension: 3, using: &generator).vectors
    #expect(vectors.values == [1, 0, 0, 1, 0, 0])
  }
}

extension [Double] {
  fileprivate var squaredNorm: Double { reduce(0) { $0 + $1 * $1 } }
}
