// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Interpolants
internal import Networks

/// A published way of training, scaled to the network and the length of a run. Every choice can be changed
/// afterwards and stands in `run.json`.
///
/// Published runs are of hundreds of thousands of steps of transformers 768 wide and more. What does not carry
/// over as it is: the learning rate, which grows as the network gets narrower (in proportion, as in arXiv
/// 2203.03466), and the averages, whose memory is kept as a share of the run.
public enum Recipe: String, CaseIterable, Sendable {
  /// Improved self-distillation on the trigonometric interpolant, guided (arXiv 2601.22679).
  case isdT = "isd-t"
  /// The same on the linear interpolant, unguided.
  case isdU = "isd-u"
  /// Improved self-distillation for runs of minutes: linear, guided, most rows on the diagonal, no weights, a falling
  /// rate.
  ///
  /// On 14×14 images a transformer of 64 features had a flow-matching loss of 0.47 after 800 steps with every row
  /// distilled and adaptive weights, of 0.32 with three of four rows on the diagonal and none, and of 0.29 by flow
  /// matching alone; guidance of 2 took the Fréchet distance of two steps from 169 to 103 (1600 steps, one seed).
  case isd
  /// MeanFlow (arXiv 2505.13447): conditional velocities, most rows on the diagonal.
  case meanFlow = "meanflow"
  /// Continuous consistency (sCM, arXiv 2410.11081).
  case scm
  /// Eulerian self-distillation (arXiv 2505.18825).
  case esd
  /// Flow matching on the linear interpolant (arXiv 2210.02747): what the others are held against.
  case flowMatching = "fm"

  /// One line for lists and help, with the source.
  public var summary: String {
    switch self {
    case .isdT:
      "iSD, trigonometric, guidance 5, tangent by differences of 0.005, adaptive weights (arXiv 2601.22679)"
    case .isdU:
      "iSD, linear, unguided, tangent by differences of 0.005, adaptive weights (same source)"
    case .isd:
      "iSD for runs of minutes: linear, guidance 2, 3 of 4 rows flow matching, no weights, a falling rate (this lab; the share of "
        + "arXiv 2505.18825)"
    case .meanFlow:
      "MeanFlow: logit-normal times, s = t in 3 of 4 rows, guidance 3, adaptive weights (arXiv 2505.13447)"
    case .scm: "sCM: trigonometric, stabilised tangent, learned weights, s = 0 (arXiv 2410.11081)"
    case .esd: "ESD: 3 of 4 rows flow matching, weights learned over both times (arXiv 2505.18825)"
    case .flowMatching: "flow matching, linear, unguided (arXiv 2210.02747)"
    }
  }
}

extension TrainingConfiguration {
  /// Takes the settings of a recipe. The network, the steps, the batch and the seed stay.
  public mutating func follow(_ recipe: Recipe) {
    let dimension = Double(network.dimension)
    // Published constants stand beside sums of squares over the coordinates, ours beside means.
    let adaptive = Weighting.adaptive(power: 1, offset: 0.01 / dimension)
    let dropout = network.classCount > 0 ? 0.1 : 0
    func guidance(_ scale: Double) -> Guidance {
      Guidance(scale: network.classCount > 0 ? scale : 1, labelDropout: dropout)
    }
    schedule = .constant(1e-4 * 768 / Double(network.featureWidth), warmUpSteps: steps / 40)
    averageDecays = [averageDecay]
    clipping = .none
    decays = .all
    switch recipe {
    case .isdT:
      interpolant = .trigonometric
      loss = TrainingLoss(
        objective: .improvedSelfDistillation, weighting: adaptive,
        tangent: .centralDifference(step: 0.005), guidance: guidance(5))
      times = .relaxed()
      optimizer = .adamW(weightDecay: 0)
    case .isdU:
      interpolant = .linear
      loss = TrainingLoss(
        objective: .improvedSelfDistillation, weighting: adaptive,
        tangent: .centralDifference(step: 0.005), guidance: guidance(1))
      times = .relaxed()
      optimizer = .adamW(weightDecay: 0)
    case .isd:
      interpolant = .linear
      loss = TrainingLoss(
        objective: .improvedSelfDistillation, sharing: .diagonalFraction(0.75),
        tangent: .centralDifference(step: 0.005), guidance: guidance(2))
      times = .relaxed()
      optimizer = .adamW(weightDecay: 0)
      schedule = .linearDecay(from: schedule.peak, warmUpSteps: schedule.warmUpSteps)
    case .meanFlow:
      interpolant = .linear
      loss = TrainingLoss(objective: .directSemi, weighting: adaptive, guidance: guidance(3))
      times = .logitNormal()
      optimizer = .adam(beta2: 0.95)
    case .scm:
      interpolant = .trigonometric
      loss = TrainingLoss(
        objective: .stabilizedConsistency, weighting: .learned(), stabilizers: .published,
        guidance: guidance(1))
      times = .logNormal()
      optimizer = .radam(beta2: 0.99)
    case .esd:
      interpolant = .linear
      loss = TrainingLoss(
        objective: .eulerianSelfDistillation, sharing: .diagonalFraction(0.75),
        weighting: .learnedOverTimes(), guidance: guidance(1))
      times = .uniformTriangle
      optimizer = .radam()
      // Published: constant for 35,000 steps of 400,000.
      schedule = .squareRootDecay(
        from: schedule.peak, start: max(steps * 35 / 400, schedule.warmUpSteps, 1),
        warmUpSteps: schedule.warmUpSteps)
      clipping = GradientClipping(maximumNorm: 1)
    case .flowMatching:
      interpolant = .linear
      loss = TrainingLoss(objective: .flowMatching, guidance: guidance(1))
      times = .relaxed()
      optimizer = .adamW(weightDecay: 0)
    }
  }

  /// An average over the last twentieth of the run, as 0.99995 is of 400,000 steps.
  private var averageDecay: Double { max(0.9, 1 - 20 / Double(max(steps, 1))) }
}
