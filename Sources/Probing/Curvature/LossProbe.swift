// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
internal import FlowMaps
internal import Interpolants
public import Networks
internal import Tensors
public import Training

/// The training loss of a configuration on a frozen batch, as a function of the flat parameter vector: its
/// value, its gradient and its curvatures, for any objective.
public final class LossProbe<Scalar: TrainingScalar> {
  public let configuration: TrainingConfiguration
  public let batch: ProbeBatch

  private let source: any DataSource
  private let sampler: BatchSampler<Scalar>
  private let pool: WorkerPool
  private let vector: Buffer<Scalar>
  private let gradient: Buffer<Scalar>
  private let state: LossState<Scalar>
  private let step: Executable<Scalar>
  private lazy var value = compiled { $0.value }

  /// - Precondition: as for a trainer.
  public init(
    _ configuration: TrainingConfiguration, source: any DataSource,
    pretrained: PretrainedParameters = .none, batch: ProbeBatch, pool: WorkerPool
  ) {
    configuration.requireFit(to: source)
    self.configuration = configuration
    self.batch = batch
    self.source = source
    self.pool = pool
    let layout = configuration.network.layout
    sampler = BatchSampler(
      configuration, source: source, rows: batch.rows, seed: batch.seed, pool: pool)
    vector = Buffer(count: layout.count)
    gradient = Buffer(count: layout.count)
    step = Executable(rows: batch.rows, pool: pool) { rows in
      LossTrace(configuration, source: source, rows: rows).trainingStep
    }
    sampler.bind(to: step)
    state = LossState(configuration, pretrained: pretrained)
    state.bind(to: step)
    step.bind(inputs: layout, prefix: "parameters", to: vector)
    step.bind(outputs: layout, prefix: "gradient", to: gradient)
    step.prepare()
    progress = 1
  }

  /// The number of parameters.
  public var dimension: Int { vector.count }

  /// The parameters at which everything is taken, rounded to the probe's precision; zeros at first.
  public var parameters: [Double] {
    get { vector.values }
    set { vector.assign(newValue) }
  }

  /// The share of the training that is done, 0 to 1, where the loss or its batches depend on it; 1 at first.
  public var progress: Double {
    get { Double(state.progress[0]) }
    set {
      state.progress[0] = Scalar(newValue)
      sampler.draw(step: batch.step, progress: newValue)
    }
  }

  /// The parameters of a learned weighting, which stay as they are under every probe; zeros at first, and
  /// empty for other weightings.
  public var weighting: [Double] {
    get { state.weights.values }
    set { state.weights.assign(newValue) }
  }

  /// The parameters of an averaged teacher, which stay as they are under every probe; zeros at first, and
  /// empty for a loss without one.
  public var teacherParameters: [Double] {
    get { state.teacher.values }
    set { state.teacher.assign(newValue) }
  }

  /// The mean loss at the parameters.
  public func loss() throws -> Double {
    try value.run()
    return Double(value.output("loss")[0])
  }

  /// The mean loss and its gradient, in the layout of the network: those of a training step.
  public func lossAndGradient() throws -> (loss: Double, gradient: [Double]) {
    try step.run()
    return (Double(step.output("loss")[0]), gradient.values)
  }

  /// A curvature over the parameters, compiled. It follows the parameters of this probe.
  ///
  /// - Parameter selection: the parameters whose rows and columns are taken; nil for all.
  public func curvature(
    _ curvature: Curvature, of selection: ParameterSelection? = nil
  ) -> CurvatureOperator<Scalar> {
    CurvatureOperator(
      curvature, of: selection ?? ParameterSelection(all: configuration.network.layout),
      compile: { isTransposed in
        compiled { $0.product(curvature, isTransposed: isTransposed) }
      }, layout: configuration.network.layout)
  }

  /// A program on the probe's batch and parameters, in blocks of the training step's size: a loss that
  /// shares its rows among objectives does so block by block.
  private func compiled(_ program: (LossTrace) -> Program) -> Executable<Scalar> {
    let executable = Executable<Scalar>(
      rows: batch.rows, blockRows: step.blockRows, pool: pool
    ) { rows in
      program(LossTrace(configuration, source: source, rows: rows))
    }
    sampler.bind(to: executable)
    state.bind(to: executable)
    executable.bind(inputs: configuration.network.layout, prefix: "parameters", to: vector)
    return executable
  }
}
