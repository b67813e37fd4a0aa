// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import GroundTruth
internal import Interpolants
public import Networks
internal import RandomStreams
internal import Tensors

/// An element type a trainer works in.
public typealias TrainingScalar = EngineScalar & MixtureScalar & OptimizerScalar

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

/// A number that is not finite stopped a run.
public struct NonFiniteError: Error, Equatable, CustomStringConvertible {
  public let step: Int
  public let objective: String
  /// The first bad quantity.
  public let quantity: String
  public let value: Double

  public var description: String {
    "step \(step) of \(objective): \(quantity) is \(value.isNaN ? "nan" : "\(value)"); the run stopped with the parameters "
      + "of the step before. A smaller learning rate, relaxed times or gradient clipping may help."
  }
}

/// Trains a flow map: draws a batch, runs the compiled loss and gradient, updates parameters and
/// averages. Once the first step has run, a step neither allocates nor counts references.
public final class Trainer<Scalar: TrainingScalar> {
  public let configuration: TrainingConfiguration
  /// The parameter vector, in the network's layout.
  public let parameters: Buffer<Scalar>
  /// Steps made so far.
  public internal(set) var step = 0

  var optimizerState: OptimizerState<Scalar>
  var averages: ExponentialMovingAverage

  private let sampler: BatchSampler<Scalar>
  let executable: Executable<Scalar>
  private let gradient: Buffer<Scalar>
  private let loss: Buffer<Scalar>
  private let squaredLoss: Buffer<Scalar>
  private let layout: ParameterLayout
  private let pool: WorkerPool

  /// - Precondition: the configuration is valid and its network has the target's dimension.
  public init(
    _ configuration: TrainingConfiguration, target: GaussianMixture, pool: WorkerPool
  ) {
    precondition(
      configuration.network.dimension == target.dimension,
      "a network of dimension \(configuration.network.dimension) for a target of dimension "
        + "\(target.dimension)")
    self.configuration = configuration
    self.pool = pool
    let interpolant = configuration.interpolant.interpolant
    let layout = configuration.network.layout
    self.layout = layout
    executable = Executable<Scalar>(rows: configuration.batch, pool: pool) { rows in
      trainingProgram(configuration, target: target, rows: rows)
    }
    sampler = BatchSampler(
      target: target, times: configuration.times, endTime: interpolant.endTime,
      rows: configuration.batch, seed: configuration.seed, pool: pool)
    parameters = Buffer(
      configuration.network.initialParameters(
        RandomStream(seed: configuration.seed, purpose: "initial parameters")))
    gradient = Buffer(count: layout.count)
    sampler.bind(to: executable)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: layout, prefix: "gradient", to: gradient)
    loss = executable.output("loss")
    squaredLoss = executable.output("squaredLoss")
    executable.prepare()
    optimizerState = OptimizerState(configuration.optimizer, count: layout.count)
    averages = ExponentialMovingAverage(
      decays: configuration.averageDecays, startingAt: UnsafeBufferPointer(parameters.elements))
  }

  /// Makes one step.
  ///
  /// - Throws: ``NonFiniteError`` if the loss or the gradient is not finite; the parameters are then
  ///   those of the step before.
  @discardableResult
  public func advance() throws -> StepReport {
    let report = try computeGradient()
    let rate = configuration.schedule.rate(step: step, of: max(configuration.steps, step))
    let elements = UnsafeBufferPointer(gradient.elements)
    optimizerState.step(
      parameters: parameters.elements, gradient: elements, rate: rate,
      gradientScale: configuration.clipping.scale(forNorm: report.gradientNorm), pool: pool)
    averages.update(with: UnsafeBufferPointer(parameters.elements), pool: pool)
    step += 1
    return report
  }

  /// Loss and gradient of the next step's batch, without an update.
  public func computeGradient() throws -> StepReport {
    sampler.draw(step: step)
    try executable.run()
    let mean = Double(loss.pointer[0])
    let norm = euclideanNorm(UnsafeBufferPointer(gradient.elements), pool: pool)
    if !mean.isFinite { throw nonFinite("the loss", mean) }
    if !norm.isFinite { throw nonFiniteGradient(norm) }
    let variance = max(Double(squaredLoss.pointer[0]) - mean * mean, 0)
    return StepReport(step: step + 1, loss: mean, lossVariance: variance, gradientNorm: norm)
  }

  private func nonFiniteGradient(_ norm: Double) -> NonFiniteError {
    guard let index = firstNonFiniteIndex(UnsafeBufferPointer(gradient.elements)) else {
      return nonFinite("the norm of the gradient", norm)
    }
    let entry = layout.entries.last { $0.offset <= index }
    let place = entry.map { "\($0.name)[\(index - $0.offset)]" } ?? "\(index)"
    return nonFinite("the gradient of \(place)", Double(gradient[index]))
  }

  private func nonFinite(_ quantity: String, _ value: Double) -> NonFiniteError {
    NonFiniteError(
      step: step + 1, objective: configuration.loss.objective.rawValue, quantity: quantity,
      value: value)
  }
}

/// The training program of a block of rows: loss, mean squared loss and gradient.
private func trainingProgram(
  _ configuration: TrainingConfiguration, target: GaussianMixture, rows: Int
) -> Program {
  let interpolant = configuration.interpolant.interpolant
  let parameters = configuration.network.layout.tensors()
  let sample = TrainingSample.inputs(
    rows: rows, dimension: target.dimension, interpolant: interpolant)
  let context = ObjectiveContext(
    flowMap: FlowMap(
      interpolant: interpolant, network: configuration.network, parameters: parameters),
    sample: sample,
    exactVelocity: { x, t in
      SymbolicMixture(target).marginal(x, at: t, interpolant: interpolant).velocity
    },
    tangent: configuration.loss.tangent)
  let losses = configuration.loss.perSample(context)
  let loss = mean(losses)
  let gradients = gradient(of: loss, withRespectTo: parameters.tensors)
  return Program(
    rows: rows, inputs: sample.declarations + parameters.inputs,
    outputs: [("loss", .mean, loss), ("squaredLoss", .mean, mean(losses * losses))]
      + parameters.outputs(gradients, role: .mean, prefix: "gradient"))
}
