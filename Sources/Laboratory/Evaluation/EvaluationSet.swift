// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth
public import Interpolants
public import Probes
internal import RandomStreams

/// Fixed points on which maps are held against the truth, with the exact answers there.
///
/// The points come from streams of their own, so that evaluation never touches a training stream, and the
/// same set serves every run that is to be compared.
public struct EvaluationSet: Sendable {
  public let target: TrainingTarget
  public let interpolant: InterpolantKind
  public let count: Int
  /// Noisy points `x_t`, first `count` with `s = 0`, then `count` with `(t, s)` on the triangle.
  public let noisy: [Double]
  public let times: [Double]
  public let endTimes: [Double]
  /// `v*(x_t, t)`
  public let velocities: [Double]
  /// `Σ(x_t, t)`, row-major `d × d` a point.
  public let covariances: [Double]
  /// Noise `z` to be carried from `T` to 0.
  public let noise: [Double]
  /// `f*(z; T, 0)`
  public let mappedNoise: [Double]
  /// Independent samples of the target.
  public let data: [Double]
  /// Distances between two independent samples of the target of this size: what a perfect map scores.
  public let slicedWassersteinFloor: Estimate
  public let energyDistanceFloor: Estimate
  let directions: Directions

  /// - Throws: if the exact flow map cannot be integrated.
  public init(
    target: GaussianMixture, interpolant: InterpolantKind, count: Int, seed: UInt64 = 0,
    threads: Int = 1
  ) throws {
    try self.init(
      target: .mixture(target), interpolant: interpolant, count: count, seed: seed,
      threads: threads)
  }

  /// - Throws: if the exact flow map cannot be integrated.
  public init(
    target: TrainingTarget, interpolant kind: InterpolantKind, count: Int, seed: UInt64 = 0,
    threads: Int = 1
  ) throws {
    precondition(count >= 3, "an evaluation set needs three points or more, not \(count)")
    let interpolant = kind.interpolant
    let d = target.dimension
    self.target = target
    self.interpolant = kind
    self.count = count
    func stream(_ purpose: StreamPurpose) -> RandomStream {
      RandomStream(seed: seed, purpose: purpose)
    }
    let x = target.samples(count: 2 * count, stream: stream(.evaluationPointData))
    let z = stream(.evaluationPointNoise).normals(rows: 2 * count, draws: d)
    let u = stream(.evaluationTimes).uniforms(rows: 2 * count, draws: 2)
    let end = interpolant.endTime
    times = (0..<2 * count).map { row in
      row < count ? end * u[2 * row] : end * max(u[2 * row], u[2 * row + 1])
    }
    endTimes = (0..<2 * count).map { row in
      row < count ? 0 : end * min(u[2 * row], u[2 * row + 1])
    }
    var noisy: [Double] = []
    for row in 0..<2 * count {
      let range = row * d..<(row + 1) * d
      noisy += interpolant.noisy(data: Array(x[range]), noise: Array(z[range]), at: times[row])
    }
    self.noisy = noisy
    (velocities, covariances) = target.exactMoments(noisy, times: times, interpolant)
    noise = stream(.evaluationNoise).normals(rows: count, draws: d)
    mappedNoise = try target.exactMaps(noise, from: end, to: 0, interpolant, threads: threads)
    data = target.samples(count: count, stream: stream(.evaluationData))
    directions = comparisonDirections(dimension: d, stream: stream(.evaluationDirections))
    let other = target.samples(count: count, stream: stream(.evaluationSecondData))
    slicedWassersteinFloor = slicedWassersteinDistance(
      Points(data, dimension: d), Points(other, dimension: d), along: directions)
    energyDistanceFloor = Probes.energyDistance(
      Points(data, dimension: d), Points(other, dimension: d))
  }
}
