// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Plotting
import Runs
import TestSupport
import Testing

@testable import toylab

@Suite struct SweepPictureTests {
  /// The panels of the picture of a sweep that is trained for it.
  private func panels(_ members: String) throws -> [Panel] {
    let text = """
      {"base": {"source": "two",
                "configuration": {"batch": 16, "evaluationPoints": 16, "steps": 4,
                                  "metricsInterval": 2,
                                  "network": {"perceptron": {"width": 4, "depth": 1}}}},
       \(members)}
      """
    let sweep = try Sweep(JSONDocument(data: Data(text.utf8), path: "sweep.json"))
    let plan = try SweepPlan(sweep) {
      try .withDefaults($0, threads: 1)
    } source: {
      try ResolvedRun.Source(named: $0 ?? "four")
    }
    return try withTemporaryFolder { folder in
      let training = try SweepTraining(plan, in: "\(folder)/sweep", threads: 2)
      #expect(SweepPicture(try training.standing()).figure == nil)
      _ = try training.train()
      let figure = try #require(SweepPicture(try training.standing()).figure)
      try figure.write(to: "\(folder)/sweep.png", format: .png)
      return figure.grids.flatMap(\.cells).map(\.panel)
    }
  }

  private func bars(_ panel: Panel) -> [ErrorBars] {
    panel.layers.compactMap { layer in
      guard case .errorBars(let bars) = layer else { return nil }
      return bars
    }
  }

  @Test("a number stands against a numeric axis with error bars, a line for each other value")
  func curves() throws {
    let panels = try panels(
      #"""
      "axes": {"configuration.loss.objective": ["directFull", "flowMatching"],
               "configuration.schedule.peak": [0.1, 0.001, 0.01]}, "seeds": 2,
      "metrics": ["slicedWasserstein", "loss"]
      """#)
    #expect(panels.map(\.y.label) == ["sliced $W$_2", "loss"])
    #expect(panels[0].x.label == "peak" && panels[0].x.scale == .log10)
    let bars = bars(panels[0])
    #expect(bars.map(\.label) == ["directFull", "flowMatching"])
    #expect(bars.allSatisfy { $0.x == [0.001, 0.01, 0.1] && $0.errors.allSatisfy { $0 > 0 } })
  }

  @Test("two numeric axes make a map of cells; what diverged has no number")
  func heatMap() throws {
    let panels = try panels(
      #"""
      "axes": {"configuration.schedule.peak": [0.001, 0.01, 1e30],
               "configuration.batch": [8, 16]}, "metrics": ["slicedWasserstein"]
      """#)
    guard panels.count == 1, case .heatMap(let map) = panels[0].layers[0] else {
      return #expect(Bool(false), "\(panels)")
    }
    #expect(map.grid.columns == 3 && map.grid.rows == 2)
    #expect(map.grid.values.map(\.isFinite) == [true, true, false, true, true, false])
    #expect(panels[0].x.ticks == .at([Tick(0, "0.001"), Tick(1, "0.01"), Tick(2, "1e+30")]))
    #expect(panels[0].y.label == "batch")
  }

  @Test("drawn settings stand against each numeric axis; with halving, by the step they came to")
  func draws() throws {
    let panels = try panels(
      #"""
      "axes": {"configuration.schedule.peak": {"from": 1e-4, "to": 1e-2, "scale": "log"},
               "configuration.batch": {"from": 8, "to": 20}}, "random": {"draws": 4},
      "metrics": ["slicedWasserstein"], "halving": {"rungs": [2], "keep": 0.5}
      """#)
    #expect(panels.map(\.x.label) == ["peak", "batch"])
    for panel in panels {
      #expect(bars(panel).map(\.label) == ["step 2", "step 4"])
      #expect(bars(panel).map(\.x.count) == [2, 2])
    }
  }

  @Test("settings without numbers stand side by side under their names")
  func categories() throws {
    let panels = try panels(
      #""axes": {"configuration.times": [{"endAtZero": {}}, {"uniformTriangle": {}}]}, "seeds": 2"#)
    #expect(panels[0].x.ticks == .at([Tick(0, "endAtZero"), Tick(1, "uniformTriangle")]))
    #expect(bars(panels[0]).map(\.x) == [[0, 1]])
  }
}
