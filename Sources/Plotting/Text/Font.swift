// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A size and style of the one typeface of all pictures.
public struct Font: Sendable, Hashable, Codable {
  /// The size in points.
  public var size: Double
  /// Whether the strokes are heavy.
  public var bold: Bool
  /// Whether the letters are slanted.
  public var italic: Bool

  /// A font of the given size and style.
  public init(size: Double, bold: Bool = false, italic: Bool = false) {
    self.size = size
    self.bold = bold
    self.italic = italic
  }

  /// The same font with slanted letters.
  var slanted: Font { Font(size: size, bold: bold, italic: true) }

  /// The height of a line's letters above its baseline, at the typeface's proportions.
  var ascent: Double { 0.76 * size }
  /// The depth of a line's letters below its baseline.
  var descent: Double { 0.24 * size }
  /// The height of capitals and digits.
  var capHeight: Double { 0.73 * size }
}

/// The fonts of the parts of a figure.
enum Typography {
  static let figureTitle = Font(size: 13, bold: true)
  static let gridTitle = Font(size: 11, bold: true)
  static let panelTitle = Font(size: 11)
  static let axisLabel = Font(size: 10)
  static let tickLabel = Font(size: 9)
  static let legend = Font(size: 9)
  static let note = Font(size: 9)
  static let caption = Font(size: 9.5)

  static let textColor = Color(gray: 0.1)
  static let mutedColor = Color(gray: 0.3)
}
