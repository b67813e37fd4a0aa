// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A path between data and noise: `x_t = α(t) x + σ(t) z`, data `x` at time 0, noise `z` at time `T`.
///
/// A conforming type writes `α` and `σ` once, over any ``ElementaryNumber``; rates, the two-time function
/// `A(t,s)` and the symbolic forms follow. Flow maps need the ν-assumption, that `ν = α σ' − σ α'` is a
/// non-zero constant; ``checkedAssumptions()`` refuses an interpolant that breaks it.
public protocol Interpolant: Sendable {
  /// The name under which configurations and files know it.
  var name: String { get }
  /// `T`, the time of pure noise.
  var endTime: Double { get }
  /// `α(t)`, the share of the data.
  func signal<Number: ElementaryNumber>(at time: Number) -> Number
  /// `σ(t)`, the share of the noise.
  func noise<Number: ElementaryNumber>(at time: Number) -> Number
}

/// `α = 1 − t`, `σ = t` on `[0, 1]` (rectified flow, MeanFlow).
public struct LinearInterpolant: Interpolant, Equatable {
  public init() {}
  public let name = "linear"
  public let endTime = 1.0
  public func signal<Number: ElementaryNumber>(at time: Number) -> Number { Number(1) - time }
  public func noise<Number: ElementaryNumber>(at time: Number) -> Number { time }
}

/// `α = cos t`, `σ = sin t` on `[0, π/2]` (TrigFlow, arXiv 2410.11081). Time is an angle in radians.
public struct TrigonometricInterpolant: Interpolant, Equatable {
  public init() {}
  public let name = "trigonometric"
  public let endTime = Double.pi / 2
  public func signal<Number: ElementaryNumber>(at time: Number) -> Number { .cos(time) }
  public func noise<Number: ElementaryNumber>(at time: Number) -> Number { .sin(time) }
}

/// The interpolants that configurations can name.
public enum InterpolantKind: String, CaseIterable, Sendable, Codable {
  case linear
  case trigonometric

  public var interpolant: any Interpolant {
    switch self {
    case .linear: return LinearInterpolant()
    case .trigonometric: return TrigonometricInterpolant()
    }
  }
}
