// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import Probing
public import Training

extension ProbeSubject {
  /// The parameters of a run in its folder.
  public init(_ run: ProbedRun) {
    self.init(
      run: run.path, step: run.checkpoint.step, averageDecay: run.averageDecay,
      target: run.run.source.name, configuration: run.run.configuration)
  }
}

extension CurvatureProbe {
  /// - Parameter layers: names of the parameters that are probed; none for all.
  /// - Throws: ``ProbeError`` if the loss or its gradient is not finite at the parameters, `ConfigurationError` for a
  ///   name that stands for none.
  public init(
    _ run: ProbedRun, curvature: Curvature, batch: ProbeBatch, layers: [String] = [],
    pool: WorkerPool
  ) throws {
    try self.init(
      run.probe(batch, pool: pool), of: ProbeSubject(run), at: run.checkpoint.path,
      curvature: curvature, layers: layers)
  }
}

extension MapProbe {
  /// The map of a run at its checkpoint.
  ///
  /// - Throws: ``ProbeError`` if the velocity is the exact one and the source has none.
  /// - Precondition: there are two rows or more.
  public convenience init(
    _ run: ProbedRun, rows: Int, seed: UInt64, velocity: ProbeVelocity = .exact, threads: Int
  ) throws {
    try self.init(
      run.run.configuration, source: run.run.source.data, parameters: run.parameters, rows: rows,
      seed: seed, velocity: velocity, threads: threads)
  }
}
