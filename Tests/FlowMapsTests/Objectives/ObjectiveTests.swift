// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct ObjectiveTests {
  /// Objectives whose velocity is the marginal one once the network's diagonal is.
  private static let marginal: [Objective] = Objective.allCases.filter {
    ($0.needsExactVelocity || $0.isSelfDistillation) && !$0.isDiscreteConsistency
  }

  private func values(
    _ objective: Objective, _ kind: InterpolantKind, deviation: Double, data: Double
  ) throws -> [Double] {
    var numbers = TestNumbers(seed: 9)
    let interpolant = kind.interpolant
    let (rows, flow) = (8, GaussianFlow(kind: kind))
    let times = numbers.array(rows, in: 0.1...1)
    let arguments = [
      Argument("data", [rows, 2], numbers.array(2 * rows).map { $0 * data }),
      Argument("noise", [rows, 2], numbers.array(2 * rows, in: -2...2)),
      Argument("time", [rows, 1], times.map { $0 * interpolant.endTime }),
      Argument(
        "endTime", [rows, 1], times.map { $0 * numbers.next(in: 0...0.9) * interpolant.endTime }),
      Argument("fraction", [rows, 1], numbers.array(rows, in: 0.1...0.9)),
    ]
    let sample = TrainingSample(
      interpolant: interpolant, data: arguments[0].tensor, noise: arguments[1].tensor,
      time: arguments[2].tensor, endTime: arguments[3].tensor, fraction: arguments[4].tensor)
    let context = ObjectiveContext(
      flowMap: flow.flowMap(deviation: deviation), sample: sample,
      exactVelocity: flow.given(deviation: data))
    return try evaluate([objective.perSample(context)], arguments)[0]
  }

  @Test(
    "the exact flow map of a Gaussian makes every objective with marginal velocities vanish",
    arguments: marginal)
  func exactFlowMapIsAZero(objective: Objective) throws {
    for kind in InterpolantKind.allCases
    where kind == .linear || !objective.needsLinearInterpolant {
      let residuals = try values(objective, kind, deviation: 0.6, data: 0.6)
      #expect(residuals.allSatisfy { $0 >= 0 && $0 < 1e-26 }, "\(kind) \(residuals)")
    }
  }

  @Test("the flow map of another Gaussian makes those with the exact velocity positive")
  func anotherFlowMapIsNoZero() throws {
    for objective in [Objective.eulerianFull, .eulerianSemi] {
      for kind in InterpolantKind.allCases {
        #expect(try values(objective, kind, deviation: 0.9, data: 0.6).allSatisfy { $0 > 1e-9 })
      }
    }
  }

  @Test(
    "conditional velocities leave a residual even at the exact flow map",
    arguments: [
      Objective.flowMatching, .directFull, .directSemi, .consistencyTraining,
      .stabilizedConsistency,
    ])
  func conditionalNoise(objective: Objective) throws {
    for kind in InterpolantKind.allCases {
      #expect(try values(objective, kind, deviation: 0.6, data: 0.6).allSatisfy { $0 > 1e-6 })
    }
  }

  @Test("full and short names name an objective, and are distinct")
  func names() {
    for objective in Objective.allCases {
      #expect(Objective(named: objective.rawValue) == objective)
      #expect(Objective(named: objective.shortName) == objective)
      #expect(!objective.summary.isEmpty)
    }
    let names = Objective.allCases.flatMap { Set([$0.rawValue, $0.shortName]) }
    #expect(Set(names).count == names.count)
    #expect(Objective(named: "other") == nil)
  }

  @Test("an objective depends on how tangents are computed exactly if it has one")
  func tangents() throws {
    let example = ObjectiveCase(.linear)
    for objective in Objective.allCases {
      let values = try example.values([
        objective.perSample(example.context()),
        objective.perSample(example.context(tangent: .centralDifference(step: 0.05))),
      ])
      #expect((values[0] != values[1]) == objective.hasTangent, "\(objective)")
    }
  }
}
