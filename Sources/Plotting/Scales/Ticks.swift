// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A labelled mark on an axis.
public struct Tick: Sendable, Hashable, Codable {
  /// The number marked.
  public var value: Double
  /// The label, in the markup of ``Markup``; may be empty.
  public var label: String

  /// A mark at `value`, labelled `label`.
  public init(_ value: Double, _ label: String) {
    self.value = value
    self.label = label
  }
}

/// The marks of one axis: labelled ones, unlabelled minor ones, and the power of ten taken out of
/// all labels.
struct TickSet: Equatable {
  var major: [Tick] = []
  var minor: [Double] = []
  var commonExponent: Int?

  /// The marks for a range, at most `maximumCount` of them labelled.
  static func automatic(
    for range: ClosedRange<Double>, scale: AxisScale, maximumCount: Int
  ) -> TickSet {
    switch scale {
    case .linear: return LinearTicks.ticks(for: range, maximumCount: maximumCount)
    case .log10: return LogTicks.ticks(for: range, maximumCount: maximumCount)
    }
  }
}

/// A decimal number held exactly: `significand` times a power of ten.
struct Decimal10: Equatable {
  var significand: Int
  var exponent: Int

  /// The largest power of ten that a double holds.
  static let largestExponent = 308

  /// The nearest floating-point number.
  var value: Double { Decimal10.scaled(Double(significand), exponent) }

  /// `value` times ten to the `exponent`, with one rounding for every exponent down to -22.
  static func scaled(_ value: Double, _ exponent: Int) -> Double {
    exponent >= 0 ? value * pow(10, Double(exponent)) : value / pow(10, Double(-exponent))
  }

  /// Positional digits with `decimals` places after the point and a true minus sign.
  func text(decimals: Int) -> String {
    let places = max(decimals, 0)
    var digits = String(significand.magnitude)
    let shift = exponent + places
    precondition(shift >= 0, "too few decimals for an exact label")
    if significand != 0 { digits += String(repeating: "0", count: shift) }
    if digits.count <= places {
      digits = String(repeating: "0", count: places + 1 - digits.count) + digits
    }
    if places > 0 {
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
    }
    return (significand < 0 ? "\u{2212}" : "") + digits
  }
}

/// Marks at multiples of 1, 2, 2.5 or 5 times a power of ten.
enum LinearTicks {
  static func ticks(for range: ClosedRange<Double>, maximumCount: Int) -> TickSet {
    let numbers = decimals(in: range, maximumCount: max(maximumCount, 2))
    let largest = numbers.map { abs($0.value) }.max() ?? 0
    let exponent = largest > 0 ? Int(of: log10(largest).rounded(.down)) : 0
    // Five digits before the point or three zeros after it are harder to read than one exponent.
    let common = exponent >= 5 || exponent <= -4 ? exponent : nil
    let shift = common ?? 0
    let shifted = numbers.map {
      Decimal10(significand: $0.significand, exponent: $0.exponent - shift)
    }
    let places = max(shifted.map { minimalDecimals($0) }.max() ?? 0, 0)
    let major = zip(numbers, shifted).map { number, label in
      Tick(number.value, label.text(decimals: max(places, -label.exponent)))
    }
    return TickSet(major: trimmed(major), commonExponent: common)
  }

  /// The exact multiples of the smallest nice step that puts at most `maximumCount` in the range.
  private static func decimals(
    in range: ClosedRange<Double>, maximumCount: Int
  ) -> [Decimal10] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return [] }
    var exponent = Int(of: log10(span / Double(maximumCount)).rounded(.down)) - 1
    while exponent <= Decimal10.largestExponent {
      // 25 stands for 2.5: one decimal place further down.
      for (significand, shift) in [(1, 0), (2, 0), (25, -1), (5, 0)] {
        let unit = Decimal10(significand: significand, exponent: exponent + shift)
        let step = unit.value
        let slack = 1e-9
        let first = (range.lowerBound / step - slack).rounded(.up)
        let last = (range.upperBound / step + slack).rounded(.down)
        let count = last - first + 1
        if count <= Double(maximumCount), abs(first) < 1e15, abs(last) < 1e15 {
          guard count >= 1 else { return [] }
          return (Int(first)...Int(last)).map {
            Decimal10(significand: $0 * significand, exponent: unit.exponent)
          }
        }
      }
      exponent += 1
    }
    return []
  }

  /// The fewest places after the point that write the number exactly.
  private static func minimalDecimals(_ number: Decimal10) -> Int {
    guard number.significand != 0 else { return 0 }
    var significand = number.significand
    var exponent = number.exponent
    while significand % 10 == 0 {
      significand /= 10
      exponent += 1
    }
    return max(-exponent, 0)
  }

  /// Removes the zeros that every label ends in after the point.
  private static func trimmed(_ ticks: [Tick]) -> [Tick] {
    var ticks = ticks
    while !ticks.isEmpty,
      ticks.allSatisfy({ $0.label.contains(".") && ($0.label.last == "0" || $0.label.last == ".") })
    {
      for index in ticks.indices { ticks[index].label.removeLast() }
    }
    return ticks
  }
}

/// Marks at powers of ten, and at 1, 2 and 5 times them where fewer than two decades are shown.
enum LogTicks {
  static func ticks(for range: ClosedRange<Double>, maximumCount: Int) -> TickSet {
    let limit = max(maximumCount, 2)
    let lower = log10(range.lowerBound)
    let upper = log10(range.upperBound)
    let slack = 1e-9
    guard upper - lower >= 2 - slack else {
      return withinTwoDecades(range, maximumCount: limit)
    }
    let first = Int(of: (lower - slack).rounded(.up))
    let last = Int(of: (upper + slack).rounded(.down))
    var stride = 1
    while (last - first) / stride + 1 > limit { stride += 1 }
    let start =
      stride == 1 ? first : Int(of: (Double(first) / Double(stride)).rounded(.up)) * stride
    let major = Swift.stride(from: start, through: last, by: stride).map {
      Tick(pow(10, Double($0)), "10^{\($0)}")
    }
    let minor: [Double]
    if stride > 1 {
      minor = (first...last).filter { $0 % stride != 0 }.map { pow(10, Double($0)) }
    } else if upper - lower <= 6 {
      minor = multiples(2...9, in: range)
    } else {
      minor = []
    }
    return TickSet(major: major, minor: minor)
  }

  private static func withinTwoDecades(
    _ range: ClosedRange<Double>, maximumCount: Int
  ) -> TickSet {
    let decades = decades(in: range)
    for mantissas in [[1, 2, 5], [1, 3], [1]] {
      let numbers = decades.flatMap { exponent in
        mantissas.map { Decimal10(significand: $0, exponent: exponent) }
      }.filter { contains($0.value, range) }
      guard numbers.count <= maximumCount else { continue }
      // A range within one mantissa step has at most one such number: label it like a linear axis.
      guard numbers.count >= 2 else { break }
      return TickSet(
        major: labelled(numbers),
        minor: multiples(2...9, in: range).filter { value in
          !numbers.contains { abs($0.value / value - 1) < 1e-9 }
        })
    }
    return LinearTicks.ticks(for: range, maximumCount: maximumCount)
  }

  /// Positional labels where all are short, otherwise a mantissa times a power of ten.
  private static func labelled(_ numbers: [Decimal10]) -> [Tick] {
    let positional = numbers.allSatisfy { $0.exponent >= -3 && $0.exponent <= 3 }
    return numbers.map { number in
      if positional { return Tick(number.value, number.text(decimals: -number.exponent)) }
      let power = "10^{\(number.exponent)}"
      return Tick(
        number.value,
        number.significand == 1 ? power : "\(number.significand)\\times{}\(power)")
    }
  }

  private static func decades(in range: ClosedRange<Double>) -> ClosedRange<Int> {
    let lower = Int(of: log10(range.lowerBound).rounded(.down))
    return lower...max(lower, Int(of: log10(range.upperBound).rounded(.up)))
  }

  private static func multiples(
    _ mantissas: ClosedRange<Int>, in range: ClosedRange<Double>
  ) -> [Double] {
    decades(in: range).flatMap { exponent in
      mantissas.map { Decimal10(significand: $0, exponent: exponent).value }
    }.filter { contains($0, range) }
  }

  private static func contains(_ value: Double, _ range: ClosedRange<Double>) -> Bool {
    value >= range.lowerBound * (1 - 1e-9) && value <= range.upperBound * (1 + 1e-9)
  }
}
