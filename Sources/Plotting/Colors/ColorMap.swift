// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A map from [0, 1] to colours.
public enum ColorMap: String, Sendable, Hashable, Codable, CaseIterable {
  /// Dark violet over green to yellow; lightness grows evenly.
  case viridis
  /// Black over purple to pale yellow; lightness grows evenly.
  case magma
  /// Blue over near-white to red: both ends equally dark, lightness even on each half.
  case diverging
  /// Black to white in lightness.
  case gray
  /// White to black in lightness.
  case invertedGray

  /// The colour at `fraction`, limited to [0, 1]; a fraction that is not a number is invisible.
  public func color(at fraction: Double) -> Color {
    guard !fraction.isNaN else { return Color(gray: 1, alpha: 0) }
    let position = min(max(fraction, 0), 1)
    switch self {
    case .viridis: return ColorMap.interpolated(ColorMapTables.viridis, at: position)
    case .magma: return ColorMap.interpolated(ColorMapTables.magma, at: position)
    case .diverging: return ColorMap.blueWhiteRed(at: position)
    case .gray: return CIELab(lightness: 100 * position, a: 0, b: 0).color
    case .invertedGray: return CIELab(lightness: 100 * (1 - position), a: 0, b: 0).color
    }
  }

  /// The colour of what is not finite, which the map itself does not have.
  public var notFinite: Color {
    switch self {
    case .viridis, .magma, .diverging: Color(gray: 0.72)
    case .gray, .invertedGray: Color(hex: 0xE3A6A6)
    }
  }

  /// Whether the map has a distinguished middle, so that its natural range is symmetric about zero.
  public var isDiverging: Bool {
    switch self {
    case .diverging: return true
    case .viridis, .magma, .gray, .invertedGray: return false
    }
  }

  private static func interpolated(_ table: [UInt32], at position: Double) -> Color {
    let place = position * Double(table.count - 1)
    let lower = min(Int(place), table.count - 2)
    return Color(hex: table[lower])
      .mixed(with: Color(hex: table[lower + 1]), fraction: place - Double(lower))
  }

  /// A straight line in CIE L*a*b* from either end to near-white, the ends at one lightness.
  private static func blueWhiteRed(at position: Double) -> Color {
    let end =
      position < 0.5
      ? CIELab(lightness: 36, a: 5, b: -48)
      : CIELab(lightness: 36, a: 56, b: 32)
    let strength = abs(2 * position - 1)
    return CIELab(
      lightness: 97 + (end.lightness - 97) * strength, a: end.a * strength, b: end.b * strength
    ).color
  }
}

/// How numbers become colours: a map, the range it spans and a linear or logarithmic scale.
public struct ColorScale: Sendable, Hashable, Codable {
  /// The colour map.
  public var map: ColorMap
  /// The numbers at the two ends; `nil` takes the range of the data, symmetric about zero when the
  /// map is diverging.
  public var range: ClosedRange<Double>?
  /// Whether equal steps of colour are equal differences or equal ratios.
  public var scale: AxisScale

  /// A colour scale. A logarithmic one needs a positive range.
  public init(
    _ map: ColorMap = .viridis, range: ClosedRange<Double>? = nil, scale: AxisScale = .linear
  ) {
    self.map = map
    self.range = range
    self.scale = scale
  }

  /// The scale with its range settled by the data it has to cover.
  func resolved(for values: [Double]) -> ResolvedColorScale {
    var extent = AxisExtent()
    if range == nil {
      for value in values { extent.include(value) }
      if map.isDiverging, scale == .linear, let upper = extent.upper, let lower = extent.lower {
        let reach = max(abs(upper), abs(lower))
        extent.include(reach)
        extent.include(-reach)
      }
    }
    return ResolvedColorScale(
      map: map, axis: AxisMapping(scale: scale, range: extent.range(scale: scale, fixed: range)))
  }
}

extension ColorScale {
  /// The scale as a colour bar shows it: none that would be taken from fewer numbers than make a scale.
  func shown(for values: [Double]) -> ResolvedColorScale? {
    range != nil || makesScale(values) ? resolved(for: values) : nil
  }
}

/// Whether numbers are enough to draw a scale or level lines by: three that are finite.
func makesScale(_ values: [Double]) -> Bool { values.lazy.filter(\.isFinite).prefix(3).count == 3 }

/// A colour scale whose range is known.
struct ResolvedColorScale: Equatable {
  var map: ColorMap
  var axis: AxisMapping

  /// The colour of `value`: one of its own when it is not finite, invisible when it has no place on the scale.
  func color(of value: Double) -> Color {
    guard value.isFinite else { return map.notFinite }
    return map.color(at: axis.fraction(of: value) ?? .nan)
  }
}
