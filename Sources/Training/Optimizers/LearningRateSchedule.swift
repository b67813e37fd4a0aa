// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
import Foundation

/// The learning rate as a function of the step: an optional linear warm-up, then a decay.
///
/// Steps are counted from 0; ``rate(step:of:)`` is the rate with which update number `step + 1` is
/// made.
public struct LearningRateSchedule: Sendable, Hashable, Codable {
  /// How the rate falls once the warm-up is over.
  public enum Decay: Sendable, Hashable, Codable {
    /// The peak rate throughout.
    case constant
    /// A straight line from the peak rate to zero at the last step.
    case linear
    /// Half a cosine from the peak rate to zero at the last step.
    case cosine
    /// The peak rate up to step `start`, then `peak * sqrt(start / step)`.
    case squareRoot(start: Int)

    /// Whether the rate of a step changes with the length of the run.
    public var dependsOnLastStep: Bool {
      switch self {
      case .constant, .squareRoot: return false
      case .linear, .cosine: return true
      }
    }
  }

  /// The highest rate, reached at the end of the warm-up.
  public var peak: Double

  /// What follows the warm-up.
  public var decay: Decay

  /// Number of steps over which the rate rises linearly, from `peak / (warmUpSteps + 1)` at step 0
  /// to `peak` at step `warmUpSteps`.
  public var warmUpSteps: Int

  /// A schedule; ``validate()`` checks settings that come from outside.
  public init(peak: Double, decay: Decay = .constant, warmUpSteps: Int = 0) {
    self.peak = peak
    self.decay = decay
    self.warmUpSteps = warmUpSteps
  }

  /// The same rate at every step after the warm-up.
  public static func constant(_ rate: Double, warmUpSteps: Int = 0) -> LearningRateSchedule {
    LearningRateSchedule(peak: rate, decay: .constant, warmUpSteps: warmUpSteps)
  }

  /// A straight line from `peak` to zero.
  public static func linearDecay(from peak: Double, warmUpSteps: Int = 0) -> LearningRateSchedule {
    LearningRateSchedule(peak: peak, decay: .linear, warmUpSteps: warmUpSteps)
  }

  /// Half a cosine from `peak` to zero.
  public static func cosine(from peak: Double, warmUpSteps: Int = 0) -> LearningRateSchedule {
    LearningRateSchedule(peak: peak, decay: .cosine, warmUpSteps: warmUpSteps)
  }

  /// Constant up to step `start`, then falling with the square root of the step.
  public static func squareRootDecay(
    from peak: Double, start: Int, warmUpSteps: Int = 0
  ) -> LearningRateSchedule {
    LearningRateSchedule(peak: peak, decay: .squareRoot(start: start), warmUpSteps: warmUpSteps)
  }
}

extension LearningRateSchedule {
  /// The rate of one step of a run of `total` steps.
  ///
  /// `step` may equal `total`: the end point at which linear and cosine decay reach zero. A run
  /// that is all warm-up (`total <= warmUpSteps`) never decays.
  public func rate(step: Int, of total: Int) -> Double {
    precondition(step >= 0 && step <= total, "Step \(step) lies outside a run of \(total) steps.")
    guard step >= warmUpSteps else {
      return peak * Double(step + 1) / Double(warmUpSteps + 1)
    }
    switch decay {
    case .constant:
      return peak
    case .linear:
      return peak * (1 - progress(step: step, of: total))
    case .cosine:
      return peak * (1 + cos(Double.pi * progress(step: step, of: total))) / 2
    case .squareRoot(let start):
      return step <= start ? peak : peak * (Double(start) / Double(step)).squareRoot()
    }
  }

  private func progress(step: Int, of total: Int) -> Double {
    total > warmUpSteps ? Double(step - warmUpSteps) / Double(total - warmUpSteps) : 0
  }

  /// Checks that the peak rate is finite and not below zero, the warm-up not below zero, and that
  /// square-root decay starts at step 1 or later and not within the warm-up.
  ///
  /// - Throws: ``ConfigurationError`` for the first that is not so.
  public func validate() throws(ConfigurationError) {
    guard peak >= 0, peak.isFinite else {
      throw ConfigurationError(
        setting: "peak learning rate", value: "\(peak)", accepted: "a finite number of at least 0")
    }
    guard warmUpSteps >= 0 else {
      throw ConfigurationError(
        setting: "warm-up steps of the learning rate", value: "\(warmUpSteps)",
        accepted: "a whole number of at least 0")
    }
    guard case .squareRoot(let start) = decay else { return }
    guard start >= max(1, warmUpSteps) else {
      throw ConfigurationError(
        setting: "start of the learning rate's decay", value: "step \(start)",
        accepted: "a step of at least 1 and at least the \(warmUpSteps) of the warm-up")
    }
  }
}
