// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import GroundTruth
internal import Interpolants
internal import Networks
internal import Tensors

/// The training loss of a block of rows as tensors, and the programs that probe it.
struct LossTrace {
  private let parameters: ParameterTensors
  private let direction: ParameterTensors
  private let sample: TrainingSample
  private let losses: Tensor

  init(_ configuration: TrainingConfiguration, target: GaussianMixture, rows: Int) {
    let interpolant = configuration.interpolant.interpolant
    let layout = configuration.network.layout
    parameters = layout.tensors()
    direction = layout.tensors(prefix: "direction")
    sample = TrainingSample.inputs(
      rows: rows, dimension: target.dimension, interpolant: interpolant)
    let context = ObjectiveContext(
      flowMap: FlowMap(
        interpolant: interpolant, network: configuration.network, parameters: parameters),
      sample: sample,
      exactVelocity: { x, t in
        SymbolicMixture(target).marginal(x, at: t, interpolant: interpolant).velocity
      },
      tangent: configuration.loss.tangent)
    losses = configuration.loss.perSample(context)
  }

  private typealias Output = (name: String, role: Program.OutputRole, tensor: Tensor)

  /// The mean loss.
  var value: Program { program(parameters.inputs, [("loss", .mean, mean(losses))]) }

  /// The mean loss, the mean squared loss and the gradient: the program of a training step.
  var valueAndGradient: Program {
    program(
      parameters.inputs,
      [("loss", .mean, mean(losses)), ("squaredLoss", .mean, mean(losses * losses))]
        + parameters.outputs(gradients, role: .mean, prefix: "gradient"))
  }

  /// The product of a curvature, or of its transpose, with a direction.
  func product(_ curvature: Curvature, isTransposed: Bool) -> Program {
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
      parameters.inputs + direction.inputs,
      parameters.outputs(products, role: .mean, prefix: "product"))
  }

  private var gradients: [Tensor] {
    gradient(of: mean(losses), withRespectTo: parameters.tensors)
  }

  /// `Jᵀ H J v`, with `J` the Jacobian of the residuals and `H` the Hessian of the loss in them.
  private var gaussNewtonProducts: [Tensor] {
    let residuals = squaredResiduals(in: losses)
    let changes = derivative(of: residuals, along: zip(parameters.tensors, direction.tensors))
    let slopes = gradient(of: mean(losses), withRespectTo: residuals)
    return pullback(
      of: residuals, along: derivative(of: slopes, along: zip(residuals, changes)),
      to: parameters.tensors)
  }

  private func program(
    _ inputs: [(role: Program.InputRole, tensor: Tensor)], _ outputs: [Output]
  ) -> Program {
    Program(rows: sample.rows, inputs: sample.declarations + inputs, outputs: outputs)
  }
}
