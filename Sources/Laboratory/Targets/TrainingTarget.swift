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

  /// Whether the exact velocity can be part of a training program. That of uniform boxes stands on the error
  /// function, which programs have not.
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
        mixture: mixture, interpolant: interpolant, relativeTolerance: 1e-9
      ).maps(points, from: t, to: s, threads: threads)
    case .boxes(let boxes):
      return try TargetFlowMap(
        target: boxes, interpolant: interpolant, relativeTolerance: Self.boxesTolerance
      ).maps(points, from: t, to: s, threads: threads)
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
