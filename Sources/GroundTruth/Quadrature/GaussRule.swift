// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CGSL

/// Gauss's nodes and weights for a law of one variable, from GSL: `n` nodes integrate polynomials of degree up
/// to `2n − 1` exactly.
public struct GaussRule: Sendable {
  /// In increasing order.
  public let nodes: [Double]
  /// They add up to 1.
  public let weights: [Double]

  /// The rule of Legendre, for the uniform law on [0, 1].
  public static func legendre(_ count: Int) -> GaussRule {
    precondition(count >= 1, "a rule has at least one node, not \(count)")
    guard let table = gsl_integration_glfixed_table_alloc(count) else {
      preconditionFailure("out of memory for a rule of \(count) nodes")
    }
    defer { gsl_integration_glfixed_table_free(table) }
    var nodes = [Double](repeating: 0, count: count)
    var weights = nodes
    for index in 0..<count {
      gsl_integration_glfixed_point(0, 1, index, &nodes[index], &weights[index], table)
    }
    return GaussRule(nodes: nodes, weights: weights)
  }

  /// The rule of Hermite, for the standard normal law.
  public static func hermite(_ count: Int) -> GaussRule {
    precondition(count >= 1, "a rule has at least one node, not \(count)")
    // Weight exp(−x²/2).
    guard let rule = gsl_integration_fixed_alloc(toylab_hermite(), count, 0, 0.5, 0, 0),
      let nodes = gsl_integration_fixed_nodes(rule),
      let weights = gsl_integration_fixed_weights(rule)
    else { preconditionFailure("out of memory for a rule of \(count) nodes") }
    defer { gsl_integration_fixed_free(rule) }
    let total = (2 * Double.pi).squareRoot()
    return GaussRule(
      nodes: (0..<count).map { nodes[$0] }, weights: (0..<count).map { weights[$0] / total })
  }
}
