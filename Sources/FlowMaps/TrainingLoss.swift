// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Interpolants
public import Networks
public import Tensors

/// The loss a trainer minimises: an objective, flow matching beside it where the objective distils the
/// network's own velocity, a weighting, and guidance for networks that are told classes.
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
  /// The two times of discrete consistency.
  public let discretization: Discretization
  /// Whose values are the targets of discrete consistency.
  public let teacher: Teacher
  /// What steadies ``Objective/stabilizedConsistency``.
  public let stabilizers: Stabilizers
  /// Label dropout and the scale a class-conditional network is trained with; without classes it does nothing.
  public var guidance: Guidance

  public init(
    objective: Objective, sharing: Sharing = .everySample, weighting: Weighting = .none,
    tangent: TangentMethod = .exact, discretization: Discretization = .constant(step: 0.01),
    teacher: Teacher = .online, stabilizers: Stabilizers = .published,
    guidance: Guidance = .none
  ) {
    self.objective = objective
    self.sharing = sharing
    self.weighting = weighting
    self.tangent = tangent
    self.discretization = discretization
    self.teacher = teacher
    self.stabilizers = stabilizers
    self.guidance = guidance
  }

  /// Whether the loss needs ``ObjectiveContext/progress``.
  public var dependsOnProgress: Bool {
    objective.usesStabilizers && stabilizers.tangentWarmUp != nil
  }

  /// The decay of the averaged parameters that teach, if they do.
  public var teacherDecay: Double? {
    guard objective.isDiscreteConsistency, case .average(let decay) = teacher else { return nil }
    return decay
  }

  /// The weighting's own parameters; empty where it has none.
  public var weightLayout: ParameterLayout { weighting.layout }

  /// Losses of a block of rows, `[rows]`; the training loss is their mean.
  ///
  /// Each is the weighted mean over coordinates of the objective. Where flow matching is trained on the
  /// same sample, the sum of both is weighted as one loss.
  public func perSample(_ context: ObjectiveContext) -> Tensor { traced(context).perSample }

  /// A part of the loss before it is weighted.
  public enum Part: String, CaseIterable, Sendable {
    case flowMatching = "flowMatchingLoss"
    /// The objective, where flow matching is trained beside it.
    case distillation = "distillationLoss"
    /// All parts together, where a weighting hides their size.
    case unweighted = "unweightedLoss"
  }

  /// The parts that ``perSample(_:)`` does not show: a weighted loss may sit near 1 whatever the objective does.
  public var parts: [Part] {
    (objective.isSelfDistillation ? [.flowMatching, .distillation] : [])
      + (weighting == .none ? [] : [.unweighted])
  }

  /// The mean of each of ``parts`` over the block's rows on which it is trained: the squared residual over the
  /// coordinates.
  ///
  /// - Parameter residuals: those of ``traced(_:)``, each `[rows, d]`.
  public func partMeans(of residuals: [Tensor]) -> [(part: Part, mean: Tensor)] {
    let means = residuals.map { mean(squaredNorm($0)) / Double($0.shape[1]) }
    return parts.map { part in
      switch part {
      case .distillation: return (part, means[0])
      case .flowMatching: return (part, means[means.count - 1])
      case .unweighted: return (part, means.dropFirst().reduce(means[0], +))
      }
    }
  }

  /// The losses of a block of rows, `[rows]`, and the residuals they are computed from, each `[rows, d]` for
  /// the rows it is taken on: the objective's before that of flow matching.
  ///
  /// The residuals are the very tensors inside the losses. With them as variables
  /// ``gradient(of:withRespectTo:file:line:)`` sees the loss as a function of the residuals alone, which is
  /// what a Gauss–Newton matrix needs.
  public func traced(_ plain: ObjectiveContext) -> (perSample: Tensor, residuals: [Tensor]) {
    let context = guidance.guided(plain)
    guard objective.isSelfDistillation else { return weighted([objective], context) }
    switch sharing {
    case .everySample:
      return weighted([.flowMatching, objective], context)
    case .diagonalFraction(let fraction):
      let rows = context.sample.rows
      guard rows > 1 else {
        let diagonal = weighted([.flowMatching], context)
        let own = weighted([objective], context)
        return (
          diagonal.perSample * fraction + own.perSample * (1 - fraction),
          own.residuals + diagonal.residuals
        )
      }
      let count = min(max(Int((fraction * Double(rows)).rounded()), 1), rows - 1)
      let diagonal = weighted([.flowMatching], context.sliced(0..<count))
      let own = weighted([objective], context.sliced(count..<rows))
      return (
        concatenate([diagonal.perSample, own.perSample], axis: 0),
        own.residuals + diagonal.residuals
      )
    }
  }

  /// The weighted sum of objectives, as a mean over coordinates, and their residuals in reverse order.
  private func weighted(
    _ objectives: [Objective], _ context: ObjectiveContext
  ) -> (perSample: Tensor, residuals: [Tensor]) {
    let terms = objectives.map { objective in
      let residual = objective.residual(context)
      return (residual: residual, square: squaredNorm(residual))
    }
    let dimension = Double(context.sample.data.shape[1])
    let duration = context.flowMap.interpolant.endTime
    let span =
      objectives == [.flowMatching]
      ? nil : (context.sample.time - context.sample.endTime) / duration
    let losses = weighting(
      terms.dropFirst().reduce(terms[0].square) { $0 + $1.square } / dimension,
      time: context.sample.time / duration, step: context.sample.step / duration, span: span,
      parameters: context.weightParameters)
    return (losses, terms.map(\.residual).reversed())
  }
}

/// Which parameters give the targets of discrete consistency.
public enum Teacher: Sendable, Hashable, Codable {
  /// Those being trained, with the gradient stopped (arXiv 2310.14189).
  case online
  /// Their exponential moving average with a decay from 0 to below 1 (arXiv 2303.01469).
  case average(decay: Double)
}

// MARK: - Coding

extension TrainingLoss {
  /// The name of ``teacher`` in runs from before it was called one.
  private enum OldKeys: String, CodingKey { case target }

  /// Reads a loss. What runs from before a setting existed leave out has its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let old = try decoder.container(keyedBy: OldKeys.self)
    self.init(
      objective: try values.decode(Objective.self, forKey: .objective),
      sharing: try values.decode(Sharing.self, forKey: .sharing),
      weighting: try values.decode(Weighting.self, forKey: .weighting),
      tangent: try values.decode(TangentMethod.self, forKey: .tangent),
      discretization: try values.decodeIfPresent(Discretization.self, forKey: .discretization)
        ?? .constant(step: 0.01),
      teacher: try values.decodeIfPresent(Teacher.self, forKey: .teacher)
        ?? old.decodeIfPresent(Teacher.self, forKey: .target) ?? .online,
      stabilizers: try values.decodeIfPresent(Stabilizers.self, forKey: .stabilizers) ?? .published,
      guidance: try values.decodeIfPresent(Guidance.self, forKey: .guidance) ?? .none)
  }
}

extension ObjectiveContext {
  func sliced(_ range: Range<Int>) -> ObjectiveContext { replacing(sample: sample.sliced(range)) }

  /// The same with another sample, whose conditions the maps are given.
  func replacing(sample: TrainingSample) -> ObjectiveContext {
    ObjectiveContext(
      flowMap: flowMap, sample: sample, exactVelocity: exactVelocity, tangent: tangent,
      teacherMap: teacherMap, progress: progress, stabilizers: stabilizers,
      weightParameters: weightParameters)
  }
}

extension TrainingLoss {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    if case .diagonalFraction(let fraction) = sharing, !(fraction > 0 && fraction < 1) {
      throw ConfigurationError(
        setting: "diagonal fraction", value: "\(fraction)", accepted: "a number between 0 and 1")
    }
    try weighting.validate()
    try tangent.validate()
    try stabilizers.validate()
  }
}
