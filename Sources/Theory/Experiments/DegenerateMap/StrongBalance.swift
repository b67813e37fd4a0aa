// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth
internal import Interpolants

/// `D(Df)` and `C = (1/p) ∂_x(p Σ f_x)` of a minimiser at one point, by differences.
public struct BalancePoint: Sendable, Codable {
  public let time: Double
  public let x: Double
  /// `D(Df)`: the second difference of `f` along the integrated trajectory through the point.
  public let acceleration: Double
  /// `C`, from differences in `x` at fixed time.
  public let variancePart: Double
  /// `∂_x(Σ f_x)`, which lacks the density and does not balance.
  public let unweightedPart: Double
}

extension DegenerateMap {
  /// Both sides of the balance by a route that shares nothing with the solver but its values: trajectories by
  /// integration, densities and covariances in `x`, differences of second order.
  ///
  /// - Parameters:
  ///   - times: at least `step` inside `[s, T]`.
  ///   - step: of the differences in time and, times the standard deviation of `p_t`'s labels, in `x`.
  /// - Throws: `FlowMapError` where a trajectory cannot be integrated.
  public func balance(
    times: [Double], labels: [Double], step: Double
  ) throws -> [BalancePoint] {
    precondition(step > 0, "a difference needs a positive step")
    let exact = ExactFlowMap(
      of: trajectories.mixture, interpolant: trajectories.interpolant,
      relativeTolerance: 1e-11)
    return try times.flatMap { time in
      let slice = trajectories.slice(at: time)
      return try labels.map { label in
        let x = slice.position(ofLabel: label)
        func along(_ other: Double) throws -> Double {
          value(at: try exact.map([x], from: time, to: other)[0], time: other)
        }
        let middle = value(at: x, time: time)
        let acceleration =
          (try along(time + step) - 2 * middle + along(time - step)) / (step * step)
        func flux(_ side: Double) -> (weighted: Double, plain: Double) {
          let between = x + 0.5 * side * step
          let slope = side * (value(at: x + side * step, time: time) - middle) / step
          let plain = slice.marginal.velocityCovariance([between])[0][0] * slope
          return (exp(slice.marginal.logDensity([between])) * plain, plain)
        }
        let (right, left) = (flux(1), flux(-1))
        return BalancePoint(
          time: time, x: x, acceleration: acceleration,
          variancePart: (right.weighted - left.weighted) / step
            / exp(slice.marginal.logDensity([x])),
          unweightedPart: (right.plain - left.plain) / step)
      }
    }
  }
}

/// The root mean square of a value over points.
func rootMeanSquare(_ values: [Double]) -> Double {
  (values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))).squareRoot()
}
