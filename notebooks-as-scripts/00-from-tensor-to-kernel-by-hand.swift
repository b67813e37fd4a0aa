// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import RandomStreams

// The unit of figure 0 once more, in numbers, with every derivative worked out by hand.

/// Numbers for the unit: points, times and weights.
struct UnitNumbers {
  let points, times, endTimes, weights: [Double]

  /// Given numbers, as many points as times.
  init(points: [Double], times: [Double], endTimes: [Double], weights: [Double]) {
    self.points = points
    self.times = times
    self.endTimes = endTimes
    self.weights = weights
  }

  /// Points and weights from normals, `s ≤ t` from uniforms.
  init(rows: Int, seed: UInt64) {
    let pairs = RandomStream(seed: seed, purpose: .figure0Times).uniforms(rows: rows, draws: 2)
    points = RandomStream(seed: seed, purpose: .figure0Points).normals(rows: rows, draws: 1)
    times = (0..<rows).map { max(pairs[2 * $0], pairs[2 * $0 + 1]) }
    endTimes = (0..<rows).map { min(pairs[2 * $0], pairs[2 * $0 + 1]) }
    weights = RandomStream(seed: seed, purpose: .figure0Weights).normals(rows: 3, draws: 1)
  }

  /// By the names of the inputs.
  var inputs: [String: [Double]] { ["x": points, "t": times, "s": endTimes, "w": weights] }
}

/// What ``UnitTrace`` computes, differentiated by hand.
struct UnitByHand {
  private(set) var field: [Double] = []
  private(set) var tangent: [Double] = []
  private(set) var loss = 0.0
  private(set) var gradient = [0.0, 0, 0]
  /// `∂gᵢ/∂wⱼ` with the targets frozen, row by row: the Hessian of the loss with its targets held.
  private(set) var blocked = [Double](repeating: 0, count: 9)
  /// The same with targets that move along: how the gradient changes when the weights do.
  private(set) var crossed = [Double](repeating: 0, count: 9)

  init(_ numbers: UnitNumbers) {
    let share = 1 / Double(numbers.points.count)
    let w = numbers.weights
    for row in numbers.points.indices {
      let (x, t, s) = (numbers.points[row], numbers.times[row], numbers.endTimes[row])
      let value = tanh(w[0] * x + w[1] * t + w[2] * s)
      let v = tanh(w[0] * x + w[1] * t + w[2] * t)
      let (slopeF, slopeV) = (1 - value * value, 1 - v * v)
      let rate = w[0] * v + w[1]
      let residual = value - (v - (t - s) * slopeF * rate)
      field.append(value)
      tangent.append(slopeF * rate)
      loss += share * residual * residual
      // ∂F/∂wᵢ = (1 − F²) zᵢ with z = (x, t, s), and ∂v/∂wᵢ = (1 − v²) yᵢ with y = (x, t, t).
      let (z, y) = ([x, t, s], [x, t, t])
      let direct = [v, 1, 0]
      for i in 0..<3 {
        gradient[i] += share * 2 * residual * slopeF * z[i]
        for j in 0..<3 {
          let changeOfField = slopeF * z[j]
          let changeOfSlope = -2 * value * changeOfField
          let changeOfV = slopeV * y[j]
          let changeOfTangent = slopeF * (direct[j] + w[0] * changeOfV) + changeOfSlope * rate
          let changeOfTarget = changeOfV - (t - s) * changeOfTangent
          let held = (changeOfField * slopeF + residual * changeOfSlope) * z[i]
          blocked[3 * i + j] += share * 2 * held
          crossed[3 * i + j] += share * 2 * (held - changeOfTarget * slopeF * z[i])
        }
      }
    }
  }
}

/// The largest `|Mᵢⱼ − Mⱼᵢ|` of a 3 × 3 matrix, relative to its largest entry.
func asymmetry(_ matrix: [Double]) -> Double {
  let largest = matrix.reduce(0) { max($0, abs($1)) }
  var skew = 0.0
  for row in 0..<3 {
    for column in 0..<row {
      skew = max(skew, abs(matrix[3 * row + column] - matrix[3 * column + row]))
    }
  }
  return skew / largest
}
