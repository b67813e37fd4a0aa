// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A map of the plane, and its Jacobian, at many points.
public struct PlaneMap {
  /// The values, `N × 2` row-major, and the Jacobians, `N × 4`, with `∂f_i/∂z_j` at `[i][j]`.
  public typealias Values = (values: [Double], jacobians: [Double])

  /// The values at `N` points, row-major.
  public let values: (_ points: [Double]) throws -> Values

  public init(values: @escaping (_ points: [Double]) throws -> Values) { self.values = values }
}
