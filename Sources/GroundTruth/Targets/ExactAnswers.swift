// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
public import Interpolants

// What is known exactly about many points at once, outside any program.

extension ExactTarget {
  /// `v*` and, row-major, `Σ` at points with times of their own.
  ///
  /// - Parameter withCovariances: false leaves `Σ` out.
  public func exactMoments(
    _ points: [Double], times: [Double], _ interpolant: any Interpolant,
    withCovariances: Bool = true
  ) -> (velocities: [Double], covariances: [Double]) {
    let d = dimension
    var (velocities, covariances): ([Double], [Double]) = ([], [])
    for (row, time) in times.enumerated() {
      let point = Array(points[row * d..<(row + 1) * d])
      let marginal = marginal(at: time, interpolant)
      velocities += marginal.velocity(point)
      if withCovariances {
        covariances += marginal.velocityCovariance(point).flatMap { $0 }
      }
    }
    return (velocities, covariances)
  }

  /// `v*(x, t)` of row-major points at one time.
  public func exactVelocities(
    _ points: [Double], at time: Double, _ interpolant: any Interpolant
  ) -> [Double] {
    let marginal = marginal(at: time, interpolant)
    return rows(of: points).flatMap { marginal.velocity($0) }
  }

  /// `∇v*(x, t)` of row-major points at one time, a row-major matrix each.
  public func exactVelocityJacobians(
    _ points: [Double], at time: Double, _ interpolant: any Interpolant
  ) -> [[Double]] {
    let marginal = marginal(at: time, interpolant)
    return rows(of: points).map { marginal.velocityJacobian($0).flatMap { $0 } }
  }

  /// `f*(x; t, s)` of row-major points.
  ///
  /// - Throws: ``FlowMapError``.
  public func exactMaps(
    _ points: [Double], from t: Double, to s: Double, _ interpolant: any Interpolant, threads: Int
  ) throws -> [Double] {
    try ExactFlowMap(of: self, interpolant: interpolant, relativeTolerance: flowMapTolerance)
      .maps(points, from: t, to: s, threads: threads)
  }

  /// `∇f*(x; t, s)` of row-major points, a row-major matrix each.
  ///
  /// - Throws: ``FlowMapError``.
  public func exactMapJacobians(
    _ points: [Double], from t: Double, to s: Double, _ interpolant: any Interpolant
  ) throws -> [[Double]] {
    let map = ExactFlowMap(
      of: self, interpolant: interpolant, relativeTolerance: flowMapTolerance)
    return try rows(of: points).map {
      try map.mapWithJacobian($0, from: t, to: s).jacobian.flatMap { $0 }
    }
  }

  private func rows(of points: [Double]) -> [[Double]] {
    stride(from: 0, to: points.count, by: dimension).map { Array(points[$0..<$0 + dimension]) }
  }
}
