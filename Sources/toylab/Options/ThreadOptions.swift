// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Engines
import Foundation

/// The number of threads, for every command that computes.
struct ThreadOptions: ParsableArguments {
  static let range = 1...1024

  static var processorCount: Int { min(ProcessInfo.processInfo.activeProcessorCount, 1024) }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Worker threads, 1 to 1024 (default: the number of cores). Results do not depend on it.",
      valueName: "count"))
  var threads: Int?

  var count: Int { threads ?? Self.processorCount }

  mutating func validate() throws {
    if let threads, !Self.range.contains(threads) {
      throw ValidationError(
        "--threads \(threads) cannot be used; accepted is a whole number from 1 to 1024.")
    }
    let obtainable = WorkerPool.obtainable(count)
    if obtainable < count {
      StandardError.write(
        "The system refuses \(count) threads; going on with \(obtainable). Results do not depend on it.\n"
      )
      threads = obtainable
    }
  }
}
