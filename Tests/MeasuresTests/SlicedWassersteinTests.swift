// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct SlicedWassersteinTests {
  private let points = normalPoints(count: 500, dimension: 2, seed: 5)

  @Test("A translation by c is a sliced distance of |c| over the root of the dimension")
  func translation() {
    let distance = slicedWassersteinDistance(
      points, points.shifted(by: [3, -4]), along: .evenlySpaced(count: 12))
    #expect(abs(distance.value - 5 / 2.0.squareRoot()) < 1e-13)

    var generator = SeededGenerator(seed: 9)
    let cube = normalPoints(count: 100, dimension: 3, seed: 6)
    let random = slicedWassersteinDistance(
      cube, cube.shifted(by: [2, 1, -2]),
      along: .random(count: 3000, dimension: 3, using: &generator))
    #expect(abs(random.value - 3.0.squareRoot()) < 4 * random.standardError)
    #expect(random.standardError < 0.02 && random.standardError > 0.01)
  }

  @Test("A scaling is the scaling of the mean squared norm")
  func scaling() {
    let distance = slicedWassersteinDistance(
      points, points.scaled(by: 2.5), along: .evenlySpaced(count: 9))
    let expected = 1.5 * (points.meanSquaredNorm / 2).squareRoot()
    #expect(abs(distance.value - expected) < 1e-13)
  }

  @Test("The order of the points does not matter")
  func permutationInvariance() {
    let other = normalPoints(count: 350, dimension: 2, seed: 8)
    let plain = slicedWassersteinDistance(points, other, along: .evenlySpaced(count: 5))
    let shuffled = slicedWassersteinDistance(
      points.shuffled(seed: 1), other.shuffled(seed: 2), along: .evenlySpaced(count: 5))
    #expect(plain == shuffled)
    #expect(plain.value > 0)
  }

  @Test("On the line the distance is that of sorted samples")
  func equalSizesOnTheLine() {
    #expect(wassersteinDistanceOnLine([3, 0, 1], [5, 2, 0]) == (5.0 / 3).squareRoot())
    #expect(wassersteinDistanceOnLine([2, 1], [1, 2]) == 0)
  }

  @Test("Unequal sizes equal the samples repeated to a common size")
  func unequalSizesOnTheLine() {
    for (n, m) in [(1, 5), (2, 3), (4, 6), (7, 5), (12, 8)] {
      let left = normalPoints(count: n, dimension: 1, seed: n).values
      let right = normalPoints(count: m, dimension: 1, seed: 100 + m).values
      let repeatedLeft = left.flatMap { Array(repeating: $0, count: m) }
      let repeatedRight = right.flatMap { Array(repeating: $0, count: n) }
      let expected = wassersteinDistanceOnLine(repeatedLeft, repeatedRight)
      #expect(abs(wassersteinDistanceOnLine(left, right) - expected) < 1e-14)
    }
  }

  @Test("Gaussian samples on the line approach the distance of their laws")
  func gaussiansOnTheLine() {
    // W2² = 2² + (1 - 0.5)².
    let distance = Estimate(
      meanOf: (0..<40).map { (seed: Int) -> Double in
        wassersteinDistanceOnLine(
          normalPoints(count: 2000, dimension: 1, seed: 2 * seed).values,
          normalPoints(count: 1500, dimension: 1, seed: 2 * seed + 1)
            .scaled(by: 0.5).shifted(by: [2]).values)
      })
    #expect(abs(distance.value - 4.25.squareRoot()) < 4 * distance.standardError)
    #expect(distance.standardError < 0.01)
  }

  @Test("A sample that is not finite has no distance")
  func notFinite() {
    let broken = Points([0, .nan], dimension: 2)
    #expect(
      slicedWassersteinDistance(points, broken, along: .evenlySpaced(count: 2)).value.isNaN)
    #expect(wassersteinDistanceOnLine([1, .infinity], [0]).isNaN)
  }
}
