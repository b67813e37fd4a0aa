// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The matrix product over the last two axes: `[batch…, m, k] · [batch…, k, n] → [batch…, m, n]`.
///
/// Batch extents broadcast. A right operand of rank 2 is shared by every batch entry of the left
/// one: the batch axes then become rows of one product, which is how a linear layer runs fast.
///
/// - Parameters:
///   - transposeLeft: the left operand is stored as `[batch…, k, m]`.
///   - transposeRight: the right operand is stored as `[batch…, n, k]`.
public func matmul(
  _ left: Tensor, _ right: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  require(
    left.rank >= 2 && right.rank >= 2, "matmul", [left.shape, right.shape],
    "both operands need at least two axes", file, line)
  let (m, innerLeft) = matrixExtents(left.shape, transposed: transposeLeft)
  let (innerRight, n) = matrixExtents(right.shape, transposed: transposeRight)
  require(
    innerLeft == innerRight, "matmul", [left.shape, right.shape],
    "the inner extents \(innerLeft) and \(innerRight) differ", file, line)

  if right.rank == 2 && left.rank > 2 && !transposeLeft {
    let rows = left.reshaped(to: [-1, innerLeft])
    let product = matmul(rows, right, transposeRight: transposeRight, file: file, line: line)
    return product.reshaped(to: Shape(left.shape.dimensions.dropLast() + [n]))
  }
  let leftBatch = Shape(Array(left.shape.dimensions.dropLast(2)))
  let rightBatch = Shape(Array(right.shape.dimensions.dropLast(2)))
  guard let batch = leftBatch.broadcast(with: rightBatch) else {
    traceFailure("matmul", [left.shape, right.shape], "the batch extents differ", file, line)
  }
  let leftFull = left.broadcast(to: Shape(batch.dimensions + left.shape.dimensions.suffix(2)))
  let rightFull = right.broadcast(to: Shape(batch.dimensions + right.shape.dimensions.suffix(2)))
  return Tensor(
    .matmul(transposeLeft: transposeLeft, transposeRight: transposeRight), [leftFull, rightFull],
    shape: Shape(batch.dimensions + [m, n]), site: CallSite(file, line))
}

private func matrixExtents(_ shape: Shape, transposed: Bool) -> (Int, Int) {
  let rows = shape[shape.rank - 2]
  let columns = shape[shape.rank - 1]
  return transposed ? (columns, rows) : (rows, columns)
}
