// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import FlowMaps
import Foundation
import Interpolants
import Networks
import Runs
import TestSupport
import Testing
import Training

@Suite struct RunFileTests {
  /// Configurations that together use every case of every choice.
  private static let configurations: [TrainingConfiguration] =
    Objective.allCases.map { TrainingConfiguration(loss: TrainingLoss(objective: $0)) }
    + [Weighting.adaptive(), .cosinePseudoHuber(), .inverseStep, .learned(), .learnedOverTimes()]
    .map {
      TrainingConfiguration(
        loss: TrainingLoss(
          objective: .consistencyTraining, sharing: .diagonalFraction(0.5), weighting: $0,
          tangent: .centralDifference(step: 0.01), discretization: .doubling(),
          teacher: .average(decay: 0.9), stabilizers: .none,
          guidance: Guidance(scale: 2, labelDropout: 0.1)))
    }
    + [
      TimeSampler.endAtZero, .uniformTriangle, .fixedEnd(), .logNormal(), .logitNormal(),
    ].map {
      TrainingConfiguration(
        loss: TrainingLoss(
          objective: .stabilizedConsistency, tangent: .published, discretization: .shrinking()),
        times: $0, schedule: .squareRootDecay(from: 1e-3, start: 9),
        clipping: GradientClipping(maximumNorm: 1), averageDecays: [0.9, 0.99], seed: .max,
        precision: .float64)
    }
    + [Optimizer.radam(), .adamW(), .sgd(), .muon()].map {
      TrainingConfiguration(
        interpolant: .trigonometric,
        network: FlowMapTransformer(
          TransformerConfiguration(
            imageSize: 4, patchSize: 2, channels: 1, width: 16, depth: 1, heads: 2, classCount: 3)),
        optimizer: $0, schedule: .cosine(from: 1e-3))
    }
    + Modulation.allCases.map {
      TrainingConfiguration(
        network: UNet(
          UNetConfiguration(
            imageSize: 4, channels: 1, blockChannels: [4, 8], groups: 2, heads: 2, modulation: $0)))
    }
    + [
      TrainingConfiguration(
        network: FlowMapTransformer(
          TransformerConfiguration(
            imageSize: 4, patchSize: 2, channels: 1, width: 16, depth: 1, heads: 2,
            timeFeatures: .fourier(), modulation: .doublyNormalized)))
    ]
    + [TimeFeatures.positional(), .fourier()].map {
      TrainingConfiguration(
        network: MultilayerPerceptron(timeFeatures: $0), schedule: .constant(1e-3),
        teacher: PretrainedNetwork(
          network: .perceptron(MultilayerPerceptron()), interpolant: .linear, origin: "there"))
    }

  private func defaults(_ source: ResolvedRun.Source) -> ResolvedRun {
    ResolvedRun(
      configuration: TrainingConfiguration(), source: source, threads: 1, command: "toylab train")
  }

  private func read(_ path: String) throws -> ResolvedRun {
    try ResolvedRun(file: path, defaults: defaults) {
      try ResolvedRun.Source(named: $0 ?? "four")
    }
  }

  @Test("every key of every configuration has a place in the shape", arguments: configurations)
  func shape(configuration: TrainingConfiguration) throws {
    let run = ResolvedRun(
      configuration: configuration, source: try ResolvedRun.Source(named: "moons"), threads: 2,
      command: "toylab")
    try ResolvedRun.shape.check(
      try JSONDocument(data: try JSONEncoder().encode(run), path: "run.json"))
  }

  @Test("the run.json of a run gives the same run; a few lines give the rest its defaults")
  func reading() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run.json"
      func write(_ data: Data) throws { try data.write(to: URL(fileURLWithPath: path)) }
      var run = defaults(try ResolvedRun.Source(named: "plus"))
      run.configuration.times = .logNormal()
      run.checkpointInterval = 7
      try write(try JSONEncoder().encode(run))
      #expect(try read(path) == run)

      try write(
        Data(
          """
          {"source": "ring8", "configuration": {"steps": 12, "loss": {"objective": "flowMatching"},
           "times": {"endAtZero": {}}, "network": {"perceptron": {"width": 5}}}}
          """.utf8))
      var expected = defaults(try ResolvedRun.Source(named: "ring8"))
      expected.configuration.steps = 12
      expected.configuration.loss = TrainingLoss(objective: .flowMatching)
      expected.configuration.times = .endAtZero
      expected.configuration.network = .perceptron(MultilayerPerceptron(width: 5))
      #expect(try read(path) == expected)

      try write(Data(#"{"source": "points.csv"}"#.utf8))
      let cloud = try PointCloud(
        FinitePoints(name: "points.csv", points: (0..<200).map(Double.init), shape: [2]),
        standardization: .none)
      let points = ResolvedRun.Source(name: "points.csv", cloud: cloud)
      var asked: String?
      let named = try ResolvedRun(file: path, defaults: defaults) { name in
        asked = name
        return points
      }
      #expect(asked == "points.csv" && named == defaults(points))

      try write(Data(#"{"configuration": {"lossy": {}}}"#.utf8))
      #expect(throws: JSONShapeError.self) { try read(path) }
      try write(Data(#"{"configuration": {"network": {"transformer": {"width": 8}}}}"#.utf8))
      #expect(throws: RunFolderError.self) { try read(path) }
      try write(Data(#"{"source": {"name": "x", "points": {"count": 1}}}"#.utf8))
      #expect(throws: (any Error).self) { try read(path) }
    }
  }
}
