// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct AssignmentTests {
  @Test("The cost is the least over all permutations", arguments: 1...7)
  func equalsBruteForce(count: Int) {
    let permutations = permutations(of: count)
    for seed in 0..<20 {
      var generator = SeededGenerator(seed: UInt64(seed))
      // Half of the problems have small whole costs and so many ties; costs may be negative.
      let costs = (0..<count * count).map { _ -> Double in
        seed.isMultiple(of: 2)
          ? Double.random(in: -1...1, using: &generator)
          : Double(Int.random(in: -2...2, using: &generator))
      }
      let assignment = Assignment(minimizing: costs, count: count)
      let least = permutations.map { permutation in
        permutation.enumerated().reduce(0) { $0 + costs[$1.offset * count + $1.element] }
      }.min()
      #expect(abs(assignment.cost - (least ?? .nan)) < 1e-12)
      #expect(abs(assignment.lowerBound - assignment.cost) < 1e-12)
      #expect(assignment.columns.sorted() == Array(0..<count))
    }
  }

  @Test("Larger problems carry the proof of their optimality", arguments: [50, 201])
  func dualityGapIsClosed(count: Int) {
    var generator = SeededGenerator(seed: 77)
    let costs = (0..<count * count).map { _ in Double.random(in: 0...1, using: &generator) }
    let assignment = Assignment(minimizing: costs, count: count)
    #expect(assignment.columns.sorted() == Array(0..<count))
    #expect(abs(assignment.cost - assignment.lowerBound) < 1e-12 * Double(count))
    // The expected cost of a random assignment problem tends to pi²/6 (Aldous 2001).
    #expect(assignment.cost > 1.2 && assignment.cost < 2.1)
  }

  @Test("No points need no assignment")
  func empty() {
    #expect(Assignment(minimizing: [], count: 0).columns.isEmpty)
  }

  @Test("A translation costs its length, and the order of the points does not matter")
  func translation() {
    let points = normalPoints(count: 120, dimension: 2, seed: 4)
    let moved = points.shifted(by: [0.6, -0.8]).shuffled(seed: 9)
    #expect(abs(wassersteinDistance(points, moved) - 1) < 1e-13)
    #expect(wassersteinDistance(points, points.shuffled(seed: 2)) == 0)
  }

  @Test("A scaling costs the scaling of the mean squared norm")
  func scaling() {
    let points = normalPoints(count: 90, dimension: 3, seed: 4)
    let distance = wassersteinDistance(points, points.scaled(by: 3).shuffled(seed: 1))
    #expect(abs(distance - 2 * points.meanSquaredNorm.squareRoot()) < 1e-12)
  }

  @Test("On the line the assignment is the sorting")
  func line() {
    let left = normalPoints(count: 150, dimension: 1, seed: 1)
    let right = normalPoints(count: 150, dimension: 1, seed: 2)
    let sorted = wassersteinDistanceOnLine(left.values, right.values)
    #expect(abs(wassersteinDistance(left, right) - sorted) < 1e-13)
  }

  @Test("The sliced distance is at most the exact one over the root of the dimension")
  func slicedIsSmaller() {
    let left = normalPoints(count: 100, dimension: 2, seed: 1)
    let right = normalPoints(count: 100, dimension: 2, seed: 2)
    let sliced = slicedWassersteinDistance(left, right, along: .evenlySpaced(count: 16)).value
    #expect(sliced < wassersteinDistance(left, right) / 2.0.squareRoot())
  }

  @Test("Points that are not finite have no distance")
  func notFinite() {
    let points = Points([0, 1], dimension: 1)
    #expect(wassersteinDistance(points, Points([0, .nan], dimension: 1)).isNaN)
    #expect(wassersteinDistance(points, Points([0, 1e200], dimension: 1)).isNaN)
  }
}

private func permutations(of count: Int) -> [[Int]] {
  guard count > 0 else { return [[]] }
  return permutations(of: count - 1).flatMap { shorter in
    (0..<count).map { place in
      Array(shorter[..<place]) + [count - 1] + Array(shorter[place...])
    }
  }
}
