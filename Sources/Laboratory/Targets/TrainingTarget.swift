// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth
internal import Interpolants
public import RandomStreams

/// A law of data that maps can be trained on and held against.
public enum TrainingTarget: Sendable, Equatable {
  case mixture(GaussianMixture)
  case boxes(UniformBoxes)

  public var name: String {
    switch self {
    case .mixture(let mixture): return mixture.name
    case .boxes(let boxes): return boxes.name
    }
  }

  public var dimension: Int {
    switch self {
    case .mixture(let mixture): return mixture.dimension
    case .boxes(let boxes): return boxes.dimension
    }
  }

  /// The mixture, if it is one.
  public var mixture: GaussianMixture? {
    switch self {
    case .mixture(let mixture): return mixture
    case .boxes: return nil
    }
  }

  /// Whether the exact velocity can be part of a training program. That of uniform boxes stands on scaled error
  /// functions far in their tails, which programs have not.
  public var hasSymbolicVelocity: Bool { mixture != nil }

  /// `count × d` samples, row-major; row `i` depends on the stream and on `i` alone.
  public func samples(count: Int, stream: RandomStream) -> [Double] {
    switch self {
    case .mixture(let mixture): return mixture.samples(count: count, stream: stream)
    case .boxes(let boxes): return boxes.samples(count: count, stream: stream)
    }
  }

  /// The exact density of the data at a point.
  public func logDensity(_ x: [Double]) -> Double {
    let interpolant = LinearInterpolant()
    switch self {
    case .mixture(let mixture): return mixture.marginal(at: 0, interpolant).logDensity(x)
    case .boxes(let boxes): return boxes.marginal(at: 0, interpolant).logDensity(x)
    }
  }

  /// Whether a point lies where the data are: within three Mahalanobis deviations of a component, or in a
  /// box.
  public func isInside(_ x: [Double]) -> Bool {
    switch self {
    case .mixture(let mixture): return mixture.isInsideModes(x)
    case .boxes(let boxes): return boxes.contains(x)
    }
  }

  /// `v*` and, row-major, `Σ` at points with times of their own, outside any program.
  func exactMoments(
    _ points: [Double], times: [Double], _ interpolant: any Interpolant
  ) -> (velocities: [Double], covariances: [Double]) {
    switch self {
    case .mixture(let mixture): return moments(mixture, points, times, interpolant)
    case .boxes(let boxes): return moments(boxes, points, times, interpolant)
    }
  }

  /// `f*(x; t, s)` of row-major points.
  ///
  /// - Throws: `FlowMapError`.
  func exactMaps(
    _ points: [Double], from t: Double, to s: Double, _ interpolant: any Interpolant, threads: Int
  ) throws -> [Double] {
    switch self {
    case .mixture(let mixture):
      return try ExactFlowMap(
        of: mixture, interpolant: interpolant, relativeTolerance: 1e-9
      ).maps(points, from: t, to: s, threads: threads)
    case .boxes(let boxes):
      return try ExactFlowMap(
        of: boxes, interpolant: interpolant, relativeTolerance: Self.boxesTolerance
      ).maps(points, from: t, to: s, threads: threads)
    }
  }

  /// `v*(x, t)` of row-major points at one time.
  func exactVelocities(
    _ points: [Double], at time: Double, _ interpolant: any Interpolant
  ) -> [Double] {
    eachPoint(points, at: time, interpolant) { $0.velocity($1) }
  }

  /// `∇v*(x, t)` of row-major points at one time, a row-major matrix each.
  func exactVelocityJacobians(
    _ points: [Double], at time: Double, _ interpolant: any Interpolant
  ) -> [[Double]] {
    let entries = eachPoint(points, at: time, interpolant) {
      $0.velocityJacobian($1).flatMap { $0 }
    }
    let size = dimension * dimension
    return stride(from: 0, to: entries.count, by: size).map { Array(entries[$0..<$0 + size]) }
  }

  /// `∇f*(x; t, s)` of row-major points, a row-major matrix each.
  ///
  /// - Throws: `FlowMapError`.
  func exactMapJacobians(
    _ points: [Double], from t: Double, to s: Double, _ interpolant: any Interpolant
  ) throws -> [[Double]] {
    let starts = stride(from: 0, to: points.count, by: dimension).map {
      Array(points[$0..<$0 + dimension])
    }
    switch self {
    case .mixture(let mixture):
      let map = ExactFlowMap(
        of: mixture, interpolant: interpolant, relativeTolerance: 1e-9)
      return try starts.map {
        try map.mapWithJacobian($0, from: t, to: s).jacobian.flatMap { $0 }
      }
    case .boxes(let boxes):
      let map = ExactFlowMap(
        of: boxes, interpolant: interpolant, relativeTolerance: Self.boxesTolerance)
      return try starts.map {
        try map.mapWithJacobian($0, from: t, to: s).jacobian.flatMap { $0 }
      }
    }
  }

  private func eachPoint(
    _ points: [Double], at time: Double, _ interpolant: any Interpolant,
    _ value: (any ExactMarginal, [Double]) -> [Double]
  ) -> [Double] {
    let marginal: any ExactMarginal =
      switch self {
      case .mixture(let mixture): mixture.marginal(at: time, interpolant)
      case .boxes(let boxes): boxes.marginal(at: time, interpolant)
      }
    return stride(from: 0, to: points.count, by: dimension).flatMap {
      value(marginal, Array(points[$0..<$0 + dimension]))
    }
  }

  /// Far below what a trained map reaches; the layers at the edges make more digits costly.
  private static let boxesTolerance = 1e-7
}

private func moments<Target: ExactTarget>(
  _ target: Target, _ points: [Double], _ times: [Double], _ interpolant: any Interpolant
) -> (velocities: [Double], covariances: [Double]) {
  let d = target.dimension
  var (velocities, covariances): ([Double], [Double]) = ([], [])
  for (row, time) in times.enumerated() {
    let point = Array(points[row * d..<(row + 1) * d])
    let marginal = target.marginal(at: time, interpolant)
    velocities += marginal.velocity(point)
    covariances += marginal.velocityCovariance(point).flatMap { $0 }
  }
  return (velocities, covariances)
}
