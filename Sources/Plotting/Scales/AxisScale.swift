// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// How a quantity is laid along an axis.
public enum AxisScale: String, Sendable, Hashable, Codable, CaseIterable {
  /// Equal distances are equal differences.
  case linear
  /// Equal distances are equal ratios; only positive numbers have a place.
  case log10

  /// The coordinate in which the scale is linear; `nil` for a number without a place on it.
  func position(of value: Double) -> Double? {
    guard value.isFinite else { return nil }
    switch self {
    case .linear: return value
    case .log10: return value > 0 ? Foundation.log10(value) : nil
    }
  }

  /// The number at a coordinate: the inverse of `position(of:)`.
  func value(at position: Double) -> Double {
    switch self {
    case .linear: return position
    case .log10: return pow(10, position)
    }
  }
}

/// The finite extent of the data along one axis.
struct AxisExtent: Equatable {
  private(set) var lower: Double?
  private(set) var upper: Double?
  private(set) var smallestPositive: Double?
  /// Where bars stand: an axis that ends there gets no margin.
  private(set) var base: Double?
  private var marginLower: Double?

  /// Numbers beyond this size would overflow in differences; they do not widen a range.
  static let largestMagnitude = 1e300

  /// The shortest range that an axis shows: divisions by it do not overflow, and it can be divided itself.
  static let shortestSpan = 1e-300

  /// Widens the extent to hold `value`; a value that is not finite changes nothing.
  mutating func include(_ value: Double) {
    guard abs(value) <= AxisExtent.largestMagnitude else { return }
    lower = min(lower ?? value, value)
    upper = max(upper ?? value, value)
    if value > 0 { smallestPositive = min(smallestPositive ?? value, value) }
  }

  /// Widens the extent to hold the base line of bars.
  mutating func includeBase(_ value: Double) {
    include(value)
    base = value
  }

  /// Widens the extent to hold the lower edge of an error band. A band that nearly touches zero
  /// would open a logarithmic axis by many decades, so there it adds one decade at most.
  mutating func includeLowerMargin(_ value: Double) {
    guard abs(value) <= AxisExtent.largestMagnitude else { return }
    marginLower = min(marginLower ?? value, value)
  }

  /// The range an axis shows: the fixed one, or the data's, widened when it has no length.
  func range(scale: AxisScale, fixed: ClosedRange<Double>?) -> ClosedRange<Double> {
    switch scale {
    case .linear:
      if let fixed { return AxisExtent.widenedLinear(fixed.lowerBound, fixed.upperBound) }
      guard let lower, let upper else {
        return marginLower.map { AxisExtent.widenedLinear($0, $0) } ?? 0...1
      }
      return AxisExtent.widenedLinear(min(lower, marginLower ?? lower), upper)
    case .log10:
      if let fixed {
        precondition(
          fixed.lowerBound > 0,
          "a logarithmic axis needs a positive range, not \(fixed.lowerBound)...\(fixed.upperBound)"
        )
        return AxisExtent.widenedLog(fixed.lowerBound, fixed.upperBound)
      }
      guard let smallestPositive, let upper else { return 1...10 }
      let margin = max(marginLower ?? smallestPositive, smallestPositive / 10)
      return AxisExtent.widenedLog(min(smallestPositive, margin), upper)
    }
  }

  private static func widenedLinear(_ lower: Double, _ upper: Double) -> ClosedRange<Double> {
    let limit = largestMagnitude
    let (lower, upper) = (min(max(lower, -limit), limit), min(max(upper, -limit), limit))
    let magnitude = max(abs(lower), abs(upper))
    guard upper - lower <= max(magnitude * 1e-12, shortestSpan) else { return lower...upper }
    let reach = magnitude == 0 ? 0.5 : max(magnitude / 2, shortestSpan)
    return (lower - reach)...(upper + reach)
  }

  private static func widenedLog(_ lower: Double, _ upper: Double) -> ClosedRange<Double> {
    let (least, most) = (Double.leastNormalMagnitude, largestMagnitude)
    let (lower, upper) = (min(max(lower, least), most), min(max(upper, least), most))
    guard upper / lower <= 1 + 1e-12 else { return lower...upper }
    return (lower / 10.0.squareRoot())...(upper * 10.0.squareRoot())
  }
}

/// The map between numbers and fractions of an axis.
struct AxisMapping: Equatable {
  let scale: AxisScale
  let range: ClosedRange<Double>
  let reversed: Bool
  private let origin: Double
  private let length: Double

  /// - Parameter range: of positive length, and positive for a logarithmic scale.
  init(scale: AxisScale, range: ClosedRange<Double>, reversed: Bool = false) {
    guard let lower = scale.position(of: range.lowerBound),
      let upper = scale.position(of: range.upperBound), upper > lower
    else { preconditionFailure("the range \(range) has no length on a \(scale.rawValue) axis") }
    self.scale = scale
    self.range = range
    self.reversed = reversed
    origin = lower
    length = upper - lower
  }

  /// The length of the axis in the coordinate in which it is linear.
  var span: Double { length }

  /// Where `value` lies: 0 at the start of the axis, 1 at its end, beyond them outside the range.
  func fraction(of value: Double) -> Double? {
    guard let position = scale.position(of: value) else { return nil }
    let fraction = (position - origin) / length
    return reversed ? 1 - fraction : fraction
  }

  /// The number at a fraction of the axis.
  func value(at fraction: Double) -> Double {
    scale.value(at: origin + length * (reversed ? 1 - fraction : fraction))
  }

  /// The axis lengthened at its lower and upper number by fractions of its span.
  func padded(lower: Double, upper: Double) -> AxisMapping {
    let first = lower == 0 ? range.lowerBound : scale.value(at: origin - length * lower)
    let last = upper == 0 ? range.upperBound : scale.value(at: origin + length * (1 + upper))
    return AxisMapping(scale: scale, range: first...last, reversed: reversed)
  }
}
