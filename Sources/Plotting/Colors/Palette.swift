// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Colours for categories, told apart with and without colour vision deficiency.
///
/// The values are those of M. Okabe and K. Ito, "Color Universal Design" (2008). Which colour
/// stands for which method is the caller's choice.
public enum Palette {
  /// Black.
  public static let black = Color(hex: 0x000000)
  /// Blue.
  public static let blue = Color(hex: 0x0072B2)
  /// Vermilion.
  public static let vermilion = Color(hex: 0xD55E00)
  /// Bluish green.
  public static let green = Color(hex: 0x009E73)
  /// Reddish purple.
  public static let purple = Color(hex: 0xCC79A7)
  /// Orange.
  public static let orange = Color(hex: 0xE69F00)
  /// Sky blue.
  public static let skyBlue = Color(hex: 0x56B4E9)
  /// Yellow: too light for thin lines on white, hence last.
  public static let yellow = Color(hex: 0xF0E442)

  /// The eight colours, in the order in which they serve best for lines on white.
  public static let categorical: [Color] = [
    black, blue, vermilion, green, purple, orange, skyBlue, yellow,
  ]
}
