// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Images as files hold them: pixels of 8 bits. What a network draws is rounded before it is measured, for data are and
/// features notice (Parmar et al. 2022).
public enum EightBits {
  /// The nearest of the 256 levels of a pixel in `[−1, 1]`, `round((x + 1) · 127.5)`; what lies outside is clamped.
  /// What is no number stays none, so that it is noticed.
  public static func rounded(_ pixel: Double) -> Double {
    guard !pixel.isNaN else { return pixel }
    let level = ((pixel + 1) * 127.5).rounded()
    return min(max(level, 0), 255) / 127.5 - 1
  }

  /// Images with every pixel rounded.
  public static func rounded(_ images: Points) -> Points {
    Points(images.values.map(rounded), dimension: images.dimension)
  }
}
