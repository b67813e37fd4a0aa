// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Interpolants
import Measures
import Networks
import RandomStreams
import Tensors
import Testing
import Training

/// `E‖D_{v_c} f‖² = E‖D_{v*} f‖² + E tr(∇f Σ ∇fᵀ)` for any map.
@Suite struct LossIdentityTests {
  @Test(
    "the direct loss is LED plus the variance term, for random and trained maps",
    arguments: InterpolantKind.allCases, [Objective?.none, .improvedSelfDistillation, .directFull])
  func identity(kind: InterpolantKind, trainedWith objective: Objective?) throws {
    let target = try MixturePreset.skewed3.mixture()
    let configuration = TrainingConfiguration(
      interpolant: kind, network: MultilayerPerceptron(width: 32, depth: 2),
      loss: TrainingLoss(objective: objective ?? .flowMatching), batch: 256, steps: 200)
    let pool = WorkerPool(threads: 2)
    let trainer = Trainer<Double>(configuration, source: target, pool: pool)
    if objective != nil { for _ in 0..<200 { try trainer.advance() } }

    let rows = 20_000
    let executable = Executable<Double>(rows: rows, pool: pool) { rows in
      let interpolant = kind.interpolant
      let parameters = configuration.network.layout.tensors()
      let flowMap = FlowMap(
        interpolant: interpolant, network: configuration.network, parameters: parameters)
      let sample = TrainingSample.inputs(rows: rows, dimension: 2, interpolant: interpolant)
      let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
      let truth = SymbolicMixture(target).marginal(x, at: t, interpolant: interpolant)
      func residual(_ w: Tensor) -> Tensor {
        squaredNorm(flowMap.totalDerivative(x, from: t, to: s, along: w))
      }
      let jacobian = concatenate(
        flowMap.spatialJacobian(x, from: t, to: s).map { $0.reshaped(to: [rows, 1, 2]) }, axis: 1)
      let variance = (matmul(truth.velocityCovariance, jacobian) * jacobian).sum([1, 2])
      return Program(
        rows: rows, inputs: sample.declarations + parameters.inputs,
        outputs: [
          (
            "gap", .perRow,
            residual(sample.conditionalVelocity) - residual(truth.velocity) - variance
          ), ("variance", .mean, variance.mean()),
        ])
    }
    let stream = RandomStream(seed: 4, purpose: "identity")
    let times = stream.appending("times").uniforms(rows: rows, draws: 2)
    let end = kind.interpolant.endTime
    executable.bind(
      input: "data", to: Buffer(target.samples(count: rows, stream: stream.appending("data"))))
    executable.bind(
      input: "noise", to: Buffer(stream.appending("noise").normals(rows: rows, draws: 2)))
    executable.bind(
      input: "time",
      to: Buffer((0..<rows).map { end * max(times[2 * $0], times[2 * $0 + 1]) }))
    executable.bind(
      input: "endTime",
      to: Buffer((0..<rows).map { end * min(times[2 * $0], times[2 * $0 + 1]) }))
    executable.bind(input: "fraction", to: Buffer(count: rows))
    executable.bind(
      inputs: configuration.network.layout, prefix: "parameters", to: trainer.parameters)
    try executable.run()

    let gap = Estimate(meanOf: executable.output("gap").values)
    #expect(abs(gap.value) < 4 * gap.standardError)
    // The check can fail: the variance term is many standard errors.
    #expect(executable.output("variance")[0] > 20 * gap.standardError)
  }
}
