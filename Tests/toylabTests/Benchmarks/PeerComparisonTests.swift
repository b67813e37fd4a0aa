// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct PeerComparisonTests {
  private let benchmark: Benchmark

  init() throws {
    benchmark = Benchmark(
      items: [try BenchmarkItem.named("isd-8@16")], threads: [2], repetitions: 3,
      sampleDuration: .milliseconds(1))
  }

  /// Compares with a shell script that stands for the peer and keeps what it was asked.
  private func compare(_ script: String, lossFactor: Double = 1) throws -> (
    comparisons: [PeerComparison], library: String, requests: [String]
  ) {
    try withTemporaryFolder { folder in
      let path = "\(folder)/peer.sh"
      try Data("FOLDER='\(folder)'\nLOG=\"$FOLDER/requests\"\n\(script)".utf8).write(
        to: URL(fileURLWithPath: path))
      let agreement = try #require(try PeerAgreement(benchmark.items[0]))
      let answer = PeerGradient(
        loss: agreement.expected.loss * lossFactor, gradient: agreement.expected.gradient)
      try (JSONEncoder().encode(answer) + Data("\n".utf8))
        .write(to: URL(fileURLWithPath: "\(folder)/gradient"))
      let (comparisons, library) = try benchmark.compare(python: "/bin/sh", script: path)
      let requests = text(at: "\(folder)/requests")?.split(separator: "\n").map { String($0) }
      return (comparisons, library, requests ?? [])
    }
  }

  private static let faithful = """
    [ "$1" = --threads ] || exit 2
    echo '{"ready": true, "name": "shell 1", "threads": '"$2"'}'
    while read -r line; do
      case "$line" in *check*) cat "$FOLDER/gradient"; continue ;; esac
      echo "$line" >> "$LOG"
      case "$line" in
        *prepare*) echo '{"prepared": "isd-8@16", "loss": 1.5}' ;;
        *run*scan*|*scan*run*) echo '{"name": "isd-8@16", "form": "scan", "seconds": 0.5, "steps": 4}' ;;
        *run*) echo '{"name": "isd-8@16", "form": "step", "seconds": 3, "steps": 4}' ;;
        *quit*) exit 0 ;;
      esac
    done
    """

  @Test("both forms are run in as many pairs as asked, and the times are the peer's")
  func pairs() throws {
    let (comparisons, library, requests) = try compare(Self.faithful)
    #expect(library == "shell 1")
    #expect(comparisons.map(\.form) == [.scan, .step])
    #expect(comparisons.allSatisfy { $0.pairs.count == 3 && $0.threads == 2 })
    #expect(comparisons.map(\.theirMedian) == [125, 750])
    for comparison in comparisons {
      #expect(comparison.ratioRange.contains(comparison.ratio))
      #expect(comparison.pairs.allSatisfy { $0.ours > 0 })
    }
    #expect(requests.count == 9)
    #expect(requests.last == #"{"quit":true}"#)
    #expect(requests[1] == #"{"run":{"form":"scan","name":"isd-8@16"}}"#)
    struct Request: Decodable {
      struct Work: Decodable {
        let kind: String
        let width: Int
        let depth: Int
        let activation: String
      }
      struct Preparation: Decodable {
        let name: String
        let batch: Int
        let form: String
        let steps: Int
        let work: Work
      }
      let prepare: Preparation
    }
    let prepare = try JSONDecoder().decode(Request.self, from: Data(requests[0].utf8)).prepare
    #expect(prepare.name == "isd-8@16" && prepare.work.kind == "isd" && prepare.form == "scan")
    #expect(prepare.work.width == 8 && prepare.work.depth == 3 && prepare.batch == 16)
    #expect(prepare.work.activation == "silu" && prepare.steps > 0)
  }

  @Test("a peer's loop is measured where it has no convolutions")
  func forms() throws {
    for name in ["isd-64", "hvp-64", "tit-tiny"] {
      #expect(PeerForm.forms(of: try BenchmarkItem.named(name)) == [.scan, .step])
    }
    for name in ["unet-tiny", "conv-14x64"] {
      #expect(PeerForm.forms(of: try BenchmarkItem.named(name)) == [.step])
    }
  }

  @Test("the ratio is the median over pairs of the peer's time over ours")
  func ratio() {
    let comparison = PeerComparison(
      name: "isd-64", threads: 1, form: .scan,
      pairs: [(2, 4), (2, 3), (1, 3)].map { .init(ours: $0, theirs: $1) })
    #expect(comparison.ratio == 2 && comparison.ratioRange == 1.5...3)
    #expect(
      comparison.row == ["isd-64", "1", "scan", "2.00", "3.00", "2.00", "1.50", "3.00"])
  }

  @Test("an error of the peer names the request")
  func refusal() {
    let script = """
      echo '{"ready": true, "name": "shell", "threads": 2}'
      read -r line; cat "$FOLDER/gradient"
      while read -r line; do echo '{"error": "no such width"}'; done
      """
    #expect(
      throws: PeerError.refused(request: "prepare isd-8@16 (scan)", text: "no such width")
    ) { try compare(script) }
  }

  @Test("a peer with another loss is refused before anything is timed")
  func disagreement() throws {
    let error = #expect(throws: PeerError.self) {
      try compare(Self.faithful, lossFactor: 1.001)
    }
    guard case .disagrees(let item, "loss", let difference, 1e-5) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(item == "isd, 3 layers of silu" && Swift.abs(difference - 1e-3) < 1e-9)
  }

  @Test("a peer that ends at once is reported with its last words and how to get JAX")
  func ended() {
    let error = #expect(throws: PeerError.self) {
      try compare("echo \"ModuleNotFoundError: No module named 'jax'\" >&2; exit 1")
    }
    let words = error.map { "\($0)" } ?? ""
    #expect(words.contains("No module named 'jax'") && words.contains("-m pip install jax"))
  }

  @Test("an answer that is no JSON is refused")
  func nonsense() {
    #expect(throws: PeerError.refused(request: "start", text: "it answered hello")) {
      try compare("echo hello")
    }
  }

  @Test("a missing script and a missing Python are told apart")
  func missing() throws {
    #expect(throws: PeerError.noScript(path: "none/peer.py")) {
      try benchmark.compare(python: "/bin/sh", script: "none/peer.py")
    }
    try withTemporaryFolder { folder in
      let path = "\(folder)/peer.py"
      try Data().write(to: URL(fileURLWithPath: path))
      for python in ["\(folder)/python", "toylab-has-no-such-python", folder] {
        #expect(throws: PeerError.noPython(path: python)) {
          try benchmark.compare(python: python, script: path)
        }
      }
    }
  }
}
