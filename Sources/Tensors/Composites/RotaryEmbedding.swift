// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Rotary position embedding on a square grid (Su et al., arXiv 2104.09864, one half of the features for
/// each axis): neighbouring pairs of features are turned by angles proportional to the row or the column.
///
/// Products of a query and a key turned this way depend on the two positions through their difference
/// alone. The quarter turn is a product with a constant matrix, so its derivatives need no slices.
public struct RotaryEmbedding: Sendable {
  /// Tokens along one side of the grid.
  public let gridSize: Int
  /// Features of a token.
  public let width: Int
  private let cosines: [Double]
  private let sines: [Double]

  /// - Parameter base: the ratio of the largest to (nearly) the smallest frequency.
  /// - Precondition: the width is a multiple of 4.
  public init(gridSize: Int, width: Int, base: Double = 10_000) {
    precondition(gridSize > 0, "a grid has at least one token a side, not \(gridSize)")
    precondition(
      width > 0 && width % 4 == 0, "rotary features come in fours, got a width of \(width)")
    self.gridSize = gridSize
    self.width = width
    let angles = (0..<gridSize * gridSize).flatMap { token -> [Double] in
      [token / gridSize, token % gridSize].flatMap { position in
        (0..<width / 2).map { feature in
          Double(position) / pow(base, Double(feature / 2 * 2) / Double(width / 2))
        }
      }
    }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// Turns features.
  ///
  /// - Parameter x: `[batch…, gridSize², width]`, tokens in row-major order of the grid.
  public func callAsFunction(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let shape: Shape = [gridSize * gridSize, width]
    require(
      Array(x.shape.dimensions.suffix(2)) == shape.dimensions, "rotary embedding",
      [x.shape, shape], "the last two extents are not the tokens and features", file, line)
    return x * Tensor(values: cosines, shape: shape)
      + matmul(x, quarterTurn, file: file, line: line) * Tensor(values: sines, shape: shape)
  }

  /// `(x₀, x₁) ↦ (−x₁, x₀)` on every pair, as a right operand.
  private var quarterTurn: Tensor {
    var values = [Double](repeating: 0, count: width * width)
    for first in stride(from: 0, to: width, by: 2) {
      values[(first + 1) * width + first] = -1
      values[first * width + first + 1] = 1
    }
    return Tensor(values: values, shape: [width, width])
  }
}
