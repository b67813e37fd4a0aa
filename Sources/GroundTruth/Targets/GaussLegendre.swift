// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Gauss–Legendre quadrature on [0, 1].
struct GaussLegendre: Sendable {
  let nodes: [Double]
  /// They add up to 1.
  let weights: [Double]

  /// The rule of `count` nodes, from Newton's method on the Legendre polynomial.
  init(count: Int) {
    var (nodes, weights): ([Double], [Double]) = ([], [])
    for index in 0..<count {
      var x = -cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<100 {
        var (current, previous) = (x, 1.0)
        for order in 2...max(2, count) where count > 1 {
          let k = Double(order)
          (current, previous) = (((2 * k - 1) * x * current - (k - 1) * previous) / k, current)
        }
        slope = Double(count) * (x * current - previous) / (x * x - 1)
        let step = current / slope
        x -= step
        if step.magnitude < 1e-16 { break }
      }
      nodes.append(0.5 * (1 + x))
      weights.append(1 / ((1 - x * x) * slope * slope))
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// For integrands that vary by a factor of up to `e^4`.
  static let short = GaussLegendre(count: 16)
  /// For integrands that vary by a factor of up to `e^40`.
  static let long = GaussLegendre(count: 64)
}
