// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Networks
import Testing
import Training

@testable import Runs

@Suite struct SweepExpansionTests {
  @Test("a grid has every value with every other, the last axis changing fastest")
  func grid() throws {
    let plan = try smallPlan(
      #"""
      "axes": {"configuration.schedule.peak": [0.001, 0.004],
               "configuration.loss.objective": ["directFull", "flowMatching", "improvedSelfDistillation"]},
      "seeds": [3, 9]
      """#)
    #expect(plan.trials.count == 6 && plan.runs.count == 12)
    #expect(
      plan.trials.prefix(2).map(\.name)
        == ["peak-0.001_objective-directFull", "peak-0.001_objective-flowMatching"])
    #expect(plan.runs[1].name == "peak-0.001_objective-directFull/seed-9")
    let last = plan.runs[11].resolved.configuration
    #expect(last.schedule.peak == 0.004 && last.loss.objective == .improvedSelfDistillation)
    #expect(last.seed == 9)
    // What no axis says is the base's.
    #expect(plan.runs.allSatisfy { $0.resolved.configuration.batch == 32 })
  }

  @Test("a value may be a whole object, and a key lie within a choice")
  func objects() throws {
    let plan = try smallPlan(
      #"""
      "axes": {"configuration.times": [{"endAtZero": {}}, {"relaxed": {"a": 2, "b": 1}}],
               "configuration.network.perceptron.width": [4, 5],
               "source": ["two", "ring8"]}
      """#)
    #expect(plan.trials.count == 8)
    let configuration = plan.trials[7].runs[0].resolved.configuration
    #expect(configuration.times == .relaxed(a: 2, b: 1))
    #expect(configuration.network.perceptron?.width == 5)
    #expect(configuration.network.perceptron?.depth == 2)
    #expect(plan.trials[7].runs[0].resolved.source.name == "ring8")
    #expect(plan.trials[7].name == "times-relaxed-a-2-b-1_width-5_source-ring8")
  }

  @Test("draws that come twice are trained once")
  func repeated() throws {
    let plan = try smallPlan(
      #""axes": {"configuration.batch": [16, 32]}, "random": {"draws": 40}"#)
    #expect(plan.trials.count == 2)
  }

  @Test("without an axis there is the base alone, with the seed it has")
  func base() throws {
    let plan = try smallPlan("", settings: #""steps": 9, "seed": 17"#)
    #expect(plan.trials.map(\.name) == ["base"])
    #expect(plan.runs.map(\.name) == ["base/seed-17"])
  }
}
