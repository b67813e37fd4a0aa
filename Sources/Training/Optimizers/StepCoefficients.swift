// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The numbers of one step that every parameter shares.
///
/// They are computed in double precision, for a power of a decay close to 1 or its distance from 1 cannot be had
/// in single, and each is rounded once to the element type of the parameters.
public struct StepCoefficients: Sendable, Equatable {
  /// The numbers as programs know them: inputs `coefficients/NAME` of one element.
  public enum Name: String, CaseIterable, Sendable {
    /// ``StepCoefficients/gradientScale``.
    case gradientScale
    /// ``StepCoefficients/rate``.
    case rate
    /// ``StepCoefficients/adaptedRate``.
    case adaptedRate
    /// `1 /` ``StepCoefficients/root``.
    case inverseRoot
    /// `1 −` ``StepCoefficients/decay``.
    case kept
    /// 1 where the step is adapted to the second moment, 0 where it follows the first alone.
    case adaptation
  }

  /// Multiplies the gradient before anything else, see ``GradientClipping``.
  public let gradientScale: Double
  /// The learning rate.
  public let rate: Double
  /// The learning rate over the first moment's bias correction, times RAdam's rectification.
  public let adaptedRate: Double
  /// The square root of the second moment's bias correction.
  public let root: Double
  /// The learning rate times the decoupled weight decay.
  public let decay: Double
  /// Whether the second moment is used, see ``Optimizer/rectification(step:beta2:)``.
  public let isAdapted: Bool

  public subscript(name: Name) -> Double {
    switch name {
    case .gradientScale: gradientScale
    case .rate: rate
    case .adaptedRate: adaptedRate
    case .inverseRoot: 1 / root
    case .kept: 1 - decay
    case .adaptation: isAdapted ? 1 : 0
    }
  }
}

extension Optimizer {
  /// The coefficients of update number `step`, counted from 1.
  public func coefficients(step: Int, rate: Double, gradientScale: Double) -> StepCoefficients {
    precondition(step >= 1, "Optimiser steps are counted from 1, not \(step).")
    func adaptive(_ beta1: Double, _ beta2: Double, decay: Double = 0, rectification: Double? = 1)
      -> StepCoefficients
    {
      StepCoefficients(
        gradientScale: gradientScale, rate: rate,
        adaptedRate: rate / (1 - integerPower(beta1, step)) * (rectification ?? 1),
        root: (1 - integerPower(beta2, step)).squareRoot(), decay: decay,
        isAdapted: rectification != nil)
    }
    switch self {
    case .adam(let beta1, let beta2, _):
      return adaptive(beta1, beta2)
    case .adamW(let beta1, let beta2, _, let weightDecay):
      return adaptive(beta1, beta2, decay: rate * weightDecay)
    case .radam(let beta1, let beta2, _):
      return adaptive(
        beta1, beta2, rectification: Optimizer.rectification(step: step, beta2: beta2))
    case .sgd:
      return StepCoefficients(
        gradientScale: gradientScale, rate: rate, adaptedRate: rate, root: 1, decay: 0,
        isAdapted: false)
    case .muon(_, _, let weightDecay, let beta1, let beta2, _):
      return adaptive(beta1, beta2, decay: rate * weightDecay)
    }
  }
}
