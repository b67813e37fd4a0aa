// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants

/// Mixtures of several dimensions with full covariances.
func generalMixture(dimension: Int) throws -> GaussianMixture {
  var covariances: [[[Double]]] = []
  var means: [[Double]] = []
  for component in 0..<3 {
    let direction = (0..<dimension).map { cos(Double(component + $0)) }
    var covariance = direction.map { left in direction.map { 0.05 * left * $0 } }
    for axis in 0..<dimension { covariance[axis][axis] += 0.2 + 0.1 * Double(component) }
    covariances.append(covariance)
    means.append((0..<dimension).map { 1.2 * sin(Double(3 * component + 2 * $0 + 1)) })
  }
  return try GaussianMixture(weights: [3, 1, 2], means: means, covariances: covariances)
}

func generalPoint(dimension: Int) -> [Double] { (0..<dimension).map { 0.4 - 0.3 * Double($0) } }

let interpolants: [any Interpolant] = [LinearInterpolant(), TrigonometricInterpolant()]

/// `∂f/∂x_i` by differences of fourth order.
func difference(_ x: [Double], _ axis: Int, step: Double = 1e-3, _ f: ([Double]) -> Double)
  -> Double
{
  func shifted(_ factor: Double) -> Double {
    var y = x
    y[axis] += factor * step
    return f(y)
  }
  return (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * step)
}

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  a.count == b.count ? zip(a, b).map { ($0 - $1).magnitude }.max() ?? 0 : .infinity
}

func determinant(_ matrix: [[Double]]) -> Double {
  var rows = matrix
  var result = 1.0
  for pivot in rows.indices {
    let best = (pivot..<rows.count).max { rows[$0][pivot].magnitude < rows[$1][pivot].magnitude }
    if let best, best != pivot {
      rows.swapAt(best, pivot)
      result = -result
    }
    result *= rows[pivot][pivot]
    for row in pivot + 1..<max(rows.count, pivot + 1) {
      let factor = rows[row][pivot] / rows[pivot][pivot]
      for column in pivot..<rows.count { rows[row][column] -= factor * rows[pivot][column] }
    }
  }
  return result
}

func temporaryFile(_ text: String) throws -> String {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(
    "mixture-\(UUID().uuidString).json")
  try text.write(to: url, atomically: true, encoding: .utf8)
  return url.path
}
