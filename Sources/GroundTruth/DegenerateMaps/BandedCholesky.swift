// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CBLAS

/// A symmetric positive definite band matrix under assembly, and its solve by LAPACK.
struct BandedSystem {
  let count: Int
  /// Sub-diagonals.
  let bandwidth: Int
  /// The lower triangle, column by column: entry `(i, j)` at `j (bandwidth + 1) + i − j`.
  private var band: [Double]
  private(set) var right: [Double]

  init(count: Int, bandwidth: Int) {
    self.count = count
    self.bandwidth = bandwidth
    band = [Double](repeating: 0, count: count * (bandwidth + 1))
    right = [Double](repeating: 0, count: count)
  }

  /// Adds to entry `(row, column)`, `row ≥ column`.
  mutating func add(_ value: Double, row: Int, column: Int) {
    band[column * (bandwidth + 1) + row - column] += value
  }

  mutating func addRight(_ value: Double, row: Int) { right[row] += value }

  /// The solution; the factor replaces the matrix.
  consuming func solved() throws(DegenerateMapError) -> [Double] {
    var (size, width, leading, columns, info) = (
      Int32(count), Int32(bandwidth), Int32(bandwidth + 1), Int32(1), Int32(0)
    )
    var triangle = CChar(UInt8(ascii: "L"))
    dpbtrf_(&triangle, &size, &width, &band, &leading, &info)
    guard info == 0 else { throw .notPositiveDefinite(row: Int(info)) }
    dpbtrs_(&triangle, &size, &width, &columns, band, &leading, &right, &size, &info)
    guard info == 0 else { throw .notPositiveDefinite(row: Int(info)) }
    return right
  }
}
