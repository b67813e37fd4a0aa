// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
internal import Engines
internal import FlowMaps
public import GroundTruth
public import Interpolants
public import Measures
public import Networks
internal import RandomStreams

/// Fixed points on which maps are held against their source, with the exact answers there where the law is
/// known.
///
/// The points come from streams of their own, so that evaluation never touches a training stream, and the
/// same set serves every run that is to be compared.
public struct EvaluationSet: Sendable {
  public let source: any DataSource
  public let interpolant: InterpolantKind
  public let count: Int
  /// Noisy points `x_t`, first `count` with `s = 0`, then `count` with `(t, s)` on the triangle.
  public let noisy: [Double]
  public let times: [Double]
  public let endTimes: [Double]
  /// `v*(x_t, t)`; empty where the law is not known exactly.
  public let velocities: [Double]
  /// `Σ(x_t, t)`, row-major `d × d` a point; empty where the law is not known, or ``MeasurementNeed/matrices``
  /// are too large.
  public let covariances: [Double]
  /// The teacher's velocity `F(x_t; t, t)`, told no condition; empty where there is no teacher.
  public let teacherVelocities: [Double]
  /// Noise `z` to be carried from `T` to 0.
  public let noise: [Double]
  /// `f*(z; T, 0)`; empty where the law is not known exactly.
  public let mappedNoise: [Double]
  /// A class for each row of ``noise``, drawn as the source has them; empty where it has none.
  public let classes: [Int]
  /// Independent samples of the source.
  public let data: [Double]
  /// Distances between two independent samples of the source of this size: what a perfect map scores.
  public let slicedWassersteinFloor: Estimate
  public let energyDistanceFloor: Estimate
  /// The truth given the classes, where the source is a mixture that has them.
  public let guided: GuidedEvaluationSet?
  /// ``data``, against which samples are held.
  let reference: ReferenceSample

  /// The law of the source, where it is known exactly.
  public var law: (any ExactTarget)? { source as? any ExactTarget }

  /// What measurements find here.
  public var offers: Set<MeasurementNeed> {
    var offers: Set<MeasurementNeed> = [.samples]
    if law != nil { offers.insert(.exact) }
    if !covariances.isEmpty { offers.insert(.matrices) }
    if guided != nil { offers.insert(.classes) }
    if !teacherVelocities.isEmpty { offers.insert(.teacher) }
    return offers
  }

  /// - Parameter guidanceScale: holds maps given a class against the truth guided with this scale, too, where
  ///   the source is a mixture with classes.
  /// - Parameter teacher: a trained network that takes no observation, and its parameters; maps are held
  ///   against its velocity, too.
  /// - Parameter whilePreparing: told how much of a stretch of the work is done; what it throws ends the work.
  /// - Throws: if the exact flow map cannot be integrated.
  /// - Precondition: the source has twice as many samples to measure with.
  public init(
    source: any DataSource, interpolant kind: InterpolantKind, count: Int, seed: UInt64 = 0,
    guidanceScale: Double? = nil, teacher: (network: Architecture, parameters: [Double])? = nil,
    threads: Int = 1, whilePreparing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    precondition(count >= 3, "an evaluation set needs three points or more, not \(count)")
    let interpolant = kind.interpolant
    let d = source.dimension
    self.source = source
    self.interpolant = kind
    self.count = count
    func stream(_ purpose: StreamPurpose) -> RandomStream {
      RandomStream(seed: seed, purpose: purpose)
    }
    let (x, labels) = source.labelledSamples(
      count: 2 * count, stream: stream(.evaluationPointData))
    classes = source.classCount > 0 ? labels.prefix(count).map(Int.init) : []
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
    if let teacher {
      teacherVelocities = try FlowMapSampler<Double>(
        network: teacher.network, interpolant: interpolant, parameters: Buffer(teacher.parameters),
        rows: 2 * count, pool: WorkerPool(threads: threads)
      ).velocity(noisy, at: times)
    } else {
      teacherVelocities = []
    }
    noise = stream(.evaluationNoise).normals(rows: count, draws: d)
    if let law = source as? any ExactTarget {
      (velocities, covariances) = try Self.moments(
        law, noisy, times: times, interpolant, told: whilePreparing)
      mappedNoise = try Self.maps(
        law, noise, interpolant, threads: threads, told: whilePreparing)
    } else {
      (velocities, covariances, mappedNoise) = ([], [], [])
    }
    if let guidanceScale, let mixture = source as? GaussianMixture, source.classCount > 0 {
      guided = try GuidedEvaluationSet(
        target: mixture, interpolant: kind, scale: guidanceScale, count: count, seed: seed,
        threads: threads, whilePreparing: whilePreparing)
    } else {
      guided = nil
    }
    let floors = try SampleFloors(
      source: source, count: count, seed: seed, whileMeasuring: whilePreparing)
    (data, reference) = (floors.data, floors.reference)
    slicedWassersteinFloor = floors.slicedWasserstein
    energyDistanceFloor = floors.energyDistance
  }
}

extension EvaluationSet {
  /// Points between two reports.
  private static let blockSize = 64

  private static func moments(
    _ law: any ExactTarget, _ points: [Double], times: [Double], _ interpolant: any Interpolant,
    told: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> (velocities: [Double], covariances: [Double]) {
    let d = law.dimension
    var (velocities, covariances): ([Double], [Double]) = ([], [])
    for start in stride(from: 0, to: times.count, by: blockSize) {
      try told(start, times.count)
      let rows = start..<min(start + blockSize, times.count)
      let block = law.exactMoments(
        Array(points[rows.lowerBound * d..<rows.upperBound * d]), times: Array(times[rows]),
        interpolant, withCovariances: d <= MeasurementNeed.largestMatrixDimension)
      velocities += block.velocities
      covariances += block.covariances
    }
    return (velocities, covariances)
  }

  /// Each point is integrated by itself, so that blocks change no bit.
  private static func maps(
    _ law: any ExactTarget, _ noise: [Double], _ interpolant: any Interpolant, threads: Int,
    told: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> [Double] {
    let d = law.dimension
    let count = noise.count / d
    var mapped: [Double] = []
    for start in stride(from: 0, to: count, by: blockSize * threads) {
      try told(start, count)
      let rows = start * d..<min(start + blockSize * threads, count) * d
      mapped += try law.exactMaps(
        Array(noise[rows]), from: interpolant.endTime, to: 0, interpolant, threads: threads)
    }
    return mapped
  }
}
