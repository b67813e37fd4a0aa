// Part of toylab. Licensed under Apache-2.0; see LICENSE.

package import DataSources
internal import Engines
package import FlowMaps
internal import GroundTruth
package import Interpolants
package import Networks
package import Tensors

/// The training loss of a block of rows as tensors, and the programs that train and probe it.
package struct LossTrace {
  package typealias Input = (role: Program.InputRole, tensor: Tensor)

  private let parameters: ParameterTensors
  private let direction: ParameterTensors
  private let weights: ParameterTensors
  private let teacherParameters: ParameterTensors?
  private let progress: Tensor?
  private let sample: TrainingSample
  private let velocityInputs: [Input]
  private let loss: TrainingLoss
  private let losses: Tensor
  private let residuals: [Tensor]

  /// The loss of a configuration.
  ///
  /// - Precondition: the objective has no exact velocity where the source has none in programs.
  package init(_ configuration: TrainingConfiguration, source: any DataSource, rows: Int) {
    let loss = configuration.loss
    let velocity: ObjectiveContext.ExactVelocity?
    var velocityInputs: [Input] = []
    if !loss.objective.needsExactVelocity {
      // Only a loss that is taught by it pays for its tables.
      velocity = nil
    } else if let teacher = configuration.teacher {
      let parameters = teacher.network.layout.tensors(prefix: LossState<Float>.pretrainedPrefix)
      velocityInputs = parameters.inputs
      velocity = configuration.velocity(of: teacher, parameters)
    } else {
      velocity = configuration.exactVelocity(of: source).map(Self.conditioned)
    }
    self.init(
      loss, network: configuration.network, interpolant: configuration.interpolant.interpolant,
      rows: rows, exactVelocity: velocity, velocityInputs: velocityInputs)
  }

  private static func conditioned(
    _ velocity: @escaping SymbolicVelocity
  ) -> ObjectiveContext.ExactVelocity {
    { x, t, conditions in velocity(x, t, conditions.label) }
  }

  /// A loss of its parts.
  ///
  /// - Parameter velocityInputs: what `exactVelocity` reads beside the batch.
  package init(
    _ loss: TrainingLoss, network: some Network, interpolant: any Interpolant, rows: Int,
    exactVelocity: ObjectiveContext.ExactVelocity?, velocityInputs: [Input] = []
  ) {
    parameters = network.layout.tensors()
    direction = network.layout.tensors(prefix: "direction")
    weights = loss.weightLayout.tensors(prefix: LossState<Float>.weightPrefix)
    teacherParameters = loss.teacherDecay.map { _ in
      network.layout.tensors(prefix: LossState<Float>.teacherPrefix)
    }
    progress = loss.dependsOnProgress ? Tensor.input(LossState<Float>.progressName, [1, 1]) : nil
    sample = TrainingSample.inputs(rows: rows, network: network, interpolant: interpolant)
    self.velocityInputs = velocityInputs
    self.loss = loss
    let context = ObjectiveContext(
      flowMap: FlowMap(interpolant: interpolant, network: network, parameters: parameters),
      sample: sample, exactVelocity: exactVelocity,
      tangent: loss.tangent,
      teacherMap: teacherParameters.map {
        FlowMap(interpolant: interpolant, network: network, parameters: $0)
      }, progress: progress, stabilizers: loss.stabilizers, weightParameters: weights)
    (losses, residuals) = loss.traced(context)
  }

  private typealias Output = (name: String, role: Program.OutputRole, tensor: Tensor)

  /// The mean loss.
  package var value: Program { program([], [("loss", .mean, mean(losses))]) }

  /// The means of the loss's unweighted parts, each under the name of its case.
  package var partMeans: Program {
    program([], loss.partMeans(of: residuals).map { ($0.part.rawValue, .mean, $0.mean) })
  }

  /// The mean loss, the mean squared loss and the gradients: a training step before its update.
  package var trainingStep: Program {
    let loss = mean(losses)
    let gradients = gradient(of: loss, withRespectTo: parameters.tensors + weights.tensors)
    let own = parameters.tensors.count
    return program(
      [],
      [("loss", .mean, loss), ("squaredLoss", .mean, mean(losses * losses))]
        + parameters.outputs(Array(gradients[..<own]), role: .mean, prefix: "gradient")
        + weights.outputs(
          Array(gradients[own...]), role: .mean, prefix: LossState<Float>.weightGradientPrefix))
  }

  /// The product of a curvature, or of its transpose, with a direction.
  package func product(_ curvature: Curvature, isTransposed: Bool) -> Program {
    let products: [Tensor]
    switch curvature {
    case .hessian:
      products = derivative(of: gradients, along: zip(parameters.tensors, direction.tensors))
    case .gaussNewton:
      products = gaussNewtonProducts
    case .updateFieldJacobian where isTransposed:
      products = pullback(
        of: gradients, along: direction.tensors, to: parameters.tensors, stopGradients: .crossed)
    case .updateFieldJacobian:
      products = derivative(
        of: gradients, along: zip(parameters.tensors, direction.tensors), stopGradients: .crossed)
    }
    return program(
      direction.inputs, parameters.outputs(products, role: .mean, prefix: "product"))
  }

  private var gradients: [Tensor] {
    gradient(of: mean(losses), withRespectTo: parameters.tensors)
  }

  /// `Jᵀ H J v`, with `J` the Jacobian of the residuals and `H` the Hessian of the loss in them.
  private var gaussNewtonProducts: [Tensor] {
    let changes = derivative(of: residuals, along: zip(parameters.tensors, direction.tensors))
    let slopes = gradient(of: mean(losses), withRespectTo: residuals)
    return pullback(
      of: residuals, along: derivative(of: slopes, along: zip(residuals, changes)),
      to: parameters.tensors)
  }

  private func program(
    _ further: [Input], _ outputs: [Output]
  ) -> Program {
    Program(
      rows: sample.rows,
      inputs: sample.declarations + velocityInputs + parameters.inputs + weights.inputs
        + (teacherParameters?.inputs ?? []) + (progress.map { [(.shared, $0)] } ?? []) + further,
      outputs: outputs)
  }
}
