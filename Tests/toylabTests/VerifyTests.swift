// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct VerifyTests {
  private func verify(_ contents: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/reference.json"
      try Data(contents.utf8).write(to: URL(fileURLWithPath: path))
      var command = try Toylab.parseAsRoot(["verify", "--reference", path])
      try command.run()
    }
  }

  /// The flow map of one Gaussian of deviation 1 with the linear interpolant is the identity from T to 0.
  private func record(flowMapCoefficient: Double) -> String {
    """
    [{"interpolant": "linear", "dataDeviation": 1.0, "s": 0.0, "t": 1.0,
      "contraction": 0.3889845296483423, "mapCoefficient": 0.3889845296483423,
      "flowMapCoefficient": \(flowMapCoefficient)}]
    """
  }

  @Test("values that agree pass")
  func agreeing() throws { try verify(record(flowMapCoefficient: 1)) }

  @Test("a wrong value fails, and is named")
  func failing() throws {
    let error = #expect(throws: VerificationFailure.self) {
      try verify(record(flowMapCoefficient: 1.001))
    }
    let failures = try #require(error).failures
    #expect(failures.count == 1 && failures[0].hasSuffix(": flowMapCoefficient"))
  }

  @Test("a file that cannot be read fails, and the others are still checked")
  func unreadable() throws {
    var command = try Toylab.parseAsRoot(["verify", "--reference", "none-1.json", "none-2.json"])
    let error = #expect(throws: VerificationFailure.self) { try command.run() }
    let failures = try #require(error).failures
    #expect(failures.count == 2 && failures[1].contains("none-2.json"))
  }

  @Test("a file without values fails with the reason")
  func empty() throws {
    let error = #expect(throws: VerificationFailure.self) {
      try verify(
        """
        [{"weights": [1], "means": [[0, 0]], "covariances": [[[1, 0], [0, 1]]],
          "interpolant": "linear", "points": [], "oneStep": []}]
        """)
    }
    let failures = try #require(error).failures
    #expect(!failures.isEmpty)
    for failure in failures { #expect(failure.contains("no values")) }
    let none = #expect(throws: VerificationFailure.self) { try verify("[]") }
    #expect(none?.failures.first?.contains("holds no record") == true)
  }
}
