// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Laboratory
import Probes

/// A claim held against measured numbers.
struct Claim {
  let statement: String
  let isShown: Bool
  /// The numbers that decide.
  let evidence: String

  var text: String { "  [\(isShown ? "shown" : "not shown here")] \(statement)\n      \(evidence)" }
}

/// A table with a header, columns padded to their widest cell; the first column is flush left.
func table(_ header: [String], _ rows: [[String]]) -> String {
  let all = [header] + rows
  let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
  func line(_ cells: [String]) -> String {
    cells.enumerated().map { column, cell in
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      return column == 0 ? cell + padding : padding + cell
    }.joined(separator: "   ")
  }
  let rule = String(repeating: "-", count: widths.reduce(0, +) + 3 * (widths.count - 1))
  return ([line(header), rule] + rows.map(line)).map { "  " + $0 }.joined(separator: "\n")
}

/// A number with three significant digits.
func digits(_ value: Double) -> String { String(format: "%.3g", value) }

/// The mean over repetitions, with the standard error of that mean.
func acrossSeeds(_ values: [Double]) -> Estimate { Estimate(meanOf: values) }

/// Text without the markup of plots, for the terminal.
func plain(_ markup: String) -> String { markup.replacingOccurrences(of: "$", with: "") }
