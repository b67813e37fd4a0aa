// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import Probing
import RandomStreams
import Training

/// A small trained map and its loss in double precision.
func trainedProbe(
  _ objective: Objective = .improvedSelfDistillation, interpolant: InterpolantKind = .linear,
  weighting: Weighting = .none, steps: Int = 300, rows: Int = 192
) throws -> LossProbe<Double> {
  let configuration = TrainingConfiguration(
    interpolant: interpolant, network: MultilayerPerceptron(width: 6, depth: 2),
    loss: TrainingLoss(objective: objective, weighting: weighting),
    schedule: .linearDecay(from: 5e-3), batch: 64, steps: steps, precision: .float64)
  let target = try MixturePreset.four.mixture()
  let pool = WorkerPool(threads: 1)
  let trainer = Trainer<Double>(configuration, source: target, pool: pool)
  for _ in 0..<steps { try trainer.advance() }
  let probe = LossProbe<Double>(
    configuration, source: target, batch: ProbeBatch(rows: rows, seed: 7), pool: pool)
  probe.parameters = trainer.parameters.values
  return probe
}

/// A vector of independent normals.
func randomVector(_ count: Int, seed: UInt64) -> [Double] {
  RandomStream(seed: seed, purpose: "test vector").normals(rows: 1, draws: count)
}

func inner(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

/// `‖x − y‖ / ‖y‖`
func relativeDistance(_ x: [Double], _ y: [Double]) -> Double {
  let difference = zip(x, y).map { $0 - $1 }
  return (inner(difference, difference) / inner(y, y)).squareRoot()
}

/// `(g(θ + εv) − g(θ − εv)) / 2ε` of the gradient that training follows.
func fieldDifference(
  _ probe: LossProbe<Double>, along vector: [Double], step: Double = 1e-5
) throws -> [Double] {
  let center = probe.parameters
  defer { probe.parameters = center }
  func gradient(_ sign: Double) throws -> [Double] {
    probe.parameters = zip(center, vector).map { $0 + sign * step * $1 }
    return try probe.lossAndGradient().gradient
  }
  return zip(try gradient(1), try gradient(-1)).map { ($0 - $1) / (2 * step) }
}
