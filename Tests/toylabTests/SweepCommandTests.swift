// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite(.enabled(if: BuiltTool.path != nil)) struct SweepCommandTests {
  /// Two settings of two seeds; the steps are there to be killed in.
  private static func file(steps: Int) -> Data {
    Data(
      """
      {"base": {"source": "two", "checkpointInterval": 7,
                "configuration": {"batch": 32, "evaluationPoints": 16, "steps": \(steps),
                                  "metricsInterval": 4,
                                  "network": {"perceptron": {"width": 8, "depth": 2}}}},
       "axes": {"configuration.schedule.peak": [0.001, 0.01]}, "seeds": 2}
      """.utf8)
  }

  private func withSweep(steps: Int = 12, _ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try Self.file(steps: steps).write(to: URL(fileURLWithPath: "\(folder)/sweep.json"))
      try body(folder)
    }
  }

  @Test("a sweep tells the best settings, and leaves a table, a picture and ordinary runs")
  func ordinary() throws {
    try withSweep { folder in
      let ending = try BuiltTool.shell("$TOYLAB sweep sweep.json --out s --threads 2", in: folder)
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains("2 settings with 2 seeds, 48 steps in all"))
      #expect(ending.output.contains("12 of 12") && ending.output.contains("±"))
      #expect(ending.output.contains("Written: s/sweep.csv, s/sweep.png"))
      let table = try #require(text(at: "\(folder)/s/sweep.csv"))
      #expect(table.hasPrefix("run,configuration.schedule.peak,seeds,"))
      #expect(FileSystem.exists("\(folder)/s/sweep.png"))

      for (arguments, said) in [
        ("runs s", "s/peak-0.001/seed-0 and 1 more"),
        ("compare s/peak-0.001 s/peak-0.01", "p (Holm)"),
        ("sample s/peak-0.01/seed-1 --count 2", "\n"),
        ("probe spectrum s/peak-0.01/seed-1 --help", "probe"),
        ("train --out s/peak-0.01/seed-1 --resume --threads 1", "Step 12"),
      ] {
        let next = try BuiltTool.shell("$TOYLAB \(arguments)", in: folder)
        #expect(next.code == 0 && next.output.contains(said), "\(arguments): \(next.errors)")
      }
      // There is nothing left to do.
      let again = try BuiltTool.shell("$TOYLAB sweep sweep.json --out s", in: folder)
      #expect(again.code == 0 && again.output.contains("12 of 12"))
    }
  }

  @Test("a dry run lists what would be trained and makes nothing")
  func dryRun() throws {
    try withSweep { folder in
      let before = contents(of: folder)
      let ending = try BuiltTool.shell("$TOYLAB sweep sweep.json --out s --dry-run", in: folder)
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains("s/peak-0.001") && ending.output.contains("0 1"))
      #expect(contents(of: folder) == before)
    }
  }

  @Test("what cannot be trained is refused before a folder is made")
  func refusals() throws {
    try withSweep { folder in
      try Data(#"{"axes": {"configuration.schedule.peek": [1]}}"#.utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/key.json"))
      try Data(#"{"axes": {"configuration.schedule.peak": [-1]}}"#.utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/value.json"))
      try Data(#"{"base": "nowhere/run.json"}"#.utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/base.json"))
      let before = contents(of: folder)
      for (arguments, code, said) in [
        ("key.json --out s", 1, "Did you mean peak?"),
        ("value.json --out s", 64, "configuration.schedule.peak -1 (line 1, column 43)"),
        ("base.json --out s", 1, "nowhere/run.json"), ("none.json --out s", 1, "none.json"),
        ("sweep.json", 64, "--out is missing"), ("--out s", 64, "takes a file"),
      ] as [(String, Int32, String)] {
        let ending = try BuiltTool.shell("$TOYLAB sweep \(arguments)", in: folder)
        #expect(ending.code == code, "\(arguments): \(ending.errors)")
        #expect(ending.errors.contains(said), "\(ending.errors)")
      }
      #expect(contents(of: folder) == before)
    }
  }

  @Test("the base may be the run.json of another run")
  func base() throws {
    try withSweep { folder in
      try Data(#"{"base": "s/peak-0.01/seed-1/run.json", "seeds": [4]}"#.utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/next.json"))
      let ending = try BuiltTool.shell(
        "$TOYLAB sweep sweep.json --out s && $TOYLAB sweep next.json --out t && "
          + "$TOYLAB compare s/peak-0.01 t", in: folder)
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains("Their settings are the same."))
    }
  }

  @Test("a sweep that is killed or interrupted again and again ends with the same bytes")
  func killed() throws {
    try withSweep(steps: 600) { folder in
      let ending = try BuiltTool.shell(
        """
        sweep="$TOYLAB sweep sweep.json --threads 2 --out"
        $sweep whole > log || exit 1
        for attempt in 1 2 3 4 5 6; do
          timeout -s KILL 0.$attempt $sweep killed > log 2>&1
          timeout -s INT 0.$attempt $sweep stopped > log 2>&1; [ $? = 124 -o $? = 0 ] || exit 2
        done
        for folder in killed stopped; do
          $sweep $folder > log || exit 3
          for file in $(cd whole && find . -name 'metrics.jsonl' -o -name '*.safetensors'); do
            cmp whole/$file $folder/$file || exit 4
          done
          [ $(find whole -name '*.safetensors' | wc -l) = $(find $folder -name '*.safetensors' | wc -l) ] || exit 5
          cmp whole/sweep.csv $folder/sweep.csv || exit 6
        done
        """, in: folder)
      #expect(ending.code == 0, "\(ending.output) \(ending.errors)")
    }
  }

  @Test("an interruption ends with its code and says how to go on")
  func interrupted() throws {
    try withSweep(steps: 100_000) { folder in
      let ending = try BuiltTool.shell(
        "$TOYLAB sweep sweep.json --threads 2 --out s & sleep 2; kill -INT $!; wait $!", in: folder)
      #expect(ending.code == 130, "\(ending.errors)")
      #expect(ending.errors.contains("of 400000 steps. The same command goes on."))
      #expect(ending.output.contains("of 100000"))
    }
  }

  @Test("the schema of sweep.json tells its keys")
  func schema() throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell("$TOYLAB sweep --schema", in: folder)
      #expect(ending.code == 0)
      for key in ["base", "axes", "random", "seeds", "halving", "parallel", "metrics"] {
        #expect(ending.output.contains("\"\(key)\""))
      }
    }
  }
}
