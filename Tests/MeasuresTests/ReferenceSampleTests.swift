// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct ReferenceSampleTests {
  @Test("Distances to a reference are those between two samples, bit for bit", arguments: [2, 5])
  func distances(dimension: Int) {
    var generator = SeededGenerator(seed: 4)
    let directions = Directions.random(count: 7, dimension: dimension, using: &generator)
    let data = normalPoints(count: 301, dimension: dimension, seed: 1)
    let reference = ReferenceSample(data, along: directions)
    for (count, seed) in [(301, 2), (117, 3)] {
      let points = normalPoints(count: count, dimension: dimension, seed: seed)
      #expect(energyDistance(points, to: reference) == energyDistance(points, data))
      #expect(
        slicedWassersteinDistance(points, to: reference)
          == slicedWassersteinDistance(points, data, along: directions))
    }
  }

  @Test("A reference that is not finite, or points that are not, are at no distance")
  func notFinite() {
    let good = normalPoints(count: 20, dimension: 2, seed: 1)
    let bad = Points([.infinity, 0] + Array(good.values.dropFirst(2)), dimension: 2)
    for (points, data) in [(good, bad), (bad, good)] {
      let reference = ReferenceSample(data, along: .evenlySpaced(count: 3))
      #expect(energyDistance(points, to: reference).value.isNaN)
      #expect(slicedWassersteinDistance(points, to: reference).value.isNaN)
    }
  }
}
