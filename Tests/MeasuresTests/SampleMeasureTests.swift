// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct SampleMeasureTests {
  private let measures: [SampleMeasure] = [
    .wasserstein, .slicedWasserstein(.evenlySpaced(count: 8)), .energyDistance,
    .maximumMeanDiscrepancy(GaussianKernel(bandwidths: [1])),
    .sinkhornDivergence(SinkhornSettings(regularization: 0.5)),
  ]

  @Test("Every measure sees a shift far above its floor, and another sample of the law within it")
  func floors() throws {
    func sample(_ number: Int) -> Points {
      normalPoints(count: 80, dimension: 2, seed: 100 + number)
    }
    for measure in measures {
      let shifted = try measure.reading(
        sample(50), sample(51).shifted(by: [1, 0]), repetitions: 12, sample: sample)
      #expect(shifted.excess > 5)
      let same = try measure.reading(sample(52), sample(53), repetitions: 12, sample: sample)
      #expect(abs(same.excess) < 5)
      #expect(same.description.hasPrefix(measure.title + ": "))
      #expect(same.description.contains("(noise floor "))
    }
  }

  @Test(
    "Samples with too many pairs of points, or weights that a measure does not know, are refused")
  func refusals() {
    let (left, right) = (
      normalPoints(count: 3001, dimension: 1, seed: 1),
      normalPoints(count: 3000, dimension: 1, seed: 2)
    )
    #expect(throws: MeasureError.transportSize(left: 3001, right: 3000)) {
      try SampleMeasure.wasserstein.distance(left, right)
    }
    let weighted = WeightedPoints(right, weights: (0..<3000).map { Double($0) })
    let sinkhorn = SampleMeasure.sinkhornDivergence(SinkhornSettings(regularization: 1))
    #expect(throws: MeasureError.weights(sinkhorn.title)) {
      try sinkhorn.distance(WeightedPoints(left), weighted)
    }
  }

  @Test("Samples of fewer points than a measure needs are refused", arguments: 0...4)
  func fewPoints(count: Int) throws {
    let (few, many) = (
      Points((0..<2 * count).map { Double($0 * $0) }, dimension: 2),
      normalPoints(count: 5, dimension: 2, seed: 1)
    )
    for measure in measures {
      for (left, right) in [(few, many), (many, few), (few, few)] {
        if count < measure.fewestPoints {
          #expect(throws: MeasureError.self) { try measure.distance(left, right) }
        } else {
          let distance = try measure.distance(left, right)
          #expect(distance.value.isFinite && !distance.description.contains("nan"))
        }
      }
    }
  }
}
