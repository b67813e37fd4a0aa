// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Networks
import RandomStreams
import TestSupport
import Testing

@testable import Files
@testable import Measures
@testable import Probing
@testable import Runs
@testable import Training

@Suite struct BoxesRunTests {
  @Test("a run on boxes reads back from run.json as it was; the old form of a mixture still reads")
  func coding() throws {
    let target = try ResolvedRun.Source(named: "frame")
    let data = try JSONEncoder().encode(target)
    #expect(try JSONDecoder().decode(ResolvedRun.Source.self, from: data) == target)
    let old = """
      {"name": "own", "mixture": {"weights": [1], "means": [[0, 1]], "covariances": [[[1, 0], [0, 1]]]}}
      """
    let read = try JSONDecoder().decode(ResolvedRun.Source.self, from: Data(old.utf8))
    #expect(try #require(read.mixture).components[0].mean == [0, 1])
    let broken = """
      {"name": "own", "boxes": {"name": "b", "weights": [1], "lower": [[0, 1]], "upper": [[0, 2]], "labels": [0]}}
      """
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ResolvedRun.Source.self, from: Data(broken.utf8))
    }
  }

  @Test(
    "an objective taught by the exact velocity is refused on boxes, and told what is accepted",
    arguments: Objective.allCases)
  func objectives(objective: Objective) throws {
    let run = ResolvedRun(
      configuration: TrainingConfiguration(loss: TrainingLoss(objective: objective)),
      source: try ResolvedRun.Source(named: "checkerboard"), threads: 1, command: "")
    guard objective.needsExactVelocity else {
      try run.validate()
      return
    }
    let error = #expect(throws: ConfigurationError.self) { try run.validate() }
    let text = try #require(error).description
    #expect(text.contains("objective: \(objective.shortName) ") && text.contains("isd"))
  }

  @Test("a square has the mean and the covariance of its velocity, and its flow map ends in it")
  func evaluation() throws {
    let square = try UniformBoxes(lower: [[-1, -1]], upper: [[1, 1]])
    let target = square
    let set = try EvaluationSet(source: target, interpolant: .linear, count: 32)
    // At t = 1 nothing is known of x: v* = z − E x, Σ = Cov x = 1/3.
    let (velocity, covariance) = target.exactMoments(
      [0.3, -0.7], times: [1], LinearInterpolant())
    #expect(relativeDifference(velocity, [0.3, -0.7]) < 1e-12)
    #expect(relativeDifference(covariance, [1.0 / 3, 0, 0, 1.0 / 3]) < 1e-12)
    for row in 0..<32 {
      let point = Array(set.mappedNoise[2 * row..<2 * row + 2])
      #expect(point.allSatisfy { abs($0) <= 1 + 1e-5 })
      // Along each axis the map carries the normal law to the uniform one: x = erf(z/√2).
      for axis in 0..<2 {
        #expect(abs(point[axis] - erf(set.noise[2 * row + axis] / 2.0.squareRoot())) < 1e-4)
      }
    }
    #expect(set.data.count == 64 && target.isInside([1, -1]) && !target.isInside([1.01, 0]))
  }

  @Test("training on boxes is bit-identical for 1 and 3 threads, and over a resumption")
  func training() throws {
    let configuration = TrainingConfiguration(
      network: MultilayerPerceptron(width: 16, depth: 2),
      loss: TrainingLoss(
        objective: .lagrangianSelfDistillation, sharing: .diagonalFraction(0.75),
        weighting: .learnedOverTimes()), times: .uniformTriangle, optimizer: .radam(),
      schedule: .squareRootDecay(from: 1e-3, start: 3), averageDecays: [0.9], batch: 1100,
      steps: 12)
    let target = try ShapePreset.checkerboard.target()
    func trainer(_ threads: Int) -> Trainer<Float> {
      Trainer(configuration, source: target, pool: WorkerPool(threads: threads))
    }
    let whole = trainer(1)
    for _ in 0..<12 { try whole.advance() }
    let first = trainer(3)
    for _ in 0..<5 { try first.advance() }
    try withTemporaryFolder { folder in
      let path = "\(folder)/checkpoint.safetensors"
      try first.checkpoint().write(to: path)
      let second = trainer(3)
      try second.restore(from: path)
      for _ in 5..<12 { try second.advance() }
      #expect(second.checkpoint() == whole.checkpoint())
    }
    #expect(whole.weightParameters.values.contains { $0 != 0 })
    let average = try #require(whole.averagedParameters(decay: 0.9))
    #expect(average.values != whole.parameters.values)
    #expect(whole.averagedParameters(decay: 0.5) == nil)
  }

  @Test("exact samples of boxes read the floor of the divergence, shifted ones more")
  func divergence() throws {
    let boxes = try ShapePreset.checkerboard.target()
    let data = boxes.samples(count: 64_000, stream: RandomStream(seed: 3, purpose: "test"))
    let exact = boxesHistogramDivergence(Points(data, dimension: 2), target: boxes)
    #expect(abs(exact.value.value - exact.floor.value) < 5 * exact.floor.standardError)
    let shifted = boxesHistogramDivergence(
      Points(data.map { $0 + 0.05 }, dimension: 2), target: boxes)
    #expect(shifted.value.value > 10 * exact.value.value)
    let few = Array(data.prefix(400))
    let comparison = SampleComparison(few, source: boxes, seed: 0)
    #expect(
      comparison.histogramDivergence != nil && comparison.fractionInsideModes?.value.value == 1)
    #expect(
      SampleComparison(few, source: try MixturePreset.four.mixture(), seed: 0).histogramDivergence
        == nil)
  }
}
