// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@testable import Runs

@Suite struct SweepTests {
  @Test("a file says what is varied, and leaves out what it does not")
  func reading() throws {
    let empty = try plan(of: "{}").sweep
    #expect(empty.axes.isEmpty && empty.expansion == .grid && empty.halving == nil)
    #expect(empty.seeds == nil && empty.better == .lower && empty.metric == nil)
    let full = try plan(
      of: """
        {"base": {"configuration": {"steps": 100, "metricsInterval": 10}}, "seeds": [4, 2],
         "axes": {"configuration.schedule.peak": {"from": 1e-4, "to": 1e-2, "scale": "log"}},
         "random": {"draws": 3, "seed": 18446744073709551615},
         "metrics": ["slicedWasserstein", "flowMapError"],
         "halving": {"rungs": [10, 30], "keep": 0.5, "metric": "flowMapError", "better": "higher"},
         "parallel": {"runs": 2, "threads": 3}}
        """
    ).sweep
    #expect(full.expansion == .draws(3, seed: .max))
    #expect(full.seeds == [4, 2])
    #expect(full.halving == SweepHalving(rungs: [10, 30], keep: 0.5))
    #expect(full.metric == "flowMapError" && full.better == .higher)
    #expect(full.parallelRuns == 2 && full.runThreads == 3)
    #expect(try plan(of: #"{"seeds": 3}"#).sweep.seeds == [0, 1, 2])
  }

  /// Files, and what must stand in the refusal of each: the place and what is accepted.
  static let refused: [(text: String, said: [String])] = [
    (#"{"axis": {}}"#, ["sweep.json, line 1", "\"axis\"", "Did you mean axes?"]),
    (
      #"{"base": {"configuration": {"bach": 3}}}"#,
      ["base.configuration", "no key \"bach\"", "Did you mean batch?"]
    ),
    (
      #"{"axes": {"configuration.schedule.peek": [1]}}"#,
      ["sweep.json, line 1, column 11, configuration.schedule", "peek", "Did you mean peak?"]
    ),
    (
      #"{"axes": {"schedule.peak": [1]}}"#,
      ["schedule.peak cannot be used; accepted is configuration.schedule.peak"]
    ),
    (
      #"{"axes": {"configuration.schedule.peak": [0.1, "fast"]}}"#,
      ["column 48, configuration.schedule.peak", "found a text; accepted is a number"]
    ),
    (
      #"{"axes": {"configuration.batch": [32, 1.5]}}"#,
      ["column 39, configuration.batch", "accepted is a whole number"]
    ),
    (
      #"{"axes": {"configuration.loss.objective": ["isd"]}}"#,
      ["configuration.loss.objective: \"isd\" is none of the names", "improvedSelfDistillation"]
    ),
    (
      #"{"axes": {"configuration.schedule.peak": [0.1, -1], "configuration.batch": [8, 9]}}"#,
      ["configuration.schedule.peak -1 (line 1, column 48): learning rate", "accepted is a finite"]
    ),
    (
      #"{"axes": {"configuration.decays": ["matrices"], "configuration.batch": [8, 9]}}"#,
      ["configuration.decays matrices (line 1, column 36): decayed parameters"]
    ),
    (
      #"""
      {"axes": {"configuration.schedule.warmUpSteps": [20], "configuration.steps": [10]},
       "base": {"configuration": {"steps": 30}}}
      """#,
      [
        "configuration.schedule.warmUpSteps 20 (line 1, column 50) with configuration.steps 10",
        "warm-up",
      ]
    ),
    (#"{"axes": {"configuration.seed": [1, 2]}}"#, ["configuration.seed", "accepted is seeds"]),
    (#"{"axes": {"threads": [1, 2]}}"#, ["threads", "parallel.threads"]),
    (#"{"axes": {"configuration.batch": []}}"#, ["axes.configuration.batch", "one value or more"]),
    (#"{"axes": {"configuration.batch": 8}}"#, ["axes.configuration.batch", "a list of values"]),
    (
      #"{"axes": {"configuration.schedule.peak": [1e-3, 0.001]}}"#,
      ["column 49", "0.001 cannot be used; accepted is each value once"]
    ),
    (
      #"{"axes": {"configuration.schedule.peak": {"from": 1, "to": 2}}}"#,
      ["a range cannot be used", "\"random\""]
    ),
    (
      #"{"random": {"draws": 2}, "axes": {"configuration.loss.objective": {"from": 1, "to": 2}}}"#,
      ["a range cannot be used; accepted is a list of values"]
    ),
    (
      #"""
      {"random": {"draws": 2},
       "axes": {"configuration.schedule.peak": {"from": 0, "to": 2, "scale": "log"}}}
      """#,
      ["line 2, column 51", "axes.configuration.schedule.peak.from: 0 cannot", "above 0"]
    ),
    (
      #"{"random": {"draws": 2}, "axes": {"configuration.batch": {"from": 8.5, "to": 20}}}"#,
      ["axes.configuration.batch.from: 8.5 cannot be used; accepted is a whole number"]
    ),
    (
      #"{"random": {"draws": 2}, "axes": {"configuration.batch": {"from": 30, "to": 20}}}"#,
      ["axes.configuration.batch.to: 20 cannot be used; accepted is a number above 30"]
    ),
    (#"{"random": {"draws": 0}}"#, ["random.draws: 0", "from 1 to 10000"]),
    (#"{"seeds": []}"#, ["seeds", "different seeds, or how many"]),
    (#"{"seeds": [1, 1]}"#, ["seeds", "different seeds"]),
    (#"{"seeds": 0}"#, ["seeds: 0", "from 1 to 10000"]),
    (#"{"seeds": [-1]}"#, ["seeds: -1", "2^64 - 1"]),
    (#"{"halving": {"rungs": [100]}}"#, ["halving.keep: nothing"]),
    (#"{"halving": {"rungs": [100], "keep": 1}}"#, ["halving.keep: 1", "below 1"]),
    (#"{"halving": {"rungs": [100, 50], "keep": 0.5}}"#, ["halving.rungs", "larger than"]),
    (
      #"{"halving": {"rungs": [70], "keep": 0.5}}"#,
      ["halving.rungs 70", "multiples of metricsInterval, 50, below the 1000 steps"]
    ),
    (#"{"halving": {"rungs": [1000], "keep": 0.5}}"#, ["halving.rungs 1000", "below the 1000"]),
    (
      #"{"halving": {"rungs": [50], "keep": 0.5}, "axes": {"configuration.steps": [100, 200]}}"#,
      ["configuration.steps", "halving"]
    ),
    (
      #"{"metrics": ["slicedWaserstein"]}"#,
      ["metric slicedWaserstein", "Did you mean slicedWasserstein?"]
    ),
    (
      #"{"metrics": ["average.0.9/flowMapError"]}"#,
      ["metric average.0.9/flowMapError", "do not measure"]
    ),
    (#"{"better": "smaller"}"#, ["better", "\"smaller\"", "lower, higher"]),
    (#"{"parallel": {"runs": 0}}"#, ["parallel.runs: 0", "from 1 to 1024"]),
  ]

  @Test("what cannot be trained is refused with its place and what is accepted", arguments: refused)
  func refusals(text: String, said: [String]) {
    let refusal = refusal(of: text)
    for part in said { #expect(refusal?.contains(part) == true, "\(refusal ?? "accepted")") }
  }

  @Test("a grid of too many settings is refused before it is made")
  func tooMany() {
    let list = "[" + (1...300).map(String.init).joined(separator: ", ") + "]"
    let text = "{\"axes\": {\"configuration.batch\": \(list), \"configuration.steps\": \(list)}}"
    #expect(refusal(of: text)?.contains("at most 10000 settings") == true)
  }
}
