// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures

/// A claim held against measured numbers.
public struct Claim: Codable, Sendable, Hashable {
  public let statement: String
  public let isShown: Bool
  /// The numbers that decide.
  public let evidence: String

  public init(statement: String, isShown: Bool, evidence: String) {
    self.statement = statement
    self.isShown = isShown
    self.evidence = evidence
  }

  /// As it is printed.
  public var text: String {
    "  [\(isShown ? "shown" : "not shown here")] \(statement)\n      \(evidence)"
  }
}

/// A number with three significant digits.
func digits(_ value: Double) -> String { String(format: "%.3g", value) }

/// The mean over repetitions, with the standard error of that mean.
func acrossSeeds(_ values: [Double]) -> Estimate { Estimate(meanOf: values) }

/// Text without the markup of plots, for the terminal.
func plain(_ markup: String) -> String { markup.replacingOccurrences(of: "$", with: "") }
