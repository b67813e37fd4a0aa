// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Scaled dot-product attention, `softmax(q kᵀ / √d) v`.
///
/// - Parameters:
///   - query: `[batch…, n, d]`
///   - key: `[batch…, m, d]`
///   - value: `[batch…, m, e]`
/// - Returns: `[batch…, n, e]`
public func attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor {
  let scale = 1 / Double(query.shape[query.rank - 1]).squareRoot()
  let scores = matmul(query, key, transposeRight: true) * scale
  return matmul(softmax(scores), value)
}
