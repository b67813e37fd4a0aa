// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import Files
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import RandomStreams
import Testing

@testable import Training

@Suite struct PretrainedNetworkTests {
  private let network = MultilayerPerceptron(width: 8, depth: 2)
  private let teacher = MultilayerPerceptron(width: 6, depth: 1, activation: .tanh)

  private var pretrained: PretrainedNetwork {
    PretrainedNetwork(
      network: .perceptron(teacher), interpolant: .trigonometric, origin: "elsewhere")
  }

  private var teacherParameters: [Double] {
    teacher.initialParameters(RandomStream(seed: 9, purpose: "test"))
  }

  private func settings(
    _ objective: Objective, teacher: PretrainedNetwork?, start: PretrainedNetwork? = nil
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      interpolant: .trigonometric, network: network, loss: TrainingLoss(objective: objective),
      batch: 32, steps: 10, precision: .float64, teacher: teacher, start: start)
  }

  @Test(
    "the Eulerian loss along a teacher is the squared total derivative of the map along its velocity",
    arguments: [Objective.eulerianFull, .eulerianSemi])
  func eulerian(objective: Objective) throws {
    let source = try MixturePreset.four.mixture()
    let pool = WorkerPool(threads: 1)
    let configuration = settings(objective, teacher: pretrained)
    let trainer = Trainer<Double>(
      configuration, source: source, pretrained: PretrainedParameters(teacher: teacherParameters),
      pool: pool)
    let loss = try trainer.computeGradient().loss

    // The same batch, the velocity of the teacher computed beside it.
    let batch = BatchSampler<Double>(
      configuration, source: source, rows: 32, seed: configuration.seed, pool: pool)
    batch.draw(step: 0)
    let path = configuration.interpolant.interpolant
    var noisy: [Double] = []
    for row in 0..<32 {
      let place = 2 * row..<2 * row + 2
      noisy += path.noisy(
        data: Array(batch.data.values[place]), noise: Array(batch.noise.values[place]),
        at: batch.times[row])
    }
    let velocity = try FlowMapSampler<Double>(
      network: teacher, interpolant: path, parameters: Buffer(teacherParameters), rows: 32,
      pool: pool
    ).velocity(noisy, at: batch.times.values)
    let readings = FlowMapReadings<Double>(
      [.squaredTotalDerivative], network: network, interpolant: path,
      parameters: trainer.parameters, rows: 32, pool: pool)
    readings.assign(noisy, to: .points)
    readings.assign(batch.times.values, to: .time)
    readings.assign(batch.endTimes.values, to: .endTime)
    readings.assign(velocity, to: .velocity)
    try readings.run()
    let expected = readings.values(.squaredTotalDerivative).reduce(0, +) / 32 / 2
    #expect(abs(loss - expected) < 1e-12 * expected)
  }

  @Test("every objective that is taught by a velocity trains on a teacher where no law is known")
  func finiteSource() throws {
    let points = (0..<64).map { Double($0 % 7) / 3 - 1 }
    let source = try FinitePoints(
      name: "cloud", points: points, shape: [2])
    for objective in Objective.allCases where objective.needsExactVelocity {
      #expect(throws: ConfigurationError.self) {
        try settings(objective, teacher: nil).validate(for: source)
      }
      let configuration = settings(objective, teacher: pretrained)
      try configuration.validate()
      let trainer = Trainer<Double>(
        configuration, source: source,
        pretrained: PretrainedParameters(teacher: teacherParameters), pool: WorkerPool(threads: 2))
      let first = try trainer.advance().loss
      #expect(first > 0)
    }
  }

  @Test("training begins with the parameters it is given")
  func start() throws {
    let values = network.initialParameters(RandomStream(seed: 4, purpose: "test"))
    let start = PretrainedNetwork(
      network: .perceptron(network), interpolant: .trigonometric, origin: "elsewhere")
    let configuration = settings(.flowMatching, teacher: nil, start: start)
    try configuration.validate()
    let trainer = Trainer<Double>(
      configuration, source: try MixturePreset.four.mixture(),
      pretrained: PretrainedParameters(start: values), pool: WorkerPool(threads: 1))
    #expect(trainer.parameters.values == values)
  }

  @Test("a network of another path, dimension or kind is refused and said to be")
  func refusals() {
    func refusal(_ change: (inout TrainingConfiguration) -> Void) -> String {
      var configuration = settings(.eulerianFull, teacher: pretrained)
      change(&configuration)
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      return error.map(\.description) ?? ""
    }
    #expect(refusal { $0.interpolant = .linear }.contains("trained with that of the run, linear"))
    #expect(
      refusal { $0.network = .perceptron(MultilayerPerceptron(dimension: 3)) }
        .contains("dimension of the run, 3"))
    #expect(refusal { $0.start = pretrained }.contains("very network that is trained"))
    #expect(
      refusal {
        $0.network = .perceptron(MultilayerPerceptron(classCount: 4))
        $0.loss.guidance = Guidance(scale: 2)
      }.contains("which guidance needs"))
  }
}
