// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A symmetric positive definite band matrix with a right-hand side, under assembly.
public struct BandedSystem: Sendable {
  /// Rows and columns.
  public let count: Int
  /// Sub-diagonals.
  public let bandwidth: Int
  /// The lower triangle, column by column: entry `(i, j)` at `j (bandwidth + 1) + i − j`.
  private var band: [Double]
  private var right: [Double]

  /// A system of zeros.
  public init(count: Int, bandwidth: Int) {
    precondition(count > 0 && bandwidth >= 0, "\(count) rows with \(bandwidth) sub-diagonals")
    self.count = count
    self.bandwidth = bandwidth
    band = [Double](repeating: 0, count: count * (bandwidth + 1))
    right = [Double](repeating: 0, count: count)
  }

  /// Adds to entry `(row, column)`, `column ≤ row ≤ column + bandwidth`.
  public mutating func add(_ value: Double, row: Int, column: Int) {
    band[column * (bandwidth + 1) + row - column] += value
  }

  /// Adds to an entry of the right-hand side.
  public mutating func addRight(_ value: Double, row: Int) { right[row] += value }

  /// The solution, ``count`` numbers.
  ///
  /// - Throws: ``LinearAlgebraError/notPositiveDefinite(order:)``.
  public consuming func solved() throws(LinearAlgebraError) -> [Double] {
    try LAPACK.bandedSolution(band, right, bandwidth: bandwidth)
  }
}
