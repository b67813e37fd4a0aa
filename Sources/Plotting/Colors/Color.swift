// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A colour in sRGB with straight (not premultiplied) opacity; every component lies in [0, 1].
public struct Color: Sendable, Hashable, Codable {
  /// The red component, gamma-encoded.
  public var red: Double
  /// The green component, gamma-encoded.
  public var green: Double
  /// The blue component, gamma-encoded.
  public var blue: Double
  /// The opacity: 0 is invisible, 1 covers.
  public var alpha: Double

  /// A colour from its sRGB components, each limited to [0, 1].
  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    func limited(_ component: Double) -> Double { min(max(component, 0), 1) }
    self.red = limited(red)
    self.green = limited(green)
    self.blue = limited(blue)
    self.alpha = limited(alpha)
  }

  /// A colour from the number 0xRRGGBB.
  public init(hex: UInt32, alpha: Double = 1) {
    self.init(
      red: Double((hex >> 16) & 0xFF) / 255,
      green: Double((hex >> 8) & 0xFF) / 255,
      blue: Double(hex & 0xFF) / 255,
      alpha: alpha)
  }

  /// A grey; 0 is black and 1 is white.
  public init(gray: Double, alpha: Double = 1) {
    self.init(red: gray, green: gray, blue: gray, alpha: alpha)
  }

  /// Black.
  public static let black = Color(gray: 0)
  /// White.
  public static let white = Color(gray: 1)
  /// The grey of secondary marks: reference lines, undeformed grids, true samples.
  public static let gray = Color(gray: 0.55)

  /// The same colour with another opacity.
  public func opacity(_ alpha: Double) -> Color {
    Color(red: red, green: green, blue: blue, alpha: alpha)
  }

  /// The colour `fraction` of the way to `other`, component by component in sRGB.
  public func mixed(with other: Color, fraction: Double) -> Color {
    func mix(_ from: Double, _ to: Double) -> Double { from + (to - from) * fraction }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green),
      blue: mix(blue, other.blue), alpha: mix(alpha, other.alpha))
  }

  /// The perceived lightness L* of CIE 1976, from 0 (black) to 100 (white); opacity is ignored.
  public var lightness: Double { CIELab(self).lightness }
}

/// A colour in CIE 1976 L*a*b* under the D65 white point, where distances approximate perceived
/// differences.
struct CIELab: Equatable {
  var lightness: Double
  var a: Double
  var b: Double

  private static let white = (x: 0.95047, y: 1.0, z: 1.08883)
  private static let knee = 6.0 / 29.0

  init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  init(_ color: Color) {
    func linear(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func compressed(_ ratio: Double) -> Double {
      let knee = CIELab.knee
      return ratio > knee * knee * knee ? cbrt(ratio) : ratio / (3 * knee * knee) + 4.0 / 29.0
    }
    let red = linear(color.red)
    let green = linear(color.green)
    let blue = linear(color.blue)
    let x = compressed((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / CIELab.white.x)
    let y = compressed((0.2126729 * red + 0.7151522 * green + 0.0721750 * blue) / CIELab.white.y)
    let z = compressed((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / CIELab.white.z)
    self.init(lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
  }

  /// The nearest sRGB colour, component by component, for a point outside the gamut.
  var color: Color {
    func expanded(_ value: Double) -> Double {
      let knee = CIELab.knee
      return value > knee ? value * value * value : 3 * knee * knee * (value - 4.0 / 29.0)
    }
    func encoded(_ value: Double) -> Double {
      value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
    }
    let middle = (lightness + 16) / 116
    let x = expanded(middle + a / 500) * CIELab.white.x
    let y = expanded(middle) * CIELab.white.y
    let z = expanded(middle - b / 200) * CIELab.white.z
    return Color(
      red: encoded(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
      green: encoded(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
      blue: encoded(0.0556434 * x - 0.2040259 * y + 1.0572252 * z))
  }

  /// The CIE 1976 colour difference; about 2.3 is just noticeable.
  func distance(to other: CIELab) -> Double {
    let lightnessStep = lightness - other.lightness
    return
      (lightnessStep * lightnessStep + (a - other.a) * (a - other.a)
      + (b - other.b) * (b - other.b)).squareRoot()
  }
}
