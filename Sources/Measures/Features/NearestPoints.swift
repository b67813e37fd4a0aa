// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra

/// Squared distances between many points block by block, by matrix products: `|x|² + |y|² − 2 xᵀy`, to about
/// `10⁻¹⁵ (|x|² + |y|²)`.
enum DistanceBlocks {
  private static let blockRows = 512

  /// Calls `body` for every point of `left` with its number and its squared distances to all of `right`.
  static func forEachRow(
    from left: Points, to right: Points,
    _ body: (_ row: Int, _ squares: UnsafeBufferPointer<Double>) -> Void
  ) {
    precondition(
      left.dimension == right.dimension,
      "points of dimensions \(left.dimension) and \(right.dimension)")
    guard right.count > 0 else { return }
    var others = DenseMatrix(rows: right.dimension, columns: right.count)
    others.elements = right.values
    let across = others.transposed
    let rightNorms = norms(right)
    let leftNorms = norms(left)
    for start in stride(from: 0, to: left.count, by: blockRows) {
      let rows = start..<min(start + blockRows, left.count)
      var block = DenseMatrix(rows: left.dimension, columns: rows.count)
      block.elements = Array(
        left.values[rows.lowerBound * left.dimension..<rows.upperBound * left.dimension])
      var products = across * block
      let count = right.count
      products.elements.withUnsafeMutableBufferPointer { values in
        rightNorms.withUnsafeBufferPointer { norms in
          for row in 0..<rows.count {
            let own = leftNorms[start + row]
            for index in 0..<count {
              let square = own + norms[index] - 2 * values[row * count + index]
              values[row * count + index] = square > 0 ? square : 0
            }
            body(
              start + row,
              UnsafeBufferPointer(rebasing: values[row * count..<(row + 1) * count]))
          }
        }
      }
    }
  }

  private static func norms(_ points: Points) -> [Double] {
    (0..<points.count).map { points[$0].reduce(0) { $0 + $1 * $1 } }
  }
}

/// The nearest of a large set to each of a few points.
public struct NearestPoints: Sendable, Equatable {
  /// The number in the set of the nearest to each point.
  public let indices: [Int]
  /// The distances, L2.
  public let distances: [Double]

  /// - Parameters:
  ///   - points: whose nearest are sought.
  ///   - count: points of the set, one at least; they are asked for in blocks and never whole in memory.
  ///   - rows: some of the set, row by row.
  public init(
    to points: Points, among count: Int, rows: (Range<Int>) throws -> [Double]
  ) rethrows {
    precondition(count > 0, "there is nothing to be near to")
    var best = [Double](repeating: .infinity, count: points.count)
    var indices = [Int](repeating: 0, count: points.count)
    for start in stride(from: 0, to: count, by: 2048) {
      let range = start..<min(start + 2048, count)
      let block = Points(try rows(range), dimension: points.dimension)
      precondition(block.count == range.count, "\(block.count) points for \(range.count)")
      DistanceBlocks.forEachRow(from: points, to: block) { row, squares in
        for index in squares.indices where squares[index] < best[row] {
          best[row] = squares[index]
          indices[row] = start + index
        }
      }
    }
    self.indices = indices
    distances = best.map { $0.squareRoot() }
  }
}
