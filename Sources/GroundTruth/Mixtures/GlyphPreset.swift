// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Mixtures on small pictures that experiments can name: exact truth where a point is an image.
public enum GlyphPreset: String, CaseIterable, Sendable, Codable {
  case glyphs
  case digits

  /// One line for lists and help.
  public var summary: String {
    switch self {
    case .glyphs:
      "ten drawn digits of 8 x 8 pixels, each at three places, with noise: 64 dimensions"
    case .digits: "the same digits at one place: a class is one Gaussian"
    }
  }

  /// The left columns at which a digit may stand.
  private var places: [Int] {
    switch self {
    case .glyphs: [0, 1, 2]
    case .digits: [1]
    }
  }

  /// Pixels of a side.
  public static let size = 8

  /// The digits 0 to 9 as classes, a component of equal weight for each place. Ink is 1, paper −1.
  ///
  /// - Parameter deviation: that of every pixel, 0.2 by default.
  /// - Throws: ``MixtureError`` for a deviation that is not positive and finite.
  public func mixture(deviation: Double? = nil) throws(MixtureError) -> GaussianMixture {
    let drawn = digitShapes.indices.flatMap { digit in places.map { (digit, $0) } }
    return try GaussianMixture(
      name: rawValue, points: drawn.flatMap { pixels(of: digitShapes[$0], from: $1) },
      dimension: Self.size * Self.size, deviation: deviation ?? 0.2, labels: drawn.map(\.0))
  }

  /// A glyph with its left column at a place, in the middle of the picture's height; row by row.
  private func pixels(of glyph: [String], from column: Int) -> [Double] {
    var pixels = [Double](repeating: -1, count: Self.size * Self.size)
    for (y, row) in glyph.enumerated() {
      for (x, mark) in row.enumerated() where mark == "#" {
        pixels[y * Self.size + column + x] = 1
      }
    }
    return pixels
  }
}

/// Seven rows of five pixels a digit.
private let digitShapes = [
  [".###.", "#...#", "#..##", "#.#.#", "##..#", "#...#", ".###."],
  ["..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."],
  [".###.", "#...#", "....#", "..##.", ".#...", "#....", "#####"],
  ["####.", "....#", "....#", ".###.", "....#", "....#", "####."],
  ["...#.", "..##.", ".#.#.", "#..#.", "#####", "...#.", "...#."],
  ["#####", "#....", "####.", "....#", "....#", "#...#", ".###."],
  ["..##.", ".#...", "#....", "####.", "#...#", "#...#", ".###."],
  ["#####", "....#", "...#.", "..#..", ".#...", ".#...", ".#..."],
  [".###.", "#...#", "#...#", ".###.", "#...#", "#...#", ".###."],
  [".###.", "#...#", "#...#", ".####", "....#", "...#.", ".##.."],
]
