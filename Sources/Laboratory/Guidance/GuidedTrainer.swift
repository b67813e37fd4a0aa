// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import GroundTruth
internal import Interpolants
public import Networks
internal import RandomStreams
internal import Tensors

/// Trains a class-conditional flow map with guidance: draws a batch and its labels, runs the compiled loss
/// and gradient, updates the parameters. As ``Trainer``, a step neither allocates nor counts references once
/// the first has run, and gives the same bits for any number of threads.
public final class GuidedTrainer<Scalar: TrainingScalar> {
  public let configuration: GuidedTrainingConfiguration
  public let network: ConditionalPerceptron
  /// The parameter vector, in the network's layout.
  public let parameters: Buffer<Scalar>
  /// Steps made so far.
  public private(set) var step = 0

  private var optimizerState: OptimizerState<Scalar>
  private let sampler: BatchSampler<Scalar>
  private let labels: LabelSampler<Scalar>
  private let executable: Executable<Scalar>
  private let gradient: Buffer<Scalar>
  private let loss: Buffer<Scalar>
  private let squaredLoss: Buffer<Scalar>
  private let pool: WorkerPool

  /// - Parameter target: its labels, in their order, are the classes.
  /// - Precondition: the configuration is valid and its network has the target's dimension.
  public init(
    _ configuration: GuidedTrainingConfiguration, target: GaussianMixture, pool: WorkerPool
  ) {
    let training = configuration.training
    precondition(
      training.network.dimension == target.dimension,
      "a network of dimension \(training.network.dimension) for a target of dimension "
        + "\(target.dimension)")
    self.configuration = configuration
    self.pool = pool
    let network = configuration.network(for: target)
    self.network = network
    executable = Executable<Scalar>(rows: training.batch, pool: pool) { rows in
      guidedProgram(configuration, network, rows: rows)
    }
    sampler = BatchSampler(
      training, target: .mixture(target), rows: training.batch, seed: training.seed, pool: pool)
    labels = LabelSampler(
      target: target.withLabelsCounted, dropout: configuration.guidance.labelDropout,
      rows: training.batch, seed: training.seed, pool: pool)
    parameters = Buffer(
      network.initialParameters(
        RandomStream(seed: training.seed, purpose: "initial parameters")))
    gradient = Buffer(count: network.layout.count)
    sampler.bind(to: executable)
    executable.bind(input: "label", to: labels.labels)
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: network.layout, prefix: "gradient", to: gradient)
    loss = executable.output("loss")
    squaredLoss = executable.output("squaredLoss")
    executable.prepare()
    optimizerState = OptimizerState(training.optimizer, count: network.layout.count)
  }

  /// Makes one step.
  ///
  /// - Throws: ``NonFiniteError`` if the loss or the gradient is not finite; the parameters are then
  ///   those of the step before.
  @discardableResult
  public func advance() throws -> StepReport {
    let report = try computeGradient()
    let training = configuration.training
    optimizerState.step(
      parameters: parameters.elements, gradient: UnsafeBufferPointer(gradient.elements),
      rate: training.schedule.rate(step: step, of: max(training.steps, step)),
      gradientScale: training.clipping.scale(forNorm: report.gradientNorm), pool: pool)
    step += 1
    return report
  }

  /// Loss and gradient of the next step's batch, without an update.
  public func computeGradient() throws -> StepReport {
    sampler.draw(step: step)
    labels.draw(step: step)
    try executable.run()
    let mean = Double(loss.pointer[0])
    let norm = euclideanNorm(UnsafeBufferPointer(gradient.elements), pool: pool)
    if !mean.isFinite { throw nonFinite("the loss", mean) }
    if !norm.isFinite { throw nonFinite("the norm of the gradient", norm) }
    let variance = max(Double(squaredLoss.pointer[0]) - mean * mean, 0)
    return StepReport(step: step + 1, loss: mean, lossVariance: variance, gradientNorm: norm)
  }

  private func nonFinite(_ quantity: String, _ value: Double) -> NonFiniteError {
    NonFiniteError(
      step: step + 1, objective: configuration.training.loss.objective.rawValue,
      quantity: quantity, value: value)
  }
}

/// The training program of a block of rows: loss, mean squared loss and gradient.
private func guidedProgram(
  _ configuration: GuidedTrainingConfiguration, _ network: ConditionalPerceptron, rows: Int
) -> Program {
  let training = configuration.training
  let interpolant = training.interpolant.interpolant
  let parameters = network.layout.tensors()
  let sample = TrainingSample.inputs(
    rows: rows, dimension: network.dimension, interpolant: interpolant)
  let label = Tensor.input("label", [rows])
  let context = configuration.guidance.context(
    ConditionalFlowMap(interpolant: interpolant, network: network, parameters: parameters),
    sample: sample, label: label, tangent: training.loss.tangent)
  let losses = training.loss.perSample(context)
  let loss = mean(losses)
  let gradients = Tensors.gradient(of: loss, withRespectTo: parameters.tensors)
  return Program(
    rows: rows, inputs: sample.declarations + [(.perRow, label)] + parameters.inputs,
    outputs: [("loss", .mean, loss), ("squaredLoss", .mean, mean(losses * losses))]
      + parameters.outputs(gradients, role: .mean, prefix: "gradient"))
}
