// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct MemorizationTests {
  @Test("The nearest of a set is found block by block, with its number and distance")
  func nearest() {
    let training = normalPoints(count: 5000, dimension: 5, seed: 1)
    let points = normalPoints(count: 600, dimension: 5, seed: 2)
    let found = NearestPoints(to: points, among: training.count) { range in
      range.flatMap { training[$0] }
    }
    for index in stride(from: 0, to: 600, by: 37) {
      let distances = (0..<training.count).map { place in
        zip(points[index], training[place]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let best = distances.indices.min { distances[$0] < distances[$1] }
      #expect(found.indices[index] == best)
      #expect(abs(found.distances[index] - distances.min()!.squareRoot()) < 1e-7)
    }
  }

  @Test("New points are as near as held-out ones, copies are at no distance")
  func copiesAreNoticed() {
    let training = normalPoints(count: 800, dimension: 4, seed: 1)
    func distances(_ points: Points) -> [Double] {
      NearestPoints(to: points, among: training.count) { range in
        range.flatMap { training[$0] }
      }.distances
    }
    let heldOut = distances(normalPoints(count: 800, dimension: 4, seed: 2))
    let fresh = Memorization(
      samples: distances(normalPoints(count: 800, dimension: 4, seed: 3)), heldOut: heldOut)
    #expect(abs(fresh.ratio - 1) < 0.1)
    #expect(abs(fresh.shareOfNear.value - 0.05) < 0.03)
    let copied = Memorization(samples: distances(training), heldOut: heldOut)
    #expect(copied.ratio < 1e-6)
    #expect(copied.shareOfNear.value == 1)
  }
}
