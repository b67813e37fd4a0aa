// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation

/// The machine a benchmark ran on, in words for a report.
struct Machine: Sendable, Equatable {
  /// The processor's own name.
  let processor: String
  let cores: Int
  /// The operating system and its version.
  let system: String
  /// The kernels' instruction set.
  let instructionSet: String

  /// This machine.
  static var current: Machine {
    Machine(
      processor: processorName() ?? "unknown processor",
      cores: ProcessInfo.processInfo.activeProcessorCount,
      system: ProcessInfo.processInfo.operatingSystemVersionString,
      instructionSet: "\(InstructionSet.chosen)")
  }

  /// The largest memory this process has held so far, in bytes; nil where the system does not tell.
  static var peakMemory: Int? {
    var usage = rusage()
    guard getrusage(ownUsage, &usage) == 0 else { return nil }
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      // What `getrusage` tells includes the parent's memory at the fork, so the status file comes first.
      return statusPeak() ?? usage.ru_maxrss * 1024
    #endif
  }
}

#if canImport(Darwin)
  private let ownUsage = RUSAGE_SELF

  private func processorName() -> String? {
    var length = 0
    guard sysctlbyname("machdep.cpu.brand_string", nil, &length, nil, 0) == 0, length > 1 else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: length)
    guard sysctlbyname("machdep.cpu.brand_string", &bytes, &length, nil, 0) == 0 else {
      return nil
    }
    return String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
  }
#else
  private let ownUsage = RUSAGE_SELF.rawValue

  private func processorName() -> String? { field("model name", of: "/proc/cpuinfo") }

  /// `VmHWM`, in bytes.
  private func statusPeak() -> Int? {
    field("VmHWM", of: "/proc/self/status")?.split(separator: " ").first
      .flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// The text behind `name:` in a file of such lines.
  private func field(_ name: String, of path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard let data = try? file.readToEnd() else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { return parts[1].trimmingCharacters(in: .whitespaces) }
    }
    return nil
  }
#endif
