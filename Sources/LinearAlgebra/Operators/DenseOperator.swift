// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A stored square matrix.
public struct DenseOperator: TransposableOperator, Sendable, Equatable {
  /// `dimension²` numbers, row by row.
  public let entries: [Double]
  public let dimension: Int
  public let isSymmetric: Bool

  /// - Parameters:
  ///   - entries: `dimension²` numbers, row by row.
  ///   - isSymmetric: by default whether the entries are, exactly.
  public init(_ entries: [Double], dimension: Int, isSymmetric: Bool? = nil) {
    precondition(
      dimension >= 1 && entries.count == dimension * dimension,
      "\(entries.count) entries are no matrix of \(dimension) rows")
    self.entries = entries
    self.dimension = dimension
    self.isSymmetric =
      isSymmetric
      ?? (0..<dimension).allSatisfy { row in
        (0..<row).allSatisfy {
          entries[row * dimension + $0] == entries[$0 * dimension + row]
        }
      }
  }

  public func apply(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) {
    entries.withUnsafeBufferPointer { entries in
      let (entries, vector) = (start(of: entries), start(of: vector))
      for row in 0..<dimension {
        result[row] = dotProduct(entries + row * dimension, vector, count: dimension)
      }
    }
  }

  public func applyTranspose(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) {
    result.update(repeating: 0)
    entries.withUnsafeBufferPointer { entries in
      let (entries, result) = (start(of: entries), start(of: result))
      for row in 0..<dimension {
        addScaled(vector[row], entries + row * dimension, to: result, count: dimension)
      }
    }
  }
}
