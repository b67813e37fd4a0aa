// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import Networks
import RandomStreams
import Tensors
import Testing
import Training

@Suite struct SupervisedTrainerTests {
  /// Two classes of images of 4 × 4 pixels: bright above or below.
  private func halves() throws -> FinitePoints {
    var (points, labels): ([Double], [Int]) = ([], [])
    let noise = RandomStream(seed: 3, purpose: .trainingData).normals(rows: 64, draws: 16)
    for index in 0..<64 {
      labels.append(index % 2)
      points += (0..<16).map { pixel in
        ((pixel < 8) == (index % 2 == 0) ? 0.5 : -0.5) + 0.2 * noise[index * 16 + pixel]
      }
    }
    return try FinitePoints(
      name: "halves", points: points, shape: [1, 4, 4], labels: labels, classCount: 2)
  }

  private let network = ConvolutionalClassifier(
    imageSize: 4, channels: 1, classCount: 2, patchSize: 1, width: 4, featureCount: 4)

  private func settings(steps: Int) -> SupervisedTraining {
    SupervisedTraining(
      batch: 40, steps: steps, seed: 5, optimizer: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8),
      decays: .matrices, schedule: .cosine(from: 0.02, warmUpSteps: 5), averageDecay: 0.9)
  }

  private func trainer<Scalar: TrainingScalar>(
    _ type: Scalar.Type, steps: Int, threads: Int
  ) throws -> SupervisedTrainer<Scalar> {
    SupervisedTrainer(
      settings(steps: steps), loss: network.supervisedLoss,
      initialParameters: network.initialParameters(
        RandomStream(seed: 5, purpose: .initialParameters)),
      source: JitteredImages(try halves(), shift: 1, flips: true),
      pool: WorkerPool(threads: threads))
  }

  @Test("A classifier learns two classes that a glance tells apart")
  func learns() throws {
    let trainer = try trainer(Float.self, steps: 150, threads: 1)
    let first = try trainer.advance().loss
    var last = first
    for _ in 1..<150 { last = try trainer.advance().loss }
    #expect(first > 0.5)
    #expect(last < 0.1)
    let source = try halves()
    let reading = try ClassifierReader(
      TrainedClassifier(network: network, parameters: trainer.averagedParameters, record: [:]),
      pool: WorkerPool(threads: 1)
    ).read(source.points)
    #expect(reading.classes == source.labels)
  }

  @Test("Threads change no bit", arguments: [2, 3])
  func threads(count: Int) throws {
    let runs = try [1, count].map { threads in
      let trainer = try trainer(Float.self, steps: 5, threads: threads)
      let reports = try (0..<5).map { _ in try trainer.advance() }
      return (reports, trainer.parameters.contents, trainer.averagedParameters)
    }
    #expect(runs[0].0 == runs[1].0)
    #expect(runs[0].1 == runs[1].1)
    #expect(runs[0].2 == runs[1].2)
  }

  @Test("A step of plain descent moves parameters against the gradient; noise is standard normal")
  func descent() throws {
    // Rows are 1, the noise is z, the loss (p − z)²: its slope is 2 (p − mean z).
    var layout = ParameterLayout()
    layout.append("p", [1], .bias)
    let loss = SupervisedLoss(layout: layout, noiseSize: 1) { parameters, sample in
      guard let noise = sample.noise else { return Tensor(0, shape: [sample.points.shape[0]]) }
      return squaredNorm(parameters["p"] - noise)
    }
    let source = try FinitePoints(name: "ones", points: [1, 1], shape: [1])
    let rows = 4000
    let training = SupervisedTraining(
      batch: rows, steps: 2, seed: 1, optimizer: .sgd(momentum: 0), decays: .all,
      schedule: .constant(0.1), averageDecay: 0.5)
    let trainer = SupervisedTrainer<Double>(
      training, loss: loss, initialParameters: [2], source: source, pool: WorkerPool(threads: 1))
    let report = try trainer.advance()
    // E (2 − z)² = 5, with a deviation of √(16 + 2) over the rows.
    #expect(abs(report.loss - 5) < 5 * (18.0 / Double(rows)).squareRoot())
    #expect(abs(trainer.parameters[0] - (2 - 0.1 * 4)) < 5 * 0.2 / Double(rows).squareRoot())
    #expect(abs(trainer.averagedParameters[0] - (2 + trainer.parameters[0]) / 2) < 1e-12)
  }

  @Test("A loss that is not finite stops with the step and leaves the parameters")
  func notFinite() throws {
    var layout = ParameterLayout()
    layout.append("p", [1], .bias)
    let loss = SupervisedLoss(layout: layout) { parameters, sample in
      (log(parameters["p"]) * sample.points).sum([-1])
    }
    let trainer = SupervisedTrainer<Double>(
      settings(steps: 3), loss: loss, initialParameters: [-1],
      source: try FinitePoints(name: "ones", points: [1, 1], shape: [1]),
      pool: WorkerPool(threads: 1))
    let error = #expect(throws: NonFiniteError.self) { try trainer.advance() }
    #expect(error?.step == 1)
    #expect(error?.quantity == "the loss")
    #expect(trainer.parameters[0] == -1 && trainer.step == 0)
  }
}
