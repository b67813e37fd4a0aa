// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Interpolants
import Networks
import Tensors

/// The program behind ``ObjectivesEvaluator``: the quantities of a record as tensors.
struct ObjectivesTrace {
  private let network: MultilayerPerceptron
  private let parameters: ParameterTensors
  private let direction: ParameterTensors
  private let sample: TrainingSample
  private let marginalVelocity: Tensor
  private let flowMap: FlowMap

  init(network: MultilayerPerceptron, interpolant: InterpolantKind, rows: Int) {
    self.network = network
    let interpolant = interpolant.interpolant
    parameters = network.layout.tensors()
    direction = network.layout.tensors(prefix: "direction")
    sample = .inputs(rows: rows, dimension: network.dimension, interpolant: interpolant)
    marginalVelocity = .input("marginalVelocity", [rows, network.dimension])
    flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
  }

  private typealias Output = (name: String, role: Program.OutputRole, tensor: Tensor)

  var program: Program {
    Program(
      rows: sample.rows,
      inputs: sample.declarations + [(.perRow, marginalVelocity)] + parameters.inputs
        + direction.inputs,
      outputs: pointwise + objectives + adaptive + curvatures)
  }

  private var pointwise: [Output] {
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let columns = flowMap.spatialJacobian(x, from: t, to: s)
    return [
      ("noisy", .perRow, x), ("conditionalVelocity", .perRow, sample.conditionalVelocity),
      ("network", .perRow, flowMap.field(x, from: t, to: s)),
      ("flowMap", .perRow, flowMap.map(x, from: t, to: s)),
    ] + columns.enumerated().map { ("jacobian\($0)", .perRow, $1) }
  }

  private var objectives: [Output] {
    ReferencedObjective.allCases.flatMap { name -> [Output] in
      let perSample = name.objective.perSample(context(tangent: name.tangent))
      return [("\(name.rawValue).perSample", .perRow, perSample)]
        + meanAndGradient(of: perSample, name.rawValue)
    }
  }

  /// Flow matching and iSD on every sample under adaptive weights.
  private var adaptive: [Output] {
    let loss = TrainingLoss(objective: .improvedSelfDistillation, weighting: .adaptive())
    return meanAndGradient(
      of: loss.perSample(context(tangent: .exact)), ObjectiveKey.adaptiveName)
  }

  private func meanAndGradient(of perSample: Tensor, _ name: String) -> [Output] {
    let gradients = gradient(of: mean(perSample), withRespectTo: parameters.tensors)
    return [("\(name).mean", .mean, mean(perSample))]
      + parameters.outputs(gradients, role: .mean, prefix: "\(name).gradient")
  }

  private var curvatures: [Output] {
    ReferencedCurvature.allCases.flatMap { name -> [Output] in
      let context = context(tangent: .exact)
      let losses = name.objectives.map { mean($0.perSample(context)) }
      let gradients = gradient(
        of: losses.dropFirst().reduce(losses[0], +), withRespectTo: parameters.tensors)
      func product(_ policy: StopGradientPolicy, _ prefix: String) -> [Output] {
        let products = derivative(
          of: gradients, along: zip(parameters.tensors, direction.tensors).map { ($0, $1) },
          stopGradients: policy)
        return parameters.outputs(products, role: .mean, prefix: "\(prefix).\(name.rawValue)")
      }
      return product(.blocked, "hessianVectorProduct")
        + product(.crossed, "updateFieldJacobianProduct")
    }
  }

  private func context(tangent: TangentMethod) -> ObjectiveContext {
    let velocity = marginalVelocity
    return ObjectiveContext(
      flowMap: flowMap, sample: sample, exactVelocity: { _, _, _ in velocity }, tangent: tangent)
  }
}
