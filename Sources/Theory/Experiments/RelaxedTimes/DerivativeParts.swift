// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import GroundTruth
public import Interpolants
public import Networks
internal import Tensors

/// The two parts of `D_w f = A'(w − F) + (A'' x − A dF_w)` (over ν), row by row: the flow-matching part
/// and the linearisation part.
public struct DerivativeParts {
  /// The direction `w`.
  public enum Direction: String, CaseIterable, Sendable, Codable {
    /// `v_c`, as in direct training.
    case conditional
    /// `F(x_t; t, t)`, as in self-distillation.
    case own
  }

  /// Squared norms of the parts, one a row.
  public struct Norms: Sendable {
    public let flowMatching: [Double]
    public let linearization: [Double]
  }

  private let executable: Executable<Double>

  public init(
    network: MultilayerPerceptron, parameters: [Double], target: GaussianMixture,
    interpolant kind: InterpolantKind, rows: Int, pool: WorkerPool
  ) {
    precondition(rows > 1, "standard errors need two pairs or more, not \(rows)")
    executable = Executable<Double>(rows: rows, pool: pool) { rows in
      let tensors = network.layout.tensors()
      let interpolant = kind.interpolant
      let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: tensors)
      let sample = TrainingSample.inputs(
        rows: rows, dimension: target.dimension, interpolant: interpolant)
      let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
      return Program(
        rows: rows, inputs: sample.declarations + tensors.inputs,
        outputs: Direction.allCases.flatMap {
          direction -> [(name: String, role: Program.OutputRole, tensor: Tensor)] in
          let w =
            direction == .conditional
            ? sample.conditionalVelocity : flowMap.velocity(x, at: t)
          let point = FlowMapPoint(flowMap, x, from: t, to: s, velocity: w)
          return [
            ("\(direction)/flowMatching", .perRow, point.tensor(.squaredFlowMatchingPart)),
            ("\(direction)/linearization", .perRow, point.tensor(.squaredLinearizationPart)),
          ]
        })
    }
    executable.bind(inputs: network.layout, prefix: "parameters", to: Buffer(parameters))
  }

  /// - Throws: `EngineError`.
  public func norms(_ batch: PairBatch) throws -> [Direction: Norms] {
    let found = try executable.evaluate(batch.inputs)
    return Dictionary(
      uniqueKeysWithValues: Direction.allCases.map { direction in
        (
          direction,
          Norms(
            flowMatching: found["\(direction)/flowMatching"] ?? [],
            linearization: found["\(direction)/linearization"] ?? [])
        )
      })
  }
}
