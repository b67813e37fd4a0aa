// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
internal import Networks
internal import RandomStreams

/// Teaches a network by a ``SupervisedLoss``: draws a batch of a source, runs the compiled loss and gradient,
/// updates the parameters and their average. What a step does depends on the seed and its number alone, for any
/// number of threads.
///
/// Flow maps are trained by ``Trainer``; this is for the networks beside them.
public final class SupervisedTrainer<Scalar: TrainingScalar> {
  public let training: SupervisedTraining
  /// The parameter vector, in the loss's layout.
  public let parameters: Buffer<Scalar>
  /// Steps made so far.
  public private(set) var step = 0

  private let update: any ParameterUpdate<Scalar>
  private var average: ExponentialMovingAverage
  private let executable: any CompiledProgram<Scalar>
  private let gradient: Buffer<Scalar>
  private let loss: Buffer<Scalar>
  private let squaredLoss: Buffer<Scalar>
  private let now: Buffer<Double>
  private let batchTask: PoolTask
  private let batchChunks: Int
  private let pool: WorkerPool
  private let layout: ParameterLayout

  /// - Parameters:
  ///   - initialParameters: a vector in the loss's layout.
  ///   - source: where the rows come from.
  /// - Precondition: the training is valid, see ``SupervisedTraining/validate()``.
  public init(
    _ training: SupervisedTraining, loss supervised: SupervisedLoss, initialParameters: [Double],
    source: any DataSource, pool: WorkerPool
  ) {
    precondition((try? training.validate()) != nil, "settings that cannot be used: \(training)")
    let rows = training.batch
    let dimension = source.dimension
    let hasLabels = source.classCount > 0
    let engine = NativeEngine(pool: pool)
    let executable = engine.compile(Scalar.self, rows: rows) { rows in
      supervised.trainingStep(rows: rows, dimension: dimension, hasLabels: hasLabels)
    }
    let points = Buffer<Scalar>(count: rows * dimension)
    let labels = Buffer<Scalar>(count: hasLabels ? rows : 0)
    let noise = Buffer<Scalar>(count: rows * supervised.noiseSize)
    executable.bind(input: SupervisedLoss.Input.points.rawValue, to: points)
    if hasLabels { executable.bind(input: SupervisedLoss.Input.labels.rawValue, to: labels) }
    if noise.count > 0 { executable.bind(input: SupervisedLoss.Input.noise.rawValue, to: noise) }
    layout = supervised.layout
    parameters = Buffer(initialParameters)
    gradient = Buffer(count: layout.count)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: layout, prefix: "gradient", to: gradient)
    loss = executable.output("loss")
    squaredLoss = executable.output("squaredLoss")
    executable.prepare()
    self.executable = executable
    self.training = training
    self.pool = pool
    update = training.optimizer.update(
      of: parameters, along: gradient, layout: layout, decays: training.decays, engine: engine)
    average = ExponentialMovingAverage(decays: [training.averageDecay], startingAt: parameters)
    let now = Buffer<Double>(count: 1)
    self.now = now
    let chunkRows = 32
    batchChunks = (rows + chunkRows - 1) / chunkRows
    let fill = Scalar.filler(of: source, seed: training.seed)
    let normals = RandomStream(seed: training.seed, purpose: .supervisedNoise)
    let noiseSize = supervised.noiseSize
    batchTask = PoolTask { chunk, _ in
      let range = chunk * chunkRows..<min((chunk + 1) * chunkRows, rows)
      func part(_ buffer: Buffer<Scalar>, _ width: Int) -> UnsafeMutableBufferPointer<Scalar> {
        buffer.elements(range.lowerBound * width..<range.upperBound * width)
      }
      let step = UInt64(now[0])
      fill(
        BatchRows(
          step: Int(step), rows: range, batch: rows, points: part(points, dimension),
          labels: part(labels, hasLabels ? 1 : 0)))
      if noiseSize > 0 {
        Scalar.fillNormal(
          normals.at(step: step), part(noise, noiseSize), rows: range, draws: noiseSize)
      }
    }
  }

  /// Makes one step.
  ///
  /// - Throws: ``NonFiniteError`` if the loss or the gradient is not finite; the parameters are then those of the
  ///   step before.
  @discardableResult
  public func advance() throws -> StepReport {
    now[0] = Double(step)
    pool.run(batchTask, tasks: batchChunks)
    try executable.run()
    let mean = Double(loss[0])
    let norm = euclideanNorm(gradient, pool: pool)
    if !mean.isFinite { throw nonFinite("the loss", mean) }
    if !norm.isFinite { throw nonFinite("the norm of the gradient", norm) }
    update.step(
      rate: training.schedule.rate(step: step, of: max(training.steps, step)),
      gradientScale: training.clipping.scale(forNorm: norm))
    average.update(with: parameters, pool: pool)
    step += 1
    let variance = max(Double(squaredLoss[0]) - mean * mean, 0)
    return StepReport(step: step, loss: mean, lossVariance: variance, gradientNorm: norm)
  }

  /// The average of the parameters, in the loss's layout.
  public var averagedParameters: [Double] {
    let values = Buffer<Scalar>(count: layout.count)
    average.copyAverage(at: 0, to: values)
    return values.values
  }

  private func nonFinite(_ quantity: String, _ value: Double) -> NonFiniteError {
    NonFiniteError(
      step: step + 1, objective: "supervised training", quantity: quantity, value: value,
      stepsMade: step, advice: "A smaller learning rate or gradient clipping may help.")
  }
}
