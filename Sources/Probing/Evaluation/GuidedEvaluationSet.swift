// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth
public import Interpolants
internal import RandomStreams

/// Fixed points on which guided maps are held against the truth, with the exact answers there.
///
/// For one seed the points, times, classes and noise are the same for every scale, so that scales can be
/// compared.
public struct GuidedEvaluationSet: Sendable {
  public let target: GaussianMixture
  public let interpolant: InterpolantKind
  /// `ω`
  public let scale: Double
  public let count: Int
  /// The class of each row, numbered in the order of the target's labels.
  public let classes: [Int]
  /// A time `t` a row, uniform on `[0, T]`.
  public let times: [Double]
  /// Points `x_t` of data of the row's class: the law the training sees.
  public let noisy: [Double]
  /// `ṽ(x_t, t|c)`
  public let velocities: [Double]
  /// `v*(x_t, t)`
  public let unconditionalVelocities: [Double]
  /// `f*_ω(z; T, t|c)`: where the guided flow is at time `t`.
  public let carried: [Double]
  /// `ṽ(·, t|c)` there.
  public let carriedVelocities: [Double]
  /// `v*(·, t)` there.
  public let carriedUnconditionalVelocities: [Double]
  /// Noise `z`.
  public let noise: [Double]
  /// `f*_ω(z; T, 0|c)`
  public let mappedNoise: [Double]
  /// `ω² tr Cov[v_c | x_t, c]` at each of ``noisy``: how far the target of training scatters.
  public let targetVariances: [Double]

  /// - Parameter whilePreparing: told how many of how many rows are known; what it throws ends the work.
  /// - Throws: `MixtureError` for a scale that is not finite; if a guided flow map cannot be integrated.
  public init(
    target: GaussianMixture, interpolant kind: InterpolantKind, scale: Double, count: Int,
    seed: UInt64 = 0, threads: Int = 1,
    whilePreparing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    precondition(count >= 3, "an evaluation set needs three points or more, not \(count)")
    let (interpolant, d, end) = (kind.interpolant, target.dimension, kind.interpolant.endTime)
    func stream(_ purpose: StreamPurpose) -> RandomStream {
      RandomStream(seed: seed, purpose: purpose)
    }
    let guided = try target.labels.map {
      try GuidedVelocity(target, label: $0, scale: scale)
    }
    let (data, classes) = labelledSamples(target, count: count, stream(.guidedEvaluationData))
    let z = stream(.guidedEvaluationPointNoise).normals(rows: count, draws: d)
    let times = stream(.guidedEvaluationTimes).uniforms(rows: count, draws: 1).map { end * $0 }
    let noise = stream(.guidedEvaluationNoise).normals(rows: count, draws: d)
    let maps = guided.map {
      ExactFlowMap(of: $0, interpolant: interpolant, relativeTolerance: 1e-9)
    }
    var noisy: [Double] = []
    var (velocities, unconditional, carriedVelocities) = ([Double](), [Double](), [Double]())
    var carriedUnconditional: [Double] = []
    var (carried, mapped, variances) = ([Double](), [Double](), [Double]())
    for row in 0..<count {
      try whilePreparing(row, count)
      let range = row * d..<(row + 1) * d
      let marginal = guided[classes[row]].marginal(at: times[row], interpolant)
      let point = interpolant.noisy(
        data: Array(data[range]), noise: Array(z[range]), at: times[row])
      let path = try maps[classes[row]].trajectory(
        Array(noise[range]), from: end, through: [times[row], 0])
      let covariance = marginal.targetCovariance(point)
      noisy += point
      velocities += marginal.velocity(point)
      unconditional += marginal.unconditional.velocity(point)
      variances.append((0..<d).reduce(0) { $0 + covariance[$1][$1] })
      carried += path[0]
      carriedVelocities += marginal.velocity(path[0])
      carriedUnconditional += marginal.unconditional.velocity(path[0])
      mapped += path[1]
    }
    self.target = target
    self.interpolant = kind
    self.scale = scale
    self.count = count
    self.classes = classes
    self.times = times
    self.noisy = noisy
    self.velocities = velocities
    unconditionalVelocities = unconditional
    self.carried = carried
    self.carriedVelocities = carriedVelocities
    carriedUnconditionalVelocities = carriedUnconditional
    self.noise = noise
    mappedNoise = mapped
    targetVariances = variances
  }
}

/// Data with the class of each row.
private func labelledSamples(
  _ target: GaussianMixture, count: Int, _ stream: RandomStream
) -> (points: [Double], classes: [Int]) {
  var labels = [Int32](repeating: 0, count: count)
  let points = [Double](unsafeUninitializedCapacity: count * target.dimension) { points, filled in
    labels.withUnsafeMutableBufferPointer {
      MixtureSampler(target.withLabelsCounted).fill(
        points, rows: 0..<count, stream: stream, labels: $0)
    }
    filled = count * target.dimension
  }
  return (points, labels.map(Int.init))
}
