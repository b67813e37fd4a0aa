// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Foundation
import GroundTruth
import Measures
import Networks
import Training

// The training program of figure 0: what each pass leaves of it, what that is worth, and where the time goes.

extension FromTensorToKernel {
  /// The default training step, taken apart.
  struct TrainingProgram: Codable {
    let source: String
    let width: Int
    let depth: Int
    let batch: Int
    let blockRows: Int
    let elementSize: Int
    /// Runs behind each time, of which so many in a row.
    let runs, repetitions: Int
    let passes: [PassRow]
    /// Instructions by kind, after fusion.
    let instructionCounts: [String: Int]
    /// Bytes of the values of a block after fusion, each in memory of its own.
    let fusedBytes: Int
    /// The same after the plan.
    let plannedBytes: Int
    let lines: [InstructionLine]
    /// The largest relative change of the gradient against the program as traced.
    let drift: Double
    /// Whether 1, 2 and 3 threads give the same bits.
    let isSameForAnyThreads: Bool
  }

  /// The program after a pass.
  struct PassRow: Codable {
    let pass: CompilationPass
    let counts: [String: Int]
    let deadEquations: Int
    /// Bytes of the values of a block, each in memory of its own.
    let valueBytes: Int
    /// Time of a run, compiled after this pass, over that after all passes: the quickest of a round each.
    let relativeTime: Estimate

    /// Equations that compute or move something.
    var work: Int {
      WorkKind.allCases.filter(\.isWork).reduce(0) { $0 + (counts[$1.rawValue] ?? 0) }
    }
  }

  /// Instructions that do the same work, together.
  struct InstructionLine: Codable {
    let name: String
    let kind: WorkKind
    let count: Int
    /// Of the time of a run.
    let share: Estimate
  }

  static func measure<Scalar: TrainingScalar>(
    _ source: GaussianMixture, _ session: WalkthroughSession, as type: Scalar.Type
  ) throws -> TrainingProgram {
    let step = CompiledStep<Scalar>(source, seed: session.seed)
    let executables = CompilationPass.allCases.map { step.compiled(upTo: $0, threads: 1) }
    let gradients = try executables.map { try step.gradient(of: $0) }
    let (rounds, repetitions) = session.isThorough ? (100, 10) : (30, 5)

    // Runs of all programs take turns, so that a machine that slows down slows all of them; the quickest of a round is
    // one that nothing else interrupted.
    let clock = ContinuousClock()
    var times = [[Double]](repeating: [], count: executables.count)
    for _ in 0..<rounds {
      for (index, executable) in executables.enumerated() {
        let runs = try (0..<repetitions).map { _ -> Double in
          let start = clock.now
          try executable.run()
          return (clock.now - start) / .microseconds(1)
        }
        times[index].append(runs.min() ?? .nan)
      }
    }
    let last = executables[executables.count - 1]
    let profiles = try (0..<rounds).map { _ in try last.profile(repetitions: repetitions) }
    let threaded = try (1...3).map {
      try step.gradient(of: step.compiled(upTo: .collection, threads: $0))
    }

    let size = MemoryLayout<Scalar>.stride
    let report = CompilationReport(
      step.trace(last.blockRows), rows: step.configuration.batch, elementSize: size)
    let passes = report.stages.enumerated().map { index, stage in
      PassRow(
        pass: stage.pass, counts: stage.program.equationCounts, deadEquations: stage.deadEquations,
        valueBytes: stage.program.valueElements * size,
        relativeTime: Estimate(meanOf: zip(times[index], times[times.count - 1]).map { $0 / $1 }))
    }
    return TrainingProgram(
      source: source.name, width: step.network.width, depth: step.network.depth,
      batch: step.configuration.batch, blockRows: last.blockRows, elementSize: size,
      runs: rounds * repetitions, repetitions: repetitions, passes: passes,
      instructionCounts: Dictionary(grouping: report.instructions) {
        WorkKind(instruction: $0).rawValue
      }.mapValues(\.count), fusedBytes: report.valueElements * size,
      plannedBytes: report.arenaElements * size, lines: lines(profiles),
      drift: gradients.map { error($0, gradients[0]) }.max() ?? .nan,
      isSameForAnyThreads: threaded.allSatisfy { $0 == threaded[0] })
  }

  /// Equal instructions added up, the slowest first.
  private static func lines(_ profiles: [ExecutionProfile]) -> [InstructionLine] {
    let shares = profiles.map { profile -> [Double] in
      let times = profile.entries.map { $0.time / .nanoseconds(1) }
      let total = times.reduce(0) { $0 + $1 }
      return times.map { $0 / total }
    }
    let summaries = profiles[0].entries.map(\.summary)
    return Dictionary(grouping: summaries.indices) { name(summaries[$0]) }.map { name, members in
      InstructionLine(
        name: name, kind: WorkKind(instruction: name), count: members.count,
        share: Estimate(meanOf: shares.map { row in members.reduce(0) { $0 + row[$1] } }))
    }.sorted { ($1.share.value, $0.name) < ($0.share.value, $1.name) }
  }

  /// A summary without what is particular to one instruction of its kind: how many operations, where it goes.
  private static func name(_ summary: String) -> String {
    String(summary.prefix { $0 != ":" }).replacing(", accumulated", with: "")
  }
}

// MARK: - Tables and claims

extension FromTensorToKernel.TrainingProgram {
  /// All instructions.
  var instructionCount: Int { instructionCounts.values.reduce(0, +) }
}

extension CompilationPass {
  /// What the pass has done, in a few words.
  var title: String {
    switch self {
    case .tracing: return "as traced"
    case .commonSubexpressions: return "equal values shared"
    case .constantFolding: return "constants folded"
    case .algebra: return "algebra"
    case .stretching: return "stretched late"
    case .transposes: return "transposes folded"
    case .collection: return "terms collected"
    }
  }
}

extension FromTensorToKernel {
  static func passes(_ data: TrainingProgram) -> String {
    let kinds = WorkKind.allCases.filter(\.isWork)
    func cells(_ counts: [String: Int]) -> [String] {
      kinds.map { counts[$0.rawValue].map { "\($0)" } ?? "" }
    }
    let rows = data.passes.map { row in
      [row.pass.title] + cells(row.counts)
        + [
          "\(row.work)", "\(row.deadEquations)", "\(kibibytes(row.valueBytes))",
          row.relativeTime.description,
        ]
    }
    let fused =
      ["fused"] + cells(data.instructionCounts)
      + ["\(data.instructionCount)", "", "\(kibibytes(data.fusedBytes))", ""]
    let planned =
      ["memory planned"] + kinds.map { _ in "" } + ["", "", "\(kibibytes(data.plannedBytes))", ""]
    let idle = zip(data.passes, data.passes.dropFirst()).filter { $0.counts == $1.counts }
    return """
      The same for a real program: a training step of the default network (\(data.depth) × \(data.width), iSD, \
      batch \(data.batch)), its loss and
      gradient for a block of \(data.blockRows) rows. A pass stands for those above it as well; in the end equations are \
      fused to
      instructions. Dead: what the pass wrote and nothing needs, swept away. Time: a run of what is compiled after
      this pass, over a run after all, the quickest of \(data.repetitions) in each of \(data.runs / data.repetitions) rounds.
      Nothing to do here for: \
      \(idle.isEmpty ? "none" : idle.map(\.1.pass.title).joined(separator: ", ")).


      """
        + textTable(
          ["after"] + kinds.map(\.title) + ["all", "dead", "KiB of values", "time, relative"],
          rows + [fused, planned]) + "\n"
  }

  static func instructions(_ data: TrainingProgram) -> String {
    let shown = data.lines.prefix(8)
    let others = data.lines.dropFirst(8)
    return textTable(
      ["instruction", "count", "share of a run, %"],
      shown.map { [$0.name, "\($0.count)", percent($0.share).description] }
        + [
          [
            "all others", "\(others.reduce(0) { $0 + $1.count })",
            digits(100 * others.reduce(0.0) { $0 + $1.share.value }),
          ]
        ])
      + "\n\n  Sizes of products: rows x inner x columns. Shares of one thread, a clock read after every instruction; "
      + "\(data.runs) runs.\n"
  }

  static func claims(_ data: TrainingProgram) -> [Claim] {
    let (first, last) = (data.passes[0], data.passes[data.passes.count - 1])
    let pays = zip(data.passes, data.passes.dropFirst()).filter { before, after in
      before.relativeTime.isShown(above: after.relativeTime)
    }
    let products = data.lines.filter { $0.kind == .product }.reduce(0) { $0 + $1.share.value }
    return [
      Claim(
        statement: "Passes do not change the gradient of the training step beyond rounding.",
        isShown: data.drift < (data.elementSize == 4 ? 1e-5 : 1e-13),
        evidence:
          "largest relative change \(digits(data.drift)) with numbers of \(data.elementSize) bytes"),
      Claim(
        statement: "Gradients are the same bits for 1, 2 and 3 threads.",
        isShown: data.isSameForAnyThreads, evidence: "compared element by element"),
      Claim(
        statement: "No pass leaves more work than it found.",
        isShown: zip(data.passes, data.passes.dropFirst()).allSatisfy { $0.work >= $1.work },
        evidence: "equations: " + data.passes.map { "\($0.work)" }.joined(separator: ", ")
          + "; instructions: \(data.instructionCount)"),
      Claim(
        statement: "The passes pay: a step runs faster for them.",
        isShown: first.relativeTime.isShown(above: 1),
        evidence:
          "as traced it takes \(first.relativeTime) times as long; faster by \(shownErrorsText) than "
          + "the pass before: "
          + (pays.isEmpty ? "none" : pays.map(\.1.pass.title).joined(separator: ", "))),
      Claim(
        statement: "Fused to instructions that share memory, values take less than half of theirs.",
        isShown: 2 * data.plannedBytes < last.valueBytes,
        evidence:
          "\(kibibytes(last.valueBytes)) KiB of values, \(kibibytes(data.fusedBytes)) once fused, "
          + "\(kibibytes(data.plannedBytes)) in the plan"),
      Claim(
        statement: "Matrix products take more than half of a run.",
        isShown: products > 0.5,
        evidence: "\(digits(100 * products)) %"),
    ]
  }

  /// Bytes in the unit of the figure.
  static func kibibytes(_ bytes: Int) -> Int { Int((Double(bytes) / 1024).rounded()) }

  private static func percent(_ share: Estimate) -> Estimate {
    Estimate(value: 100 * share.value, standardError: 100 * share.standardError, count: share.count)
  }
}

extension WorkKind {
  /// In a word, for tables and legends.
  var title: String {
    switch self {
    case .input: return "inputs"
    case .literal: return "literals"
    case .product: return "products"
    case .elementwise: return "elementwise"
    case .reduction: return "reductions"
    case .layout: return "layout"
    case .stopGradient: return "stop-gradients"
    }
  }
}
