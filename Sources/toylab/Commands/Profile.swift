// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Engines
import Files
import Foundation

/// `toylab profile`
struct Profile: ParsableCommand {
  static let repetitionCounts = 1...10_000

  static let configuration = CommandConfiguration(
    abstract: "Show where the time of a step goes, instruction by instruction.",
    discussion: """
      The item is one of those of toylab bench: isd-64, esd-128@512, hvp-4x512, tit-tiny and so on. Each \
      line is an instruction of the compiled program: a matrix product (rows x inner x columns), a group of \
      elementwise operations evaluated together, or a reduction. Times are those of one step, added up over \
      the threads; the clock is read after every instruction, so the sum slightly exceeds an undisturbed run.

      Examples:
        toylab profile isd-128
        toylab profile hvp-64 --in-order
        toylab profile tit-tiny --threads 2 --top 20
        toylab profile isd-64 --program
      """)

  @Argument(help: ArgumentHelp("Benchmark item.", valueName: "item"))
  var item = "isd-128"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Worker threads, 1 to 1024.", valueName: "count"))
  var threads = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps to average over, 1 to \(repetitionCounts.upperBound).", valueName: "count"))
  var repetitions = 20

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Print only the slowest lines.", valueName: "count"))
  var top: Int?

  @Flag(help: "Print the instructions in the order of execution, equal ones apart.")
  var inOrder = false

  @Flag(help: "Print the optimised program of a block instead, an equation a line.")
  var program = false

  func validate() throws {
    guard ThreadOptions.range.contains(threads) else {
      throw ValidationError(
        "--threads \(threads) cannot be used; accepted is a whole number from 1 to 1024.")
    }
    guard Self.repetitionCounts.contains(repetitions) else {
      throw ValidationError(
        "--repetitions \(repetitions) cannot be used; accepted is a whole number from 1 to "
          + "\(Self.repetitionCounts.upperBound).")
    }
    if let top, top < 1 {
      throw ValidationError(
        "--top \(top) cannot be used; accepted is a whole number of at least 1.")
    }
    if inOrder && top != nil {
      throw ValidationError("--in-order prints every instruction: leave --top out.")
    }
  }

  func run() throws {
    let item = try BenchmarkItem.named(item)
    if program {
      let work = try item.makeWork(pool: WorkerPool(threads: threads))
      try StandardOutput.write("\(work.program)\n")
      return
    }
    let profile = try BenchmarkProfile.measure(
      item, threads: threads, repetitions: repetitions)
    try StandardOutput.write(text(profile))
  }

  private func text(_ profile: BenchmarkProfile) -> String {
    let all = inOrder ? profile.instructions : profile.lines
    let shown = top.map { Array(all.prefix($0)) } ?? all
    let total = all.reduce(0) { $0 + $1.milliseconds }
    let products = all.filter { $0.gflops > 0 }
    let productTime = products.reduce(0) { $0 + $1.milliseconds }
    let productWork = products.reduce(0) { $0 + $1.gflops * $1.milliseconds }
    let rows = shown.map { line in
      [
        line.summary, "\(line.count)", String(format: "%.4f", line.milliseconds),
        String(format: "%.1f", 100 * line.milliseconds / total),
        line.gflops > 0 ? String(format: "%.0f", line.gflops) : "",
      ]
    }
    return """
      \(profile.item.name), \(profile.threads) \(profile.threads == 1 ? "thread" : "threads")
        step     \(String(format: "%.3f", profile.stepMilliseconds)) ms (batch, program and update)
        program  \(String(format: "%.3f", profile.programMilliseconds)) ms
        products \(String(format: "%.3f", productTime)) ms over all threads, \
      \(String(format: "%.0f", productTime > 0 ? productWork / productTime : 0)) GFLOP/s a thread

      \(textTable(["instruction", "count", "ms", "%", "GFLOP/s"], rows))

      """
  }
}
