// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files
internal import GroundTruth
internal import Interpolants
internal import Networks
public import Probing
internal import Training

/// The log-likelihood of points under the velocity of a run, and the noise they come from.
public struct RunLikelihood: Sendable {
  /// Points carried together, whose steps are chosen together.
  public static let chunk = 1024

  /// In natural logarithms, one a point.
  public let logDensities: [Double]
  /// The error estimate of each, see ``FlowLikelihood``.
  public let errors: [Double]
  /// `N × d`, row-major.
  public let noise: [Double]
  /// The fewest and the most steps that a chunk took.
  public let stepCounts: ClosedRange<Int>
  /// The exact log-densities, where the source is a mixture.
  public let exact: [Double]?

  /// - Parameters:
  ///   - points: `N × d`, row-major, finite, one or more, in the units of the source.
  ///   - label: the class the network is told, and of the exact law; nil for none.
  ///   - tolerance: the largest error estimate.
  /// - Throws: ``RunLikelihoodError``, ``FlowLikelihoodError``, whose points are counted from the first of all.
  public init(
    _ run: ProbedRun, of points: [Double], label: Int? = nil, tolerance: Double, threads: Int
  ) throws {
    let (points, volume) = run.ownUnits(points)
    let configuration = run.run.configuration
    let d = configuration.network.dimension
    try run.checkLikelihood(label: label)
    let count = points.count / d
    let flow = NetworkFlow(
      .velocity, of: configuration, parameters: run.parameters, label: label,
      rows: min(count, Self.chunk), threads: threads)
    var (logDensities, errors, noise, steps) = ([Double](), [Double](), [Double](), [Int]())
    for start in stride(from: 0, to: count, by: Self.chunk) {
      let end = min(start + Self.chunk, count)
      do {
        let part = try FlowLikelihood(
          flow.field, of: Array(points[start * d..<end * d]), tolerance: tolerance)
        logDensities += part.logDensities.map { $0 - volume }
        errors += part.errors
        noise += part.noise
        steps.append(part.stepCount)
      } catch FlowLikelihoodError.tolerance(let point, let error, let tolerance) {
        throw FlowLikelihoodError.tolerance(
          point: start + point, error: error, tolerance: tolerance)
      }
    }
    self.logDensities = logDensities
    self.errors = errors
    self.noise = noise
    stepCounts = (steps.min() ?? 0)...(steps.max() ?? 0)
    exact = try run.exactLogDensities(of: points, label: label)
  }
}

/// The log-density of points under the one-step map of a run in the plane.
public struct RunMapDensity: Sendable {
  /// What is known of each point.
  public let answers: [MapDensity.Answer]
  /// The probability of the noise at which the map folds.
  public let foldedShare: Double
  /// The exact log-densities, where the source is a mixture.
  public let exact: [Double]?

  /// - Parameters:
  ///   - points: `N × 2`, row-major, finite, one or more, in the units of the source.
  ///   - label: as for ``RunLikelihood``.
  ///   - divisions: of the first grid, at most a quarter of the largest of ``MapDensity/validDivisions``.
  /// - Throws: ``RunLikelihoodError``, ``MapDensityError``.
  public init(
    _ run: ProbedRun, of points: [Double], label: Int? = nil, divisions: Int = 192, threads: Int
  ) throws {
    let (points, volume) = run.ownUnits(points)
    let configuration = run.run.configuration
    let d = configuration.network.dimension
    guard d == 2 else { throw RunLikelihoodError.notInThePlane(run: run.path, dimension: d) }
    try run.checkLikelihood(label: label)
    let flow = NetworkFlow(
      .map, of: configuration, parameters: run.parameters, label: label, rows: 4096,
      threads: threads)
    let map = PlaneMap { try flow.map($0) }
    let density = try MapDensity(of: map, divisions: divisions)
    var answers = try density.answers(at: points)
    // Roots that lie close by a fold may share a cell: points that miss some are looked at on finer grids.
    for factor in [2, 4] {
      let rows = answers.indices.filter {
        if case .missingRoots = answers[$0] { true } else { false }
      }
      if rows.isEmpty { break }
      let finer = try MapDensity(of: map, divisions: factor * divisions)
      let found = try finer.answers(at: rows.flatMap { points[2 * $0..<2 * $0 + 2] })
      for (row, answer) in zip(rows, found) { answers[row] = answer }
    }
    self.answers = answers.map { answer in
      guard case .density(let log, let roots) = answer else { return answer }
      return .density(log: log - volume, roots: roots)
    }
    foldedShare = density.foldedShare
    exact = try run.exactLogDensities(of: points, label: label)
  }
}

extension ProbedRun {
  /// Points of the source in the units of training, and the logarithm of what a unit of volume there is in the source.
  fileprivate func ownUnits(_ points: [Double]) -> (points: [Double], logVolume: Double) {
    guard let units = run.source.units else { return (points, 0) }
    return (units.standardized(points), units.logVolume)
  }

  fileprivate func checkLikelihood(label: Int?) throws(RunLikelihoodError) {
    let network = run.configuration.network
    if network.observationSize > 0 { throw .observations(run: path) }
    if label == nil && run.alwaysTellsClass {
      throw .noLabel(run: path, classCount: network.classCount)
    }
    if let label, !(0..<network.classCount).contains(label) {
      throw .label(label, run: path, classCount: network.classCount)
    }
  }

  fileprivate func exactLogDensities(of points: [Double], label: Int?) throws -> [Double]? {
    guard let mixture = run.source.mixture else { return nil }
    let marginal = try mixture.marginal(
      at: 0, run.configuration.interpolant.interpolant, given: label)
    let d = mixture.dimension
    return stride(from: 0, to: points.count, by: d).map {
      marginal.logDensity(Array(points[$0..<$0 + d]))
    }
  }
}

/// Why points have no likelihood under a run.
public enum RunLikelihoodError: Error, Equatable, Sendable, CustomStringConvertible {
  case label(Int, run: String, classCount: Int)
  /// The network was told a class in every row.
  case noLabel(run: String, classCount: Int)
  case observations(run: String)
  case notInThePlane(run: String, dimension: Int)

  public var description: String {
    switch self {
    case .label(let label, let run, let classCount):
      return "\(run): there is no class \(label); "
        + (classCount == 0
          ? "its network is told no class" : "accepted are 0 to \(classCount - 1)")
    case .noLabel(let run, let classCount):
      return
        "\(run): its network was told a class in every row; accepted is a class, 0 to \(classCount - 1)"
    case .observations(let run):
      return "\(run): its network takes an observation, which points of a file do not have"
    case .notInThePlane(let run, let dimension):
      return
        "\(run) has points of dimension \(dimension); roots of a map are found in the plane alone; "
        + "leave --map out for the likelihood along the velocity"
    }
  }
}
