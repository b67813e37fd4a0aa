// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import RandomStreams
import Testing

@Suite struct PlaneHistogramTests {
  private let grid = PlaneGrid(lower: [0, -1], upper: [2, 1], cells: [4, 2])

  @Test("Points fall in the cells whose corners hold them; borders and the outside are decided")
  func cells() {
    for cell in 0..<grid.count {
      let (lower, upper) = grid.corners(of: cell)
      #expect(grid.cell(of: zip(lower, upper).map { 0.3 * $0 + 0.7 * $1 }) == cell)
      #expect(grid.cell(of: lower) == cell)
    }
    #expect(grid.cell(of: [2, 1]) == 7)
    #expect(grid.cell(of: [2.001, 0]) == nil)
    #expect(grid.cell(of: [.nan, 0]) == nil)
    let histogram = PlaneHistogram(
      Points([0.1, -0.5, 0.1, 0.5, 5, 5, 0.2, 0.5], dimension: 2), grid: grid)
    #expect(histogram.counts == [1, 2, 0, 0, 0, 0, 0, 0])
    #expect(histogram.outside == 1 && histogram.total == 4)
  }

  @Test("The divergence of a given histogram is its sum, in both directions")
  func definition() {
    let points = [[0.1, -0.5], [0.1, -0.4], [0.1, 0.5], [0.6, -0.5]].flatMap { $0 }
    let histogram = PlaneHistogram(Points(points, dimension: 2), grid: grid)
    let probabilities = [0.25, 0.25, 0.5, 0, 0, 0, 0, 0]
    let forward = HistogramDivergence(histogram, probabilities: probabilities)
    let want = 0.25 * log(0.5) + 0.5 * log(2)
    #expect(abs(forward.value.value - want) < 1e-15)
    #expect(forward.emptyCells == 0 && forward.shareOutside == 0)
    #expect(abs(forward.floor.value - 0.25) < 1e-15)
    let reverse = HistogramDivergence(
      histogram, probabilities: probabilities, direction: .sampleToTarget)
    #expect(abs(reverse.value.value - (0.5 * log(2) + 0.25 * log(0.5))) < 1e-15)
  }

  @Test("Empty cells of the target are infinite without, finite with a pseudocount")
  func emptyCells() {
    let histogram = PlaneHistogram(Points([0.1, 0.5, 1.9, 0.5], dimension: 2), grid: grid)
    let probabilities = [0.5, 0.5, 0, 0, 0, 0, 0, 0]
    let plain = HistogramDivergence(histogram, probabilities: probabilities)
    #expect(plain.value.value == .infinity && plain.emptyCells == 1)
    #expect(plain.shareOutside == 0.5)
    let smoothed = HistogramDivergence(
      histogram, probabilities: probabilities, pseudocount: 0.5)
    // Frequencies 0.5/6 and 1.5/6.
    let want = 0.5 * log(0.5 / (0.5 / 6)) + 0.5 * log(0.5 / 0.25)
    #expect(abs(smoothed.value.value - want) < 1e-14)
    #expect(
      HistogramDivergence(histogram, probabilities: probabilities, direction: .sampleToTarget)
        .value.value == .infinity)
  }

  @Test("A sample of the target reads the floor, and another's error is honest")
  func calibration() {
    let grid = PlaneGrid(lower: [0, 0], upper: [1, 1], cells: [10, 10])
    let uniform = [Double](repeating: 0.01, count: 100)
    let tilted = (0..<100).map { (cell: Int) -> Double in
      let place = (Double(cell / 10) - 4.5) / 4.5
      return 0.01 * (1 + 0.5 * place)
    }
    var (readings, others): ([HistogramDivergence], [HistogramDivergence]) = ([], [])
    for seed in 0..<200 {
      let points = RandomStream(seed: UInt64(seed), purpose: "points").uniforms(
        rows: 5000, draws: 2)
      let histogram = PlaneHistogram(Points(points, dimension: 2), grid: grid)
      readings.append(HistogramDivergence(histogram, probabilities: uniform))
      others.append(HistogramDivergence(histogram, probabilities: tilted))
    }
    let moments = RunningMoments(readings.map(\.value.value))
    let floor = readings[0].floor
    // The limit is corrected at the next order, about one part in the expected count of a cell.
    #expect(abs(moments.mean - floor.value) < 4 * moments.standardError + 0.02 * floor.value)
    #expect(abs(moments.standardDeviation / floor.standardError - 1) < 0.2)
    let other = RunningMoments(others.map(\.value.value))
    let claimed = RunningMoments(others.map { pow($0.value.standardError, 2) }).mean
    #expect(claimed / other.variance > 0.7 && claimed / other.variance < 1.4)
    let truth = tilted.reduce(0) { $0 + $1 * log($1 / 0.01) }
    #expect(abs(other.mean - truth - floor.value) < 4 * other.standardError + 0.1 * floor.value)
  }
}
