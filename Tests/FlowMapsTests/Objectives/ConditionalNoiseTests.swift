// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Interpolants
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

/// What conditional velocities do to expectations, for data `N(0, σ_d² I)` whose moments are closed forms.
@Suite struct ConditionalNoiseTests {
  private static let deviation = 0.7
  private static let rows = 30_000

  /// Per-row outputs over a large batch with times drawn as for training.
  private func batch(
    _ kind: InterpolantKind,
    _ outputs: @escaping (ObjectiveContext, _ parameters: [Tensor]) -> [Tensor]
  ) throws -> [[Double]] {
    let interpolant = kind.interpolant
    let network = MultilayerPerceptron(width: 6, depth: 2)
    let arguments = randomParameters(of: network, prefix: "parameters", seed: 21)
    let pool = WorkerPool(threads: 2)
    let rows = Self.rows
    let executable = Executable<Double>(rows: rows, pool: pool) { rows in
      let tensors = network.layout.tensors()
      let sample = TrainingSample.inputs(rows: rows, dimension: 2, interpolant: interpolant)
      let context = ObjectiveContext(
        flowMap: FlowMap(interpolant: interpolant, network: network, parameters: tensors),
        sample: sample,
        exactVelocity: GaussianFlow(kind: kind).given(deviation: Self.deviation))
      return Program(
        rows: rows, inputs: sample.declarations + tensors.inputs,
        outputs: outputs(context, tensors.tensors).enumerated().map {
          ("output\($0)", .perRow, $1)
        })
    }
    let stream = RandomStream(seed: 13, purpose: "batch")
    let pairs = stream.appending("times").uniforms(rows: rows, draws: 2)
    let (first, second) = (
      (0..<rows).map { pairs[2 * $0] }, (0..<rows).map { pairs[2 * $0 + 1] }
    )
    var inputs = [
      "data": stream.appending("data").normals(rows: rows, draws: 2).map { Self.deviation * $0 },
      "noise": stream.appending("noise").normals(rows: rows, draws: 2),
      "time": zip(first, second).map { interpolant.endTime * max($0, $1) },
      "endTime": zip(first, second).map { interpolant.endTime * min($0, $1) }, "fraction": first,
    ]
    for argument in arguments { inputs[argument.name] = argument.values }
    let results = try executable.evaluate(inputs)
    return executable.outputs.map { results[$0.name] ?? [] }
  }

  /// The derivative of each row's loss along a fixed direction of the parameters.
  private func slope(_ perSample: Tensor, _ parameters: [Tensor]) -> Tensor {
    var numbers = TestNumbers(seed: 6)
    return derivative(
      of: [perSample],
      along: parameters.map {
        ($0, Tensor(values: numbers.array($0.shape.count), shape: $0.shape))
      })[0]
  }

  @Test("E‖D_{v_c} f‖² = E‖D_{v*} f‖² + E tr(∇f Σ ∇fᵀ)", arguments: InterpolantKind.allCases)
  func lossIdentity(kind: InterpolantKind) throws {
    let values = try batch(kind) { context, _ in
      let sample = context.sample
      // Σ = ν² σ_d² / P, a multiple of the identity.
      let variance = Self.deviation * Self.deviation
      let covariance =
        variance
        / GaussianFlow(kind: kind).marginalVariance(at: sample.time, Tensor(variance))
      let columns = context.flowMap.spatialJacobian(
        sample.noisy, from: sample.time, to: sample.endTime)
      let norm = columns.map { squaredNorm($0) }.reduce(Tensor(0), +)
      return [
        Objective.directFull.perSample(context), Objective.eulerianFull.perSample(context),
        covariance.reshaped(to: [-1]) * norm,
      ]
    }
    let gap = SampleMean(values[0].indices.map { values[0][$0] - values[1][$0] - values[2][$0] })
    let term = SampleMean(values[2])
    #expect(abs(gap.mean) < 4 * gap.standardError)
    // The statement has power: the variance term is many standard errors.
    #expect(term.mean > 30 * gap.standardError)
  }

  @Test(
    "the expected update of directSemi is eulerianSemi's; those of the full gradients differ",
    arguments: InterpolantKind.allCases)
  func expectedUpdates(kind: InterpolantKind) throws {
    let values = try batch(kind) { context, parameters in
      [Objective.directSemi, .eulerianSemi, .directFull, .eulerianFull].map {
        slope($0.perSample(context), parameters)
      }
    }
    func difference(_ left: Int, _ right: Int) -> SampleMean {
      SampleMean(zip(values[left], values[right]).map { $0 - $1 })
    }
    let (semi, full) = (difference(0, 1), difference(2, 3))
    #expect(abs(semi.mean) < 4 * semi.standardError)
    #expect(abs(SampleMean(values[1]).mean) > 8 * semi.standardError)
    #expect(abs(full.mean) > 8 * full.standardError)
  }
}
