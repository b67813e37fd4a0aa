// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A table in Markdown: the first column flush left and the others flush right. Ends without a line end.
public func markdownTable(_ header: [String], _ rows: [[String]]) -> String {
  precondition(
    rows.allSatisfy { $0.count == header.count }, "a row has not one cell for each column")
  func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
  let rule = header.indices.map { $0 == 0 ? ":--" : "--:" }
  return ([line(header), line(rule)] + rows.map(line)).joined(separator: "\n")
}
