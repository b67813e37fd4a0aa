// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import Tensors

/// Fixed features of times and positions: sines and cosines of geometrically spaced frequencies
/// (Vaswani et al., arXiv 1706.03762).
enum SinusoidalEmbedding {
  private static let base = 10_000.0

  /// `base^(−i/count)` for `i` in `0..<count`.
  private static func frequencies(_ count: Int) -> [Double] {
    (0..<count).map { pow(base, -Double($0) / Double(count)) }
  }

  /// `[cos(t ω), sin(t ω)]`.
  ///
  /// - Parameters:
  ///   - time: `[rows, 1]`
  ///   - features: an even number.
  /// - Returns: `[rows, features]`
  static func time(_ time: Tensor, features: Int) -> Tensor {
    let count = features / 2
    let angles = time * Tensor(values: frequencies(count), shape: [1, count])
    return concatenate([cos(angles), sin(angles)], axis: 1)
  }

  /// Features of the tokens of a square grid, one half for the column and one for the row, each sines
  /// before cosines. Published checkpoints hold them in single precision, so they are rounded to that in
  /// every precision.
  ///
  /// - Parameter width: a multiple of 4.
  /// - Returns: `[gridSize², width]`, a constant.
  static func grid(_ gridSize: Int, width: Int) -> Tensor {
    Tensor(values: gridValues(gridSize, width: width), shape: [gridSize * gridSize, width])
  }

  /// The numbers of ``grid(_:width:)``, row-major.
  static func gridValues(_ gridSize: Int, width: Int) -> [Double] {
    let frequencies = frequencies(width / 4)
    let values = (0..<gridSize * gridSize).flatMap { token -> [Double] in
      [token % gridSize, token / gridSize].flatMap { position -> [Double] in
        let angles = frequencies.map { Double(position) * $0 }
        return angles.map { Foundation.sin($0) } + angles.map { Foundation.cos($0) }
      }
    }
    return values.map { Double(Float($0)) }
  }
}
