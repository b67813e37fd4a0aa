// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import Interpolants

/// The minimiser of direct training on data `x ~ N(0, σ_d²)`, in closed form up to one ordinary
/// differential equation: `f(x;t,s) = y(t) √(P(s)/P(t)) x` with `P = α² σ_d² + σ²` and
/// `y'' = (ν σ_d / P)² y`, `y(s) = 1`, `y'(T) = 0` (theory, section 4.5). The flow map itself has `y = 1`.
///
/// The functional of direct training keeps linear maps linear: with `v* = (P'/2P) x`, `Σ = ν² σ_d² / P` and
/// `f = y √(P(s)/P(t)) x` it is `P(s) ∫ (y'² + (ν σ_d/P)² y²) dt`, whose Euler equation is the one above.
public struct GaussianMinimizer: Sendable {
  /// The deviations for which the equation is solved to rounding.
  public static let deviations = 1e-3...1e3

  public let interpolant: any Interpolant
  /// `σ_d`
  public let dataDeviation: Double

  /// - Precondition: the deviation is one of ``deviations``.
  public init(interpolant: any Interpolant, dataDeviation: Double) {
    precondition(
      Self.deviations.contains(dataDeviation), "the deviation \(dataDeviation) is out of range")
    self.interpolant = interpolant
    self.dataDeviation = dataDeviation
  }

  /// `P(t)`, the variance of `x_t`.
  public func variance(at time: Double) -> Double {
    let signal = interpolant.signal(at: time) * dataDeviation
    let noise = interpolant.noise(at: time)
    return signal * signal + noise * noise
  }

  /// `√(P(s)/P(T))`, the flow map's factor: `f*(x;T,s)` is this times `x`.
  public func flowMapCoefficient(to s: Double) -> Double {
    (variance(at: s) / variance(at: interpolant.endTime)).squareRoot()
  }

  /// `y(T)`, by which the minimiser falls short of the flow map.
  ///
  /// - Parameter s: in `[0, T)`.
  public func contraction(to s: Double) -> Double {
    1 / integrated(from: interpolant.endTime, to: s, steps: steps, State(y: 1, slope: 0)).y
  }

  /// The minimiser's factor: `f(x;T,s)` is this times `x`.
  public func mapCoefficient(to s: Double) -> Double {
    contraction(to: s) * flowMapCoefficient(to: s)
  }
}

// MARK: - The whole interval

extension GaussianMinimizer {
  /// `y` and `y'` at equidistant times from `s` to `T`.
  public struct Profile: Sendable {
    public let times: [Double]
    public let y: [Double]
    public let slope: [Double]
    /// `E‖D_{v*} f‖²` for `t` uniform on `[s, T]`: the mean of `P(s) y'²`.
    public let eulerianLoss: Double
    /// `E tr(∇f Σ ∇fᵀ)` for the same times: the mean of `P(s) (ν σ_d/P)² y²`.
    public let varianceTerm: Double
  }

  /// The solution on `[s, T]`.
  ///
  /// - Parameter intervals: the number of intervals between the times, even, at least 2; the two means
  ///   are Simpson's over them.
  public func profile(to s: Double, intervals: Int = 512) -> Profile {
    precondition(intervals >= 2 && intervals % 2 == 0, "an even number of intervals is needed")
    let end = interpolant.endTime
    let times = (0...intervals).map { s + (end - s) * Double($0) / Double(intervals) }
    let stepsEach = max(1, steps / intervals)
    var states = [State(y: 1, slope: 0)]
    for index in (0..<intervals).reversed() {
      states.append(
        integrated(
          from: times[index + 1], to: times[index], steps: stepsEach, states[states.count - 1]))
    }
    let scale = 1 / states[intervals].y
    let y = states.reversed().map { scale * $0.y }
    let slope = states.reversed().map { scale * $0.slope }
    func mean(_ value: (Int) -> Double) -> Double {
      (0...intervals).reduce(0) { sum, index in
        let isEnd = index == 0 || index == intervals
        return sum + (isEnd ? 1 : index % 2 == 1 ? 4 : 2) * value(index)
      } / Double(3 * intervals)
    }
    let start = variance(at: s)
    return Profile(
      times: times, y: y, slope: slope,
      eulerianLoss: start * mean { slope[$0] * slope[$0] },
      varianceTerm: start * mean { stiffness(times[$0]) * y[$0] * y[$0] })
  }

  private struct State {
    var y: Double
    var slope: Double
  }

  /// `(ν σ_d / P)²`
  private func stiffness(_ time: Double) -> Double {
    let rate = interpolant.nu * dataDeviation / variance(at: time)
    return rate * rate
  }

  /// The coefficient varies over times of order `σ_d` or `1/σ_d`, which fixed steps of the classical
  /// Runge–Kutta method resolve.
  private var steps: Int { Int(4096 * max(dataDeviation, 1 / dataDeviation)) }

  /// The equation is linear, so a solution with `y(T) = 1`, `y'(T) = 0` is carried back to `s` and scaled.
  private func integrated(
    from start: Double, to end: Double, steps: Int, _ initial: State
  ) -> State {
    let step = (end - start) / Double(steps)
    var (y, slope) = (initial.y, initial.slope)
    for index in 0..<steps {
      let time = start + Double(index) * step
      let (first, middle, last) = (
        stiffness(time), stiffness(time + 0.5 * step), stiffness(time + step)
      )
      let (y1, k1) = (slope, first * y)
      let (y2, k2) = (slope + 0.5 * step * k1, middle * (y + 0.5 * step * y1))
      let (y3, k3) = (slope + 0.5 * step * k2, middle * (y + 0.5 * step * y2))
      let (y4, k4) = (slope + step * k3, last * (y + step * y3))
      y += step / 6 * (y1 + 2 * y2 + 2 * y3 + y4)
      slope += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    }
    return State(y: y, slope: slope)
  }
}
