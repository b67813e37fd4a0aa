// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

/// What only a process of its own shows.
@Suite(.enabled(if: BuiltTool.path != nil)) struct ProcessTests {
  private static let train =
    "$TOYLAB train --steps 12 --batch 64 --width 8 --depth 2 --metrics-every 6 --evaluation-points 32 "
    + "--threads 1 --out"

  @Test(
    "words that cannot be written end a command with 1 and a message",
    arguments: [
      "--help", "verify --help", "--version", "measure p.csv p.csv --measure sliced",
      "verify --only 1",
    ])
  func lostWords(arguments: String) throws {
    try withTemporaryFolder { folder in
      try Data("x,y\n0,0\n1,1\n2,1\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/p.csv"))
      for place in ["> /dev/full", ">&-"] {
        let ending = try BuiltTool.shell("$TOYLAB \(arguments) \(place)", in: folder)
        #expect(ending.code == 1, "\(place)")
        #expect(ending.errors.contains("Cannot write standard output"))
      }
      let ending = try BuiltTool.shell("$TOYLAB \(arguments)", in: folder)
      #expect(ending.code == 0 && !ending.output.isEmpty)
    }
  }

  @Test("a figure whose words are lost is kept, and the command fails")
  func lostProse() throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell("$TOYLAB figure1 --out f > /dev/full", in: folder)
      #expect(ending.code == 1)
      #expect(FileSystem.exists("\(folder)/f/figure1.png"))
    }
  }

  @Test(
    "what cannot be used ends with 64, what is not there with 1",
    arguments: [
      ("train --target nowhere --out r", 64), ("train --width 0 --out r", 64),
      ("train --objective magic --out r", 64), ("train --deviation -1 --out r", 64),
      ("figure77", 64), ("figure 77", 64), ("nonsense", 64), ("sample none --count 3", 1),
      ("measure none.csv none.csv", 1),
    ])
  func exitCodes(arguments: String, code: Int32) throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell("$TOYLAB \(arguments)", in: folder)
      #expect(ending.code == code, "\(ending.errors)")
      #expect(!ending.errors.isEmpty)
      if arguments.hasPrefix("figure") {
        #expect(ending.errors.contains("3  Degenerate solutions"))
      }
    }
  }

  @Test("a run is the same up to rounding with every instruction set that the machine has")
  func instructionSets() throws {
    try withTemporaryFolder { folder in
      var losses: [[Double]] = []
      for set in InstructionSet.available {
        let ending = try BuiltTool.shell(
          "\(Self.train) \(set)", in: folder, environment: [InstructionSet.variable: "\(set)"])
        #expect(ending.code == 0, "\(set): \(ending.errors)")
        let lines = (text(at: "\(folder)/\(set)/metrics.jsonl") ?? "").split(separator: "\n")
        losses.append(
          try lines.map {
            try #require(JSON.decode([String: Double].self, from: Data($0.utf8))["loss"])
          })
      }
      for other in losses {
        #expect(other.count == 3)
        for (one, two) in zip(losses[0], other) { #expect(abs(one - two) < 1e-4 * abs(one)) }
      }
    }
  }

  @Test(
    "claims hold with every instruction set that the machine has",
    arguments: InstructionSet.available)
  func claims(set: InstructionSet) throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell(
        "$TOYLAB verify --only 1,2,3", in: folder,
        environment: [InstructionSet.variable: "\(set)"])
      #expect(ending.code == 0, "\(ending.output) \(ending.errors)")
    }
  }

  @Test("an instruction set that does not exist is refused by name")
  func unknownInstructionSet() throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell(
        "$TOYLAB --version", in: folder, environment: [InstructionSet.variable: "sse9"])
      #expect(ending.code == 64)
      #expect(ending.errors.contains("sse9") && ending.errors.contains("plain"))
    }
  }

  #if os(Linux)
    @Test(
      "where the system has no more threads a run goes on with fewer, and its results are the same")
    func fewThreads() throws {
      try withTemporaryFolder { folder in
        let few = try BuiltTool.shell("\(Self.train) one", in: folder)
        let limited = try BuiltTool.shell(
          "ulimit -v 4000000; \(Self.train) two --threads 1000", in: folder)
        #expect(few.code == 0 && limited.code == 0, "\(limited.errors)")
        #expect(limited.errors.contains("refuses 1000 threads"))
        let checkpoint = "checkpoints/step-000012.safetensors"
        #expect(
          FileManager.default.contents(atPath: "\(folder)/one/metrics.jsonl")
            == FileManager.default.contents(atPath: "\(folder)/two/metrics.jsonl"))
        #expect(FileSystem.exists("\(folder)/two/\(checkpoint)"))
      }
    }
  #endif

  #if os(Linux)
    @Test("a quit signal is not caught: no report of a crash is written while a run goes on")
    func quit() throws {
      try withTemporaryFolder { folder in
        let ending = try BuiltTool.shell(
          "$TOYLAB train --steps 1000000 --batch 64 --width 8 --depth 2 --threads 1 --out r & "
            + "id=$!; for i in $(seq 100); do [ -s r/metrics.jsonl ] && break; sleep 0.1; done; "
            + "grep SigCgt /proc/$id/status; kill -KILL $id; wait $id", in: folder,
          environment: ["SWIFT_BACKTRACE": "enable=yes"])
        let line = ending.output.split(separator: "\n").first { $0.hasPrefix("SigCgt") } ?? ""
        let caught = try #require(UInt64(line.suffix(16), radix: 16))
        #expect(caught & 1 << UInt64(SIGQUIT - 1) == 0)
      }
    }
  #endif

  @Test("a command killed while it writes leaves nothing of its file")
  func killedWrite() throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell(
        "\(Self.train) r && { $TOYLAB sample r --count 10000000 --out o.csv & id=$!; sleep 2; "
          + "kill -KILL $id; wait $id; }", in: folder)
      #expect(ending.code == 128 + SIGKILL)
      let left = try FileSystem.names(in: folder).filter { $0.contains("o.csv") }
      #expect(left.isEmpty, "\(left)")
    }
  }

  @Test(
    "a pipe or a device inside a run is refused at once",
    arguments: ["run.json", "metrics.jsonl", "state.json"])
  func pipesInRuns(name: String) throws {
    try withTemporaryFolder { folder in
      let made = try BuiltTool.shell(
        "\(Self.train) r && rm r/\(name) && mkfifo r/\(name)", in: folder)
      #expect(made.code == 0)
      let resumed = try BuiltTool.shell("timeout 20 $TOYLAB train --out r --resume", in: folder)
      #expect(resumed.code == 1 && resumed.errors.contains("pipe"), "\(resumed.errors)")
    }
  }

  @Test("a checkpoint that does not end is not read to its end")
  func endlessCheckpoints() throws {
    try withTemporaryFolder { folder in
      let made = try BuiltTool.shell("\(Self.train) r", in: folder)
      #expect(made.code == 0)
      let checkpoint = "r/checkpoints/step-000012.safetensors"
      let long = try BuiltTool.shell(
        "truncate -s 20G \(checkpoint); timeout 20 $TOYLAB sample r --count 2", in: folder)
      #expect(long.code == 1 && long.errors.contains("damaged"), "\(long.errors)")
      let endless = try BuiltTool.shell(
        "rm \(checkpoint); ln -s /dev/zero \(checkpoint); timeout 20 $TOYLAB sample r --count 2",
        in: folder)
      #expect(endless.code == 1 && endless.errors.contains("device"), "\(endless.errors)")
    }
  }

  @Test("a source through a pipe is refused with the reason")
  func pipedSource() throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell("$TOYLAB figure1 --target <(echo {})", in: folder)
      #expect(ending.code == 1 && ending.errors.contains("a pipe"), "\(ending.errors)")
    }
  }
}
