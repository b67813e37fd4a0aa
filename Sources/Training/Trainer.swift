// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
public import FlowMaps
internal import GroundTruth
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// An element type a trainer works in.
public typealias TrainingScalar = EngineScalar & DataScalar & OptimizerScalar

/// What one training step reports.
public struct StepReport: Sendable, Equatable {
  /// The step's number, from 1.
  public let step: Int
  /// Mean of the per-sample losses.
  public let loss: Double
  /// Variance of the per-sample losses over the batch.
  public let lossVariance: Double
  /// Euclidean norm of the gradient before clipping.
  public let gradientNorm: Double
}

/// Trains a flow map: draws a batch, runs the compiled loss and gradient, updates parameters and
/// averages. Once the first step has run, a step neither allocates nor counts references.
public final class Trainer<Scalar: TrainingScalar> {
  public let configuration: TrainingConfiguration
  /// The parameter vector, in the network's layout.
  public let parameters: Buffer<Scalar>
  /// Steps made so far.
  public internal(set) var step = 0

  let update: any ParameterUpdate<Scalar>
  var averages: ExponentialMovingAverage

  /// The parameters of a learned weighting; empty for other weightings.
  let weightParameters: Buffer<Scalar>
  let weightUpdate: any ParameterUpdate<Scalar>

  private let sampler: BatchSampler<Scalar>
  private let engine: any Engine
  private let source: any DataSource
  private let state: LossState<Scalar>
  /// Compiled when it is first asked for.
  private var partMeans: (any CompiledProgram<Scalar>)?
  /// The step before its update: loss and gradient.
  package let executable: any CompiledProgram<Scalar>
  private let gradient: Buffer<Scalar>
  private let loss: Buffer<Scalar>
  private let squaredLoss: Buffer<Scalar>
  private let weightGradient: Buffer<Scalar>
  private let progress: Buffer<Scalar>
  private let averagedTeacher: Buffer<Scalar>
  /// The place of the averaged teacher among ``averages``, if the loss has one.
  private let teacherAverage: Int?
  private let layout: ParameterLayout
  /// Threads of the host; nil where only programs compute.
  private let pool: WorkerPool?

  /// - Parameter pretrained: the parameters of the networks that the configuration takes over.
  /// - Precondition: the configuration is valid and fits the source, see
  ///   ``TrainingConfiguration/validate(for:)``.
  public convenience init(
    _ configuration: TrainingConfiguration, source: any DataSource,
    pretrained: PretrainedParameters = .none, pool: WorkerPool
  ) {
    self.init(
      configuration, source: source, pretrained: pretrained, engine: NativeEngine(pool: pool))
  }

  /// - Parameters:
  ///   - pretrained: the parameters of the networks that the configuration takes over.
  ///   - engine: what runs the programs of the loss, and of the optimiser where there is no fused kernel for it.
  /// - Precondition: the configuration is valid and fits the source, see
  ///   ``TrainingConfiguration/validate(for:)``.
  public init(
    _ configuration: TrainingConfiguration, source: any DataSource,
    pretrained: PretrainedParameters = .none, engine: any Engine
  ) {
    configuration.requireFit(to: source)
    self.configuration = configuration
    let host = engine.host
    pool = host?.pool
    let layout = configuration.network.layout
    self.layout = layout
    let executable = engine.compile(Scalar.self, rows: configuration.batch) { rows in
      LossTrace(configuration, source: source, rows: rows).trainingStep
    }
    self.executable = executable
    sampler = BatchSampler(
      configuration, source: source, rows: configuration.batch, seed: configuration.seed,
      pool: host?.pool ?? WorkerPool(threads: 1))
    parameters = Buffer(configuration.initialParameters(pretrained))
    gradient = Buffer(count: layout.count)
    sampler.bind(to: executable)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: layout, prefix: "gradient", to: gradient)
    self.engine = engine
    self.source = source
    state = LossState<Scalar>(configuration, pretrained: pretrained)
    state.bind(to: executable)
    (weightParameters, averagedTeacher, progress) = (state.weights, state.teacher, state.progress)
    let weightLayout = configuration.loss.weightLayout
    weightGradient = Buffer(count: weightLayout.count)
    executable.bind(
      outputs: weightLayout, prefix: LossState<Scalar>.weightGradientPrefix, to: weightGradient)
    weightUpdate = configuration.optimizer.update(
      of: weightParameters, along: weightGradient, layout: weightLayout,
      decays: configuration.decays, engine: engine)
    let decays = configuration.trackedDecays
    teacherAverage = configuration.loss.teacherDecay.flatMap { decays.firstIndex(of: $0) }
    loss = executable.output("loss")
    squaredLoss = executable.output("squaredLoss")
    executable.prepare()
    update = configuration.optimizer.update(
      of: parameters, along: gradient, layout: layout, decays: configuration.decays,
      engine: engine)
    averages = ExponentialMovingAverage(
      decays: decays, startingAt: parameters)
    refreshTeacher()
  }

  /// Makes one step.
  ///
  /// - Throws: ``NonFiniteError`` if the loss or the gradient is not finite; the parameters are then
  ///   those of the step before.
  @discardableResult
  public func advance() throws -> StepReport {
    let report = try computeGradient()
    let rate = configuration.schedule.rate(step: step, of: max(configuration.steps, step))
    update.step(
      rate: rate, gradientScale: configuration.clipping.scale(forNorm: report.gradientNorm))
    if weightParameters.count > 0 { weightUpdate.step(rate: rate, gradientScale: 1) }
    averages.update(with: parameters, pool: pool)
    refreshTeacher()
    step += 1
    return report
  }

  /// The average of the parameters with one of the decays the configuration asks for; nil for another decay.
  public func averagedParameters(decay: Double) -> Buffer<Scalar>? {
    guard averages.decays.contains(decay) else { return nil }
    let average = Buffer<Scalar>(count: layout.count)
    copyAverage(decay: decay, to: average)
    return average
  }

  /// Copies an average of the parameters.
  ///
  /// - Precondition: the run keeps an average with this decay.
  package func copyAverage(decay: Double, to out: Buffer<Scalar>) {
    guard let index = averages.decays.firstIndex(of: decay) else {
      preconditionFailure("no average of decay \(decay) among \(averages.decays)")
    }
    averages.copyAverage(at: index, to: out)
  }

  /// Takes the teacher's parameters from their average.
  func refreshTeacher() {
    if let teacherAverage {
      averages.copyAverage(at: teacherAverage, to: averagedTeacher)
    }
  }

  /// The unweighted parts of the loss at the current parameters, on the batch that was drawn last.
  public func lossParts() throws -> [(part: TrainingLoss.Part, mean: Double)] {
    let parts = configuration.loss.parts
    guard !parts.isEmpty else { return [] }
    let compiled =
      partMeans
      ?? engine.compile(Scalar.self, rows: configuration.batch) { rows in
        LossTrace(configuration, source: source, rows: rows).partMeans
      }
    if partMeans == nil {
      sampler.bind(to: compiled)
      state.bind(to: compiled)
      compiled.bind(inputs: layout, prefix: "parameters", to: parameters)
      partMeans = compiled
    }
    try compiled.run()
    return parts.map { ($0, Double(compiled.output($0.rawValue)[0])) }
  }

  /// Loss and gradient of the next step's batch, without an update.
  public func computeGradient() throws -> StepReport {
    let done = min(Double(step) / Double(configuration.steps), 1)
    progress[0] = Scalar(done)
    sampler.draw(step: step, progress: done)
    try executable.run()
    let mean = Double(loss[0])
    let norm = euclideanNorm(gradient, pool: pool)
    if !mean.isFinite { throw nonFinite("the loss", mean) }
    if !norm.isFinite { throw nonFiniteGradient(norm) }
    if let index = firstNonFiniteIndex(weightGradient) {
      throw nonFinite(
        "the gradient of the weighting's parameter \(index)", Double(weightGradient[index]))
    }
    let variance = max(Double(squaredLoss[0]) - mean * mean, 0)
    return StepReport(step: step + 1, loss: mean, lossVariance: variance, gradientNorm: norm)
  }

  private func nonFiniteGradient(_ norm: Double) -> NonFiniteError {
    guard let index = firstNonFiniteIndex(gradient) else {
      return nonFinite("the norm of the gradient", norm)
    }
    let entry = layout.entries.last { $0.offset <= index }
    let place = entry.map { "\($0.name)[\(index - $0.offset)]" } ?? "\(index)"
    return nonFinite("the gradient of \(place)", Double(gradient[index]))
  }

  private func nonFinite(_ quantity: String, _ value: Double) -> NonFiniteError {
    NonFiniteError(
      step: step + 1, of: configuration, quantity: quantity, value: value, stepsMade: step)
  }
}
