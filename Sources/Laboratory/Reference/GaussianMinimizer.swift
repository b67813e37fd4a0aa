// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants

/// The minimiser of direct training on data `x ~ N(0, σ_d²)`: `f(x; T, s) = y(T) √(P(s)/P(T)) x` with
/// `P = α² σ_d² + σ²` and `y'' = (ν σ_d / P)² y`, `y(s) = 1`, `y'(T) = 0` (theory, section 4.5). The flow
/// map itself has `y = 1`.
struct GaussianMinimizer {
  /// The deviations for which the equation is solved to rounding.
  static let deviations = 1e-3...1e3

  let interpolant: any Interpolant
  /// `σ_d`
  let dataDeviation: Double

  /// - Precondition: the deviation is one of ``deviations``.
  init(interpolant: any Interpolant, dataDeviation: Double) {
    precondition(
      Self.deviations.contains(dataDeviation), "the deviation \(dataDeviation) is out of range")
    self.interpolant = interpolant
    self.dataDeviation = dataDeviation
  }

  /// `P(t)`, the variance of `x_t`.
  private func variance(at time: Double) -> Double {
    let signal = interpolant.signal(at: time) * dataDeviation
    let noise = interpolant.noise(at: time)
    return signal * signal + noise * noise
  }

  /// `√(P(s)/P(T))`
  func flowMapCoefficient(to s: Double) -> Double {
    (variance(at: s) / variance(at: interpolant.endTime)).squareRoot()
  }

  /// `y(T)`.
  ///
  /// The equation is linear, so its solution with `y(T) = 1`, `y'(T) = 0` is carried back to `s` and
  /// scaled. The coefficient varies over times of order `σ_d` or `1/σ_d`, which fixed steps of the
  /// classical Runge–Kutta method resolve.
  func contraction(to s: Double) -> Double {
    let end = interpolant.endTime
    let steps = Int(4096 * max(dataDeviation, 1 / dataDeviation))
    let step = (s - end) / Double(steps)
    let nu = interpolant.nu
    func stiffness(_ time: Double) -> Double {
      let rate = nu * dataDeviation / variance(at: time)
      return rate * rate
    }
    var (y, slope) = (1.0, 0.0)
    for index in 0..<steps {
      let time = end + Double(index) * step
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
    return 1 / y
  }
}
