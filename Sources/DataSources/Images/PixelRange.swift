// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Which numbers are black and white in an array of images.
public enum PixelRange: String, CaseIterable, Sendable, Codable {
  /// 0 to 255, as bytes and as `toylab sample` writes pixels.
  case bytes
  /// 0 to 1.
  case unit
  /// −1 to 1.
  case signed

  /// What makes them −1 and 1.
  public var units: ImageUnits {
    switch self {
    case .bytes: .bytes
    case .unit: ImageUnits(center: 0.5, scale: 0.5)
    case .signed: ImageUnits(center: 0, scale: 1)
    }
  }
}
