// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation
import Interpolants
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct TrainingLossTests {
  private let example = ObjectiveCase(.linear, rows: 6)

  private func losses(_ loss: TrainingLoss) throws -> [Double] {
    try example.values([loss.perSample(example.context(tangent: loss.tangent))])[0]
  }

  private func objective(_ objective: Objective) throws -> [Double] {
    try example.values([objective.perSample(example.context())])[0]
  }

  @Test("an objective with an outside target is trained alone, as a mean over coordinates")
  func alone() throws {
    for term in Objective.allCases where !term.isSelfDistillation {
      for sharing in [TrainingLoss.Sharing.everySample, .diagonalFraction(0.5)] {
        let expected = try objective(term).map { $0 / 2 }
        let got = try losses(TrainingLoss(objective: term, sharing: sharing))
        #expect(relativeDifference(got, expected) < 1e-15)
      }
    }
  }

  @Test("self-distillation adds flow matching on every sample")
  func everySample() throws {
    for term in Objective.allCases where term.isSelfDistillation {
      let expected = try zip(objective(.flowMatching), objective(term)).map { ($0 + $1) / 2 }
      #expect(relativeDifference(try losses(TrainingLoss(objective: term)), expected) < 1e-15)
    }
  }

  @Test("the residuals offered are those the losses are computed from, whatever the sharing")
  func residuals() throws {
    let context = example.context()
    for objective in Objective.allCases {
      for sharing in [TrainingLoss.Sharing.everySample, .diagonalFraction(0.5)] {
        let loss = TrainingLoss(objective: objective, sharing: sharing)
        let (perSample, residuals) = loss.traced(context)
        let slopes = gradient(of: perSample.sum(), withRespectTo: residuals)
        #expect(residuals.count == (objective.isSelfDistillation ? 2 : 1))
        // Each loss is a half of a squared norm, so that its slope is the residual itself.
        let values = try example.values(residuals + slopes)
        for (residual, slope) in zip(values, values.dropFirst(residuals.count)) {
          #expect(relativeDifference(slope, residual) < 1e-15, "\(loss)")
        }
      }
    }
  }

  @Test("the sum of flow matching and self-distillation is weighted as one loss")
  func weightedTogether() throws {
    let sums = try zip(objective(.flowMatching), objective(.improvedSelfDistillation)).map {
      ($0 + $1) / 2
    }
    let got = try losses(
      TrainingLoss(objective: .improvedSelfDistillation, weighting: .adaptive()))
    #expect(relativeDifference(got, sums.map { $0 / ($0 + 0.01) }) < 1e-14)
  }

  @Test("a diagonal fraction trains flow matching on the first rows and the objective on the rest")
  func diagonalFraction() throws {
    let diagonal = try objective(.flowMatching).map { $0 / 2 }
    let distilled = try objective(.lagrangianSelfDistillation).map { $0 / 2 }
    for (fraction, rows) in [(0.75, 5), (0.5, 3), (0.0, 1), (1.0, 5)] {
      let got = try losses(
        TrainingLoss(
          objective: .lagrangianSelfDistillation, sharing: .diagonalFraction(fraction)))
      let expected = Array(diagonal[..<rows] + distilled[rows...])
      #expect(relativeDifference(got, expected) < 1e-14, "fraction \(fraction)")
    }
    let single = ObjectiveCase(.linear, rows: 1)
    let loss = TrainingLoss(
      objective: .lagrangianSelfDistillation, sharing: .diagonalFraction(0.75))
    let values = try single.values(
      [loss.perSample(single.context())]
        + [.flowMatching, .lagrangianSelfDistillation].map { (objective: Objective) in
          objective.perSample(single.context())
        })
    #expect(abs(values[0][0] - (0.75 * values[1][0] + 0.25 * values[2][0]) / 2) < 1e-14)
  }

  @Test("tangents are computed as the loss says")
  func tangentMethod() throws {
    let exact = try losses(TrainingLoss(objective: .improvedSelfDistillation))
    let coarse = try losses(
      TrainingLoss(
        objective: .improvedSelfDistillation, tangent: .centralDifference(step: 0.05)))
    let difference = largestDifference(exact, coarse)
    #expect(difference > 1e-7 && difference < 1e-2)
  }

  @Test("the mean over a batch does not depend on how it is cut into blocks")
  func blocks() throws {
    let rows = 11
    let flow = GaussianFlow(kind: .linear)
    let loss = TrainingLoss(objective: .improvedSelfDistillation, weighting: .adaptive())
    let pool = WorkerPool(threads: 2)
    let stream = RandomStream(seed: 4, purpose: "blocks")
    let times = stream.uniforms(rows: rows, draws: 1)
    let inputs = [
      "data": stream.appending("data").normals(rows: rows, draws: 2),
      "noise": stream.appending("noise").normals(rows: rows, draws: 2), "time": times,
      "endTime": times.map { 0.5 * $0 }, "fraction": times, "parameters/deviation": [1.3],
    ]
    let results = try [1, 3, 4, rows].map { blockRows in
      try Executable<Double>(rows: rows, blockRows: blockRows, pool: pool) { rows in
        let parameters = flow.layout.tensors()
        let sample = TrainingSample.inputs(
          rows: rows, dimension: 2, interpolant: LinearInterpolant())
        let flowMap = FlowMap(
          interpolant: LinearInterpolant(), network: flow, parameters: parameters)
        let perSample = loss.perSample(ObjectiveContext(flowMap: flowMap, sample: sample))
        return Program(
          rows: rows, inputs: sample.declarations + parameters.inputs,
          outputs: [("perSample", .perRow, perSample), ("loss", .mean, mean(perSample))]
            + parameters.outputs(
              gradient(of: mean(perSample), withRespectTo: parameters.tensors), role: .mean,
              prefix: "gradient"))
      }.evaluate(inputs)
    }
    for result in results {
      let perSample = try #require(result["perSample"])
      let loss = try #require(result["loss"])
      #expect(abs(loss[0] - perSample.reduce(0, +) / Double(rows)) < 1e-15)
      for name in ["loss", "gradient/deviation"] {
        let (got, whole) = try (#require(result[name]), #require(results[3][name]))
        #expect(abs(got[0] - whole[0]) < 1e-14 && got[0] != 0)
      }
    }
  }

  @Test("a loss survives coding")
  func coding() throws {
    let loss = TrainingLoss(
      objective: .eulerianSelfDistillation, sharing: .diagonalFraction(0.75),
      weighting: .adaptive(power: 0.5), tangent: .centralDifference(step: 0.005))
    let data = try JSONEncoder().encode(loss)
    #expect(try JSONDecoder().decode(TrainingLoss.self, from: data) == loss)
  }
}
