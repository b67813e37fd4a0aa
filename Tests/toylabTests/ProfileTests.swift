// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Testing

@testable import toylab

@Suite struct ProfileTests {
  @Test("the lines of a profile add up to its instructions, the slowest first")
  func lines() throws {
    let profile = try BenchmarkProfile.measure(
      try BenchmarkItem.named("isd-16@64"), threads: 2, repetitions: 3)
    #expect(profile.stepMilliseconds > 0 && profile.programMilliseconds > 0)
    #expect(profile.lines.reduce(0) { $0 + $1.count } == profile.instructions.count)
    let (apart, together) = (
      profile.instructions.reduce(0) { $0 + $1.milliseconds },
      profile.lines.reduce(0) { $0 + $1.milliseconds }
    )
    #expect(abs(apart - together) <= 1e-9 * apart)
    #expect(
      zip(profile.lines, profile.lines.dropFirst()).allSatisfy {
        $0.milliseconds >= $1.milliseconds
      }
    )
    #expect(profile.instructions.contains { $0.summary.hasPrefix("matmul") && $0.gflops > 0 })
  }

  @Test(
    "values that cannot be used are refused",
    arguments: [
      ["--threads", "0"], ["--repetitions", "0"], ["--top", "0"], ["--in-order", "--top", "3"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(["profile"] + arguments) }
  }

  @Test("an unknown item is refused with the nearest name")
  func unknownItem() throws {
    let command = try #require(try Toylab.parseAsRoot(["profile", "isd-x"]) as? Profile)
    let error = #expect(throws: UnknownBenchmarkError.self) { try command.run() }
    #expect(try #require(error).description.contains("isd-64"))
  }
}
