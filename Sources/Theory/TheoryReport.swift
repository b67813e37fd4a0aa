// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// The results of a verification, as text and as JSON.
public struct TheoryReport: Sendable, Codable {
  public let version: String
  public let seed: UInt64
  public let isThorough: Bool
  public let results: [CheckResult]

  public init(results: [CheckResult], seed: UInt64, isThorough: Bool) {
    version = toylabVersion
    self.seed = seed
    self.isThorough = isThorough
    self.results = results
  }

  /// One line on how many claims hold.
  public var summary: String {
    let held = results.count { $0.holds }
    let findings = results.reduce(0) { $0 + $1.findings.count }
    let time = String(format: "%.0f s", results.reduce(0) { $0 + $1.seconds })
    return held == results.count
      ? "All \(held) claims hold (\(findings) findings, \(time))."
      : "\(results.count - held) of \(results.count) claims FAIL (\(findings) findings, \(time))."
  }

  /// Keys in alphabetical order; numbers in the fewest digits that read back as the same.
  ///
  /// - Throws: never for results of a check; a number that is not finite is written as text.
  public func json() throws -> String {
    try JSON.page(self)
  }
}

// MARK: - Text

extension TheoryReport {
  public static let header =
    " no  verdict  claim: measured, expected (of the finding closest to its bound)"

  /// The line of a claim, and every finding below it if the claim fails or all are asked for.
  public static func line(_ result: CheckResult, isDetailed: Bool) -> String {
    let number = String(repeating: " ", count: result.number < 10 ? 2 : 1) + "\(result.number)"
    var lines = ["\(number)  \(result.holds ? "holds  " : "FAILS  ")  \(result.claim)"]
    let shown =
      isDetailed || !result.holds ? result.findings : result.tightest.map { [$0] } ?? []
    lines += shown.map { finding in
      "              \(finding.holds ? "" : "FAILS: ")\(text(of: finding))"
    }
    if shown.count < result.findings.count {
      lines[lines.count - 1] += " [1 of \(result.findings.count) findings]"
    }
    if let failure = result.failure { lines.append("              stopped: \(failure)") }
    return lines.joined(separator: "\n")
  }

  private static func text(of finding: Finding) -> String {
    let error = finding.standardError.map { " ± \(digits($0))" } ?? ""
    let expected =
      switch finding.expectation {
      case .equals(let value, let tolerance):
        "expected \(digits(value)) within \(digits(tolerance))"
      case .agrees(let value, let standardErrors):
        "expected \(digits(value)) within \(digits(standardErrors)) standard errors"
      case .atMost(let bound): "expected at most \(digits(bound))"
      case .atLeast(let bound): "expected at least \(digits(bound))"
      }
    return "\(finding.quantity): \(digits(finding.measured))\(error), \(expected)"
  }

  private static func digits(_ value: Double) -> String { String(format: "%.4g", value) }
}
