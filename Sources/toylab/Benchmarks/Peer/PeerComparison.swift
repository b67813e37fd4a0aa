// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation

/// One item measured here and by a peer in alternation, on the same machine and threads.
struct PeerComparison: Sendable, Equatable {
  /// The item's name.
  let name: String
  let threads: Int
  let form: PeerForm
  /// Milliseconds a step, pair by pair.
  let pairs: [Pair]

  /// Milliseconds a step of two samples taken one after the other.
  struct Pair: Sendable, Equatable {
    let ours: Double
    let theirs: Double
  }

  /// Milliseconds a step.
  var ourMedian: Double { pairs.map(\.ours).median }
  var theirMedian: Double { pairs.map(\.theirs).median }
  /// The median over pairs of the peer's time over ours: above 1, ours is faster.
  var ratio: Double { pairs.map { $0.theirs / $0.ours }.median }
  /// The smallest and the largest ratio of a pair.
  var ratioRange: ClosedRange<Double> {
    let ratios = pairs.map { $0.theirs / $0.ours }
    return (ratios.min() ?? 0)...(ratios.max() ?? 0)
  }

  /// The columns of ``row``.
  static let header = [
    "item", "threads", "form", "ours ms", "peer ms", "ratio", "lowest", "highest",
  ]

  /// One row of text.
  var row: [String] {
    func ratioText(_ value: Double) -> String { String(format: "%.2f", value) }
    return [
      name, "\(threads)", form.rawValue, millisecondText(ourMedian), millisecondText(theirMedian),
      ratioText(ratio), ratioText(ratioRange.lowerBound), ratioText(ratioRange.upperBound),
    ]
  }
}

extension Benchmark {
  /// Measures every item here and by a peer program, a process for each number of threads, in alternating
  /// pairs. The first process is asked for losses and gradients before, which must be ours.
  ///
  /// - Parameters:
  ///   - python: the Python that has the peer's library.
  ///   - script: the peer program.
  ///   - onComparison: called with the number of comparisons made and the name of the next.
  /// - Returns: the comparisons, and the peer library's name and version.
  /// - Throws: ``PeerError``, or what the items throw.
  func compare(
    python: String, script: String, onComparison: (Int, String) -> Void = { _, _ in }
  ) throws -> (comparisons: [PeerComparison], library: String) {
    var comparisons: [PeerComparison] = []
    var library = ""
    for threads in threads {
      let peer = try PeerProcess(python: python, script: script, threads: threads)
      library = peer.libraryName
      if threads == self.threads.first { try checkAgreement(with: peer) }
      let pool = WorkerPool(threads: threads)
      for item in items {
        let timer = try BenchmarkTimer(
          try item.makeWork(pool: pool), sampleDuration: sampleDuration)
        for form in PeerForm.forms(of: item) {
          onComparison(comparisons.count, "\(item.name) on \(threads) (\(form.rawValue))")
          comparisons.append(
            try compare(item, with: peer, timer: timer, form: form, threads: threads))
        }
      }
      peer.quit()
    }
    return (comparisons, library)
  }

  private func compare(
    _ item: BenchmarkItem, with peer: PeerProcess, timer: BenchmarkTimer, form: PeerForm,
    threads: Int
  ) throws -> PeerComparison {
    try peer.prepare(PeerPreparation(item, form: form, steps: timer.stepsPerSample))
    _ = try timer.sample()
    let pairs = try (0..<repetitions).map { _ in
      let ours = try timer.sample()
      return PeerComparison.Pair(ours: ours, theirs: try peer.run(item.name, form: form))
    }
    return PeerComparison(name: item.name, threads: threads, form: form, pairs: pairs)
  }
}
