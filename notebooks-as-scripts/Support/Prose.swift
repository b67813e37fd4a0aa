// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures

/// A claim held against measured numbers.
struct Claim {
  let statement: String
  let isShown: Bool
  /// The numbers that decide.
  let evidence: String

  var text: String { "  [\(isShown ? "shown" : "not shown here")] \(statement)\n      \(evidence)" }
}

/// A number with three significant digits.
func digits(_ value: Double) -> String { String(format: "%.3g", value) }

/// The mean over repetitions, with the standard error of that mean.
func acrossSeeds(_ values: [Double]) -> Estimate { Estimate(meanOf: values) }

/// Text without the markup of plots, for the terminal.
func plain(_ markup: String) -> String { markup.replacingOccurrences(of: "$", with: "") }
