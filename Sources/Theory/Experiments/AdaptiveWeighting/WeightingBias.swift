// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Foundation
public import GroundTruth
internal import Interpolants
public import Measures
internal import RandomStreams

/// The bias of an adaptively weighted velocity field, `b = F − v*`, at points `x_t` of one dimension.
public struct WeightingBias: Sendable, Codable, Equatable {
  public let dimension: Int
  /// `‖b‖²` at each point, or an unbiased estimate of it.
  public let squaredBias: [Double]
  /// `‖v*‖²` at each point.
  public let squaredVelocity: [Double]

  /// `sqrt(E‖b‖² / E‖v*‖²)`, its error from the scatter over points.
  public var relative: Estimate {
    let value = (RunningMoments(squaredBias).mean / RunningMoments(squaredVelocity).mean)
      .squareRoot()
    let spread = RunningMoments(logInfluences)
    return Estimate(
      value: value, standardError: value * spread.standardError, count: squaredBias.count)
  }

  /// The change of `log relative` with the weight of each point.
  fileprivate var logInfluences: [Double] {
    let bias = RunningMoments(squaredBias).mean
    let velocity = RunningMoments(squaredVelocity).mean
    return zip(squaredBias, squaredVelocity).map { 0.5 * ($0 / bias - $1 / velocity) }
  }

  /// `E‖b‖²` of one reading over that of another at the same points, with the error of their difference.
  public static func ratio(_ reading: WeightingBias, to reference: WeightingBias) -> Estimate {
    let scale = RunningMoments(reference.squaredBias).mean
    let difference = RunningMoments(
      zip(reading.squaredBias, reference.squaredBias).map { ($0 - $1) / scale })
    return Estimate(
      value: 1 + difference.mean, standardError: difference.standardError,
      count: difference.count)
  }

  /// The least-squares slope of `log relative` against `log d` over dimensions that share their points.
  ///
  /// - Precondition: at least two dimensions, with equally many points.
  public static func slope(_ readings: [WeightingBias]) -> Estimate {
    precondition(readings.count >= 2, "a slope needs two dimensions or more")
    let count = readings[0].squaredBias.count
    precondition(readings.allSatisfy { $0.squaredBias.count == count }, "points differ in number")
    let x = readings.map { log(Double($0.dimension)) }
    let centre = x.reduce(0, +) / Double(x.count)
    let spread = x.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    let factors = x.map { ($0 - centre) / spread }
    let value = zip(factors, readings).reduce(0) { $0 + $1.0 * log($1.1.relative.value) }
    let influences = readings.map(\.logInfluences)
    let moments = RunningMoments(
      (0..<count).map { point in
        zip(factors, influences).reduce(0) { $0 + $1.0 * $1.1[point] }
      })
    return Estimate(value: value, standardError: moments.standardError, count: count)
  }
}

/// Predicts and measures the bias of adaptive weighting for data of independent coordinates.
public struct WeightingExperiment: Sendable {
  /// The mixture of each coordinate.
  public let coordinate: GaussianMixture
  public let time: Double
  public let weight: AdaptiveWeight
  public let seed: UInt64
  public let threads: Int

  /// - Precondition: the mixture is on the line and `0 < time ≤ 1`.
  public init(
    coordinate: GaussianMixture, time: Double = 0.5, weight: AdaptiveWeight = AdaptiveWeight(),
    seed: UInt64, threads: Int
  ) {
    precondition(coordinate.dimension == 1, "a coordinate has a mixture of dimension 1")
    precondition(time > 0 && time <= 1, "time \(time) is outside (0, 1]")
    self.coordinate = coordinate
    self.time = time
    self.weight = weight
    self.seed = seed
    self.threads = threads
  }

  /// A skewed mixture of mean zero whose conditional laws at `t = ½` give one fixed point in every
  /// dimension: ¾ N(−0.4, 0.5²) + ¼ N(1.2, 0.5²).
  public static func skewed() throws(MixtureError) -> GaussianMixture {
    try GaussianMixture(
      name: "skewed", weights: [0.75, 0.25], means: [[-0.4], [1.2]], deviation: 0.5)
  }

  /// The product of the mixture with itself as a mixture of `K^d` components.
  public func product(dimension: Int) throws(MixtureError) -> GaussianMixture {
    var means: [[Double]] = [[]]
    var variances: [[Double]] = [[]]
    var weights = [1.0]
    for _ in 0..<dimension {
      weights = weights.flatMap { w in coordinate.components.map { w * $0.weight } }
      means = means.flatMap { m in coordinate.components.map { m + $0.mean } }
      variances = variances.flatMap { v in coordinate.components.map { v + $0.eigenvalues } }
    }
    return try GaussianMixture(
      name: "\(coordinate.name)^\(dimension)", weights: weights, means: means,
      covariances: variances.map { diagonal in
        diagonal.indices.map { i in diagonal.indices.map { $0 == i ? diagonal[i] : 0 } }
      })
  }

  /// Points `x_t` of a dimension: the first coordinates of points of the largest one, so that the same
  /// points serve all.
  public func points(count: Int, dimension: Int, largest: Int) -> [[Double]] {
    precondition(count >= 2 && dimension >= 1 && dimension <= largest, "no such points")
    let stream = RandomStream(seed: seed, purpose: .weightingPoints)
    let data = coordinate.samples(count: count * largest, stream: stream.appending("data"))
    let noise = stream.appending("noise").normals(rows: count, draws: largest)
    let c = LinearInterpolant().coefficients(at: time)
    return (0..<count).map { point in
      (0..<dimension).map {
        c.signal * data[point * largest + $0] + c.noise * noise[point * largest + $0]
      }
    }
  }

  /// The law of `v_c` at a point.
  public func law(at x: [Double]) -> ConditionalVelocity {
    ConditionalVelocity(at: x, time: time, of: coordinate, interpolant: LinearInterpolant())
  }

  /// The bias by quadrature.
  ///
  /// - Parameter dimension: of the space; by default that of the points. If larger, the points lie in a
  ///   subspace whose other coordinates are known from `x_t` without error.
  public func predicted(_ points: [[Double]], dimension: Int? = nil) throws -> WeightingBias {
    try readings(points, dimension) { law, dimension, _ in
      squaredDistance(law.fixedPoint(weight, dimension: dimension), law.mean)
    }
  }

  /// The first term of the bias in `1/d`.
  public func leading(_ points: [[Double]]) throws -> WeightingBias {
    try readings(points, nil) { law, dimension, _ in
      law.leadingBias(weight, dimension: dimension).reduce(0) { $0 + $1 * $1 }
    }
  }

  /// The bias from two independent sets of velocities a point: the product of both biases has the square of
  /// the true one as its mean.
  public func sampled(_ points: [[Double]], draws: Int) throws -> WeightingBias {
    precondition(draws >= 2, "a fixed point needs two draws or more")
    let stream = RandomStream(seed: seed, purpose: .weightingDraws)
    return try readings(points, nil) { law, dimension, index in
      let halves = ["first", "second"].map { half in
        law.sampledBias(
          weight, dimension: dimension,
          draws: law.samples(
            count: draws,
            stream: stream.appending("\(half) \(dimension)").at(step: UInt64(index))))
      }
      return zip(halves[0], halves[1]).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  private func readings(
    _ points: [[Double]], _ dimension: Int?,
    _ squaredBias: @escaping @Sendable (ConditionalVelocity, Int, Int) -> Double
  ) throws -> WeightingBias {
    let d = dimension ?? points[0].count
    let found = try parallelMap(Array(points.enumerated()), threads: threads) { index, x in
      let law = law(at: x)
      return (squaredBias(law, d, index), law.mean.reduce(0) { $0 + $1 * $1 })
    }
    return WeightingBias(
      dimension: d, squaredBias: found.map(\.0), squaredVelocity: found.map(\.1))
  }
}

private func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}
