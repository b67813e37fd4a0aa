// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import LinearAlgebra
internal import Networks
public import Probing
internal import Training

/// The landscape of a run's loss on a plane laid through it, with the ways of further runs.
///
/// It is computed in the precision of the run, so that the value at its checkpoint is the trainer's.
public struct RunLandscape {
  public let run: ProbedRun
  public let plane: LandscapePlane
  public let settings: LandscapeSettings
  public let paths: [ProjectedPath]
  private let batch: ProbeBatch
  private let pool: WorkerPool

  /// Lays the plane.
  ///
  /// - Parameters:
  ///   - run: the run whose loss is computed.
  ///   - others: runs whose ways are projected too, with networks of the same shape. A plane through runs
  ///     takes the first two of all and the third, or for want of it the initial parameters of `run`.
  ///   - kind: how the plane is laid.
  ///   - radius: half the side of the square; by default one that suits the kind.
  ///   - side: points along a side.
  ///   - krylov: how eigenvectors are computed; its seed is also that of random directions.
  /// - Throws: ``ProbeError``, `PlaneError`, `LinearAlgebraError`.
  public init(
    _ run: ProbedRun, others: [ProbedRun] = [], kind: LandscapePlane.Kind, radius: Double? = nil,
    side: Int = 61, batch: ProbeBatch, krylov: KrylovSettings, pool: WorkerPool
  ) throws {
    let layout = run.run.configuration.network.layout
    for other in others where other.run.configuration.network.layout != layout {
      throw ProbeError.differentNetworks(first: run.path, second: other.path)
    }
    if let radius, !(radius > 0 && radius.isFinite) {
      throw ProbeError.setting("radius", value: "\(radius)", accepted: "a finite number above 0")
    }
    let center = run.parameters
    switch kind {
    case .eigenvectors:
      let probe: LossProbe<Double> = run.probe(batch, pool: pool)
      plane = try .eigenvectors(
        of: probe.curvature(.hessian), center: center, settings: krylov)
    case .random:
      plane = try .random(center: center, seed: krylov.seed)
    case .filter:
      plane = try .filterNormalized(center: center, layout: layout, seed: krylov.seed)
    case .path:
      plane = try .path(try run.trainingPath().map(\.parameters))
    case .runs:
      guard let second = others.first else {
        throw ProbeError.setting(
          "a plane through runs", value: "of one run", accepted: "two runs or more")
      }
      let third = others.count > 1 ? others[1].parameters : run.initialParameters
      plane = try .through(center, second.parameters, third)
    }
    let laid = plane.plane
    paths = try ([run] + others).map {
      ProjectedPath($0.path, path: try $0.trainingPath(), on: laid)
    }
    let length = center.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let automatic: Double
    switch kind {
    case .eigenvectors, .filter: automatic = 1
    case .random: automatic = max(0.5 * length, 1e-3)
    case .path, .runs: automatic = 1.3 * (paths.map(\.extent).max() ?? 1)
    }
    settings = try LandscapeSettings(
      subject: ProbeSubject(run), batch: batch, precision: run.run.configuration.precision,
      plane: plane, radius: radius ?? automatic, side: side)
    self.run = run
    self.batch = batch
    self.pool = pool
  }

  /// See ``Landscape/compute(_:plane:probe:paths:file:onRow:shouldStop:)``.
  public func compute(
    file: String? = nil, onRow: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Landscape {
    func compute<Scalar: TrainingScalar>(_ type: Scalar.Type) throws -> Landscape {
      try Landscape.compute(
        settings, plane: plane.plane, probe: run.probe(batch, pool: pool, as: Scalar.self),
        paths: paths, file: file, onRow: onRow, shouldStop: shouldStop)
    }
    switch settings.precision {
    case .float32: return try compute(Float.self)
    case .float64: return try compute(Double.self)
    }
  }
}
