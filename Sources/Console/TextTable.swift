// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A table in plain text: a header, a rule and rows, columns padded to their widest cell, the first flush
/// left and the others flush right. Ends without a line end.
public func textTable(_ header: [String], _ rows: [[String]]) -> String {
  let all = [header] + rows
  precondition(
    rows.allSatisfy { $0.count == header.count }, "a row has not one cell for each column")
  let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
  func line(_ cells: [String]) -> String {
    cells.enumerated().map { column, cell in
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      return column == 0 ? cell + padding : padding + cell
    }.joined(separator: "   ")
  }
  let rule = String(repeating: "-", count: widths.reduce(0, +) + 3 * (widths.count - 1))
  return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
}
