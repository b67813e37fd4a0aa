// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension Tensor {
  /// Rows of a table: `[n, rest…]` at row numbers `[indices…]` gives `[indices…, rest…]`.
  ///
  /// - Parameter indices: exact integers in `0..<n`, held in the element type; no derivative flows
  ///   through them. A run stops if one is out of range.
  public func rows(
    at indices: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank >= 1, "row look-up", [shape, indices.shape], "the table has no rows", file, line)
    return Tensor(
      .gather, [self, indices],
      shape: Shape(indices.shape.dimensions + shape.dimensions.dropFirst()),
      site: CallSite(file, line))
  }

  /// The transpose of ``rows(at:file:line:)``: values `[indices…, rest…]` added into `[rows, rest…]`.
  public func addedIntoRows(
    at indices: Tensor, rows: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rows > 0 && Array(shape.dimensions.prefix(indices.rank)) == indices.shape.dimensions,
      "scatter-add", [shape, indices.shape],
      "the values' leading extents are not those of the indices", file, line)
    return Tensor(
      .scatterAdd(rows: rows), [self, indices],
      shape: Shape([rows] + shape.dimensions.dropFirst(indices.rank)),
      site: CallSite(file, line))
  }
}
