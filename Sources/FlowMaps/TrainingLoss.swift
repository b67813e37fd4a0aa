// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Interpolants
public import Tensors

/// The loss a trainer minimises: an objective, flow matching beside it where the objective distils the
/// network's own velocity, and a weighting.
public struct TrainingLoss: Sendable, Hashable, Codable {
  /// How flow matching and self-distillation share the batch.
  public enum Sharing: Sendable, Hashable, Codable {
    /// Both on every sample, `L = L_FM + L_SD` (arXiv 2601.22679).
    case everySample
    /// Flow matching on this fraction of each block of rows and self-distillation on the rest
    /// (arXiv 2505.18825 uses 0.75). A block keeps at least one row for each.
    case diagonalFraction(Double)
  }

  public let objective: Objective
  public let sharing: Sharing
  public let weighting: Weighting
  public let tangent: TangentMethod

  public init(
    objective: Objective, sharing: Sharing = .everySample, weighting: Weighting = .none,
    tangent: TangentMethod = .exact
  ) {
    self.objective = objective
    self.sharing = sharing
    self.weighting = weighting
    self.tangent = tangent
  }

  /// Losses of a block of rows, `[rows]`; the training loss is their mean.
  ///
  /// Each is the weighted mean over coordinates of the objective. Where flow matching is trained on the
  /// same sample, the sum of both is weighted as one loss.
  public func perSample(_ context: ObjectiveContext) -> Tensor {
    guard objective.isSelfDistillation else { return weighted([objective], context) }
    switch sharing {
    case .everySample:
      return weighted([.flowMatching, objective], context)
    case .diagonalFraction(let fraction):
      let rows = context.sample.rows
      guard rows > 1 else {
        return weighted([.flowMatching], context) * fraction
          + weighted([objective], context) * (1 - fraction)
      }
      let diagonal = min(max(Int((fraction * Double(rows)).rounded()), 1), rows - 1)
      return concatenate(
        [
          weighted([.flowMatching], context.sliced(0..<diagonal)),
          weighted([objective], context.sliced(diagonal..<rows)),
        ], axis: 0)
    }
  }

  /// The weighted sum of objectives, as a mean over coordinates.
  private func weighted(_ objectives: [Objective], _ context: ObjectiveContext) -> Tensor {
    let terms = objectives.map { $0.perSample(context) }
    let dimension = Double(context.sample.data.shape[1])
    return weighting(
      terms.dropFirst().reduce(terms[0], +) / dimension,
      time: context.sample.time / context.flowMap.interpolant.endTime)
  }
}

extension ObjectiveContext {
  func sliced(_ range: Range<Int>) -> ObjectiveContext {
    ObjectiveContext(
      flowMap: flowMap, sample: sample.sliced(range), exactVelocity: exactVelocity,
      tangent: tangent)
  }
}
