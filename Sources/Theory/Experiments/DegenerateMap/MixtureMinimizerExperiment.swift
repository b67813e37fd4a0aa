// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
public import FlowMaps
public import GroundTruth
public import Interpolants

/// Networks trained with several objectives on a mixture on the line, held against the elliptic equation's
/// minimiser and against the flow map.
public struct MixtureMinimizerExperiment: Sendable {
  public let map: DegenerateMap
  public let nodes: NormalNodes
  public let quadrature: LineQuadrature
  public let interpolant: InterpolantKind
  /// The minimiser and the flow map at `T`, at the nodes.
  public let degenerate: [Double]
  public let flowMap: [Double]

  /// - Throws: `DegenerateMapError`.
  public init(
    target: GaussianMixture, interpolant: InterpolantKind, endTime: Double = 0,
    resolution: Int = DegenerateMapSolver.defaultResolution
  ) throws {
    let map = try DegenerateMapSolver(
      mixture: target, interpolant: interpolant.interpolant, endTime: endTime
    ).solve(resolution: resolution)
    let nodes = NormalNodes()
    let end = interpolant.interpolant.endTime
    self.map = map
    self.nodes = nodes
    self.interpolant = interpolant
    quadrature = LineQuadrature(map.trajectories, from: endTime)
    degenerate = nodes.labels.map { map.value(atLabel: $0, time: end) }
    flowMap = nodes.labels.map { map.flowMap(atLabel: $0) }
  }

  /// What one run left.
  public struct Outcome: Sendable, Codable {
    public let objective: Objective
    public let seed: UInt64
    /// `f(z; T, s)` at the nodes.
    public let map: [Double]
    /// `E (f − f_D)²` with the minimiser `f_D`, and `E (f − f*)²` with the flow map.
    public let fromMinimizer: Double
    public let fromFlowMap: Double
    public let eulerianLoss: Double
    public let varianceTerm: Double
    /// `E (Df)²` at each time of the quadrature.
    public let eulerianLossByTime: [Double]
  }

  /// Trains each objective with each seed, runs side by side.
  ///
  /// - Throws: `NonFiniteError` if a run diverges, `EngineError`.
  public func outcomes(
    _ objectives: [Objective], seeds: [UInt64], steps: Int, batch: Int = 1024, threads: Int
  ) throws -> [Outcome] {
    precondition(!seeds.isEmpty, "at least one seed is needed")
    let jobs = objectives.flatMap { objective in seeds.map { (objective, $0) } }
    return try parallelMap(jobs, threads: threads) { objective, seed in
      let result = try LineTraining(
        target: map.trajectories.mixture, interpolant: interpolant, endTime: map.endTime,
        objective: objective, seed: seed, steps: steps, batch: batch
      ).run(labels: nodes.labels, quadrature: quadrature)
      let terms = result.derivatives.terms(on: quadrature)
      return Outcome(
        objective: objective, seed: seed, map: result.map,
        fromMinimizer: nodes.squaredDistance(result.map, degenerate),
        fromFlowMap: nodes.squaredDistance(result.map, flowMap),
        eulerianLoss: terms.eulerianLoss, varianceTerm: terms.varianceTerm,
        eulerianLossByTime: result.derivatives.eulerianLossByTime(on: quadrature))
    }
  }

  /// `√(E (f − f_D)² / E f_D²)`
  public func relativeDistance(_ outcome: Outcome) -> Double {
    let zero = [Double](repeating: 0, count: nodes.labels.count)
    return (outcome.fromMinimizer / nodes.squaredDistance(degenerate, zero)).squareRoot()
  }
}
