// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct NoiseFloorTests {
  @Test("The difference of two means has its known floor")
  func differenceOfMeans() {
    let floor = NoiseFloor(repetitions: 400) { number in
      normalPoints(count: 50, dimension: 1, seed: number)
    } measure: { left, right in
      RunningMoments(left.values).mean - RunningMoments(right.values).mean
    }
    #expect(abs(floor.mean.value) < 4 * floor.mean.standardError)
    #expect(abs(floor.standardDeviation - 0.2) < 4 * 0.2 / 800.0.squareRoot())
    #expect(floor.mean.count == 400)
    #expect(abs(floor.excess(of: floor.mean.value + 3 * floor.standardDeviation) - 3) < 1e-12)
  }

  @Test("A shift stands out of the floor of the sliced distance, another sample does not")
  func slicedDistance() {
    let directions = Directions.evenlySpaced(count: 8)
    func distance(_ left: Points, _ right: Points) -> Double {
      slicedWassersteinDistance(left, right, along: directions).value
    }
    func sample(_ number: Int) -> Points {
      normalPoints(count: 300, dimension: 2, seed: number)
    }
    let floor = NoiseFloor(repetitions: 30, sample: sample, measure: distance)
    #expect(floor.excess(of: distance(sample(100), sample(101).shifted(by: [0.5, 0]))) > 5)
    #expect(abs(floor.excess(of: distance(sample(102), sample(103)))) < 4)
  }

  @Test("Each sample is drawn once")
  func drawsAreDistinct() {
    var drawn: [Int] = []
    _ = NoiseFloor(repetitions: 3) { number in
      drawn.append(number)
      return Points([Double(number)], dimension: 1)
    } measure: { left, right in
      right.values[0] - left.values[0]
    }
    #expect(drawn == [0, 1, 2, 3, 4, 5])
  }
}
