// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

// Schedules of noise are published as laws of the ratio σ(t)/α(t), the "noise level" of data at unit scale
// (Karras et al., arXiv 2206.00364). It rises with t for every interpolant with ν > 0, its derivative being
// ν/α², and so serves as a clock that all of them share.
extension InterpolantKind {
  /// `σ(t)/α(t)`, infinite at `T`.
  public func noiseToSignal(at time: Double) -> Double {
    switch self {
    case .linear: return time / (1 - time)
    case .trigonometric: return time >= endTime ? .infinity : tan(time)
    }
  }

  /// The time at which `σ/α` is `ratio`, for `0 ≤ ratio ≤ ∞`.
  public func time(noiseToSignal ratio: Double) -> Double {
    switch self {
    case .linear: return ratio > 0 ? 1 / (1 + 1 / ratio) : 0
    case .trigonometric: return atan(ratio)
    }
  }

  /// `T` as a constant.
  public var endTime: Double {
    switch self {
    case .linear: return 1
    case .trigonometric: return .pi / 2
    }
  }
}
