// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The units of an image's numbers in training, `(x − center) / scale`: the range of a pixel becomes −1 to 1, a latent of
/// order one.
public struct ImageUnits: Sendable, Hashable, Codable {
  public let center: Double
  /// Above 0.
  public let scale: Double

  /// - Precondition: the scale is above 0, both are finite.
  public init(center: Double, scale: Double) {
    precondition(
      scale > 0 && scale.isFinite && center.isFinite, "the center \(center) and scale \(scale)")
    self.center = center
    self.scale = scale
  }

  /// Of pixels from 0 to 255: `x / 127.5 − 1`.
  public static let bytes = ImageUnits(center: 127.5, scale: 127.5)

  /// A number in the units of training.
  func normalized(_ value: Double) -> Double { (value - center) / scale }

  /// The same units for each of `d` coordinates.
  public func standardization(dimension: Int) -> Standardization {
    Standardization(
      center: Array(repeating: center, count: dimension),
      scale: Array(repeating: scale, count: dimension))
  }
}
