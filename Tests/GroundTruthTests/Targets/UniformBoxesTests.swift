// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import RandomStreams
import Testing

@Suite struct UniformBoxesTests {
  private let stream = RandomStream(seed: 5, purpose: "data", step: 2)

  @Test("The checkerboard has eight squares of equal density on [-1, 1]^2, none sharing a side")
  func checkerboard() throws {
    let board = try UniformBoxes.checkerboard()
    #expect(board.boxes.count == 8 && board.labels == Array(0..<8))
    let marginal = board.marginal(at: 0, LinearInterpolant())
    for row in 0..<4 {
      for column in 0..<4 {
        let centre = [Double(column) / 2 - 0.75, Double(row) / 2 - 0.75]
        let want = (row + column).isMultiple(of: 2) ? log(0.5) : -Double.infinity
        let found = marginal.logDensity(centre)
        #expect(found == want || abs(found - want) < 1e-14)
      }
    }
    #expect(abs(board.probability(lower: [-1, -1], upper: [1, 1]) - 1) < 1e-15)
    #expect(abs(board.probability(lower: [-0.5, -1], upper: [0, 0]) - 0.125) < 1e-15)
  }

  @Test(
    "Shapes do not overlap: density is one over the area everywhere inside",
    arguments: ShapePreset.allCases)
  func shapes(preset: ShapePreset) throws {
    let target = try preset.target()
    let area = target.boxes.reduce(0) { $0 + $1.volume }
    let marginal = target.marginal(at: 0, TrigonometricInterpolant())
    let samples = target.samples(count: 500, stream: stream)
    for row in 0..<500 {
      let point = [samples[2 * row], samples[2 * row + 1]]
      #expect(abs(marginal.logDensity(point) + log(area)) < 1e-12)
    }
    #expect(target.labels == Array(target.boxes.indices) && !preset.summary.isEmpty)
  }

  @Test("Samples lie in the box of their label, with the frequencies of the weights")
  func labels() throws {
    let target = try UniformBoxes(
      lower: [[0], [10], [20]], upper: [[1], [14], [21]], weights: [1, 2, 5], labels: [3, 1, 2])
    let count = 40_000
    let (points, labels) = target.labelledSamples(count: count, stream: stream)
    for box in target.boxes {
      let rows = (0..<count).filter { Int(labels[$0]) == box.label }
      #expect(rows.allSatisfy { points[$0] > box.lower[0] && points[$0] < box.upper[0] })
      let share = Double(rows.count) / Double(count)
      let error = (box.weight * (1 - box.weight) / Double(count)).squareRoot()
      #expect(abs(share - box.weight) < 5 * error)
      let mean = rows.reduce(0) { $0 + points[$1] } / Double(rows.count)
      let side = box.upper[0] - box.lower[0]
      #expect(
        abs(mean - 0.5 * (box.lower[0] + box.upper[0]))
          < 5 * side / (12 * Double(rows.count)).squareRoot())
    }
    let given = try target.restricted(toLabel: 1)
    #expect(given.boxes.count == 1 && given.boxes[0].weight == 1 && given.labels == [1])
    #expect(given.samples(count: 50, stream: stream).allSatisfy { $0 > 10 && $0 < 14 })
  }

  @Test("Rows do not depend on how the batch is split, in either precision")
  func splits() throws {
    let target = try UniformBoxes.checkerboard()
    let sampler = UniformBoxesSampler(target)
    let whole = target.samples(count: 200, stream: stream)
    var (parts, single) = ([Double](repeating: 0, count: 400), [Float](repeating: 0, count: 400))
    for rows in [70..<200, 0..<70] {
      parts.withUnsafeMutableBufferPointer {
        sampler.fill(
          UnsafeMutableBufferPointer(rebasing: $0[(2 * rows.lowerBound)...]), rows: rows,
          stream: stream)
      }
      single.withUnsafeMutableBufferPointer {
        sampler.fill(
          UnsafeMutableBufferPointer(rebasing: $0[(2 * rows.lowerBound)...]), rows: rows,
          stream: stream)
      }
    }
    #expect(parts == whole)
    #expect(largestDifference(single.map(Double.init), whole) < 1e-6)
    #expect(target.samples(count: 0, stream: stream) == [])
  }

  @Test("Numbers that are no boxes are refused, with what is wrong")
  func refusals() {
    #expect(throws: UniformBoxesError.noBoxes) { try UniformBoxes(lower: [], upper: []) }
    #expect(throws: UniformBoxesError.emptySide(box: 1, lower: 2, upper: 2)) {
      try UniformBoxes(lower: [[0], [2]], upper: [[1], [2]])
    }
    #expect(throws: UniformBoxesError.dimensionMismatch(box: 0, expected: 2, found: 1)) {
      try UniformBoxes(lower: [[0, 0]], upper: [[1]])
    }
    #expect(throws: UniformBoxesError.countMismatch(list: "weights", expected: 1, found: 2)) {
      try UniformBoxes(lower: [[0]], upper: [[1]], weights: [1, 2])
    }
    #expect(throws: UniformBoxesError.invalidWeight(box: 0, value: -1)) {
      try UniformBoxes(lower: [[0]], upper: [[1]], weights: [-1])
    }
    #expect(throws: UniformBoxesError.unknownLabel(label: 9, available: [0])) {
      try UniformBoxes(lower: [[0]], upper: [[1]]).restricted(toLabel: 9)
    }
  }
}
