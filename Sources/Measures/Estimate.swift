// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A measured number with its standard error.
public struct Estimate: Sendable, Hashable, Codable {
  /// The estimated value.
  public var value: Double

  /// One standard deviation of ``value`` over repetitions of the measurement; NaN where unknown.
  public var standardError: Double

  /// The number of independent contributions behind the value.
  public var count: Int

  /// An estimate from its parts.
  public init(value: Double, standardError: Double, count: Int) {
    self.value = value
    self.standardError = standardError
    self.count = count
  }

  /// The mean of independent samples, with the standard error of that mean.
  public init(meanOf samples: some Sequence<Double>) {
    self = RunningMoments(samples).estimate
  }

  /// The square root of the value; its standard error by the delta method, `error / (2 root)`.
  ///
  /// A value below zero, which an unbiased estimate of a squared distance may take, gives zero with
  /// the square root of the error for its error.
  public func squareRoot() -> Estimate {
    guard !(value <= 0) else {
      return Estimate(value: 0, standardError: standardError.squareRoot(), count: count)
    }
    let root = value.squareRoot()
    return Estimate(value: root, standardError: standardError / (2 * root), count: count)
  }
}

extension Estimate: CustomStringConvertible {
  /// The value to the decimal place of the second significant digit of its error, as in
  /// `0.983 ± 0.012`; with a common power of ten for large and small numbers, as in
  /// `(1.234 ± 0.012)e-05`; six significant digits where the error is zero or unknown.
  public var description: String {
    // An error below the rounding of the value, as of one projection drawn many times, says nothing.
    let isKnown = standardError > 1e-12 * abs(value)
    guard value.isFinite, standardError.isFinite, isKnown else {
      return String(format: standardError == 0 ? "%.6g ± 0" : "%.6g", value)
    }
    let leading = max(Estimate.exponent(of: value), Estimate.exponent(of: standardError))
    guard (-3...5).contains(leading) else {
      let scale = pow(10, Double(leading))
      let mantissa = Estimate.fixed(value / scale, standardError / scale)
      return String(format: "(%@)e%+03d", mantissa, leading)
    }
    return Estimate.fixed(value, standardError)
  }

  private static func fixed(_ value: Double, _ error: Double) -> String {
    let places = min(max(0, 1 - exponent(of: error)), 15)
    return String(format: "%.*f ± %.*f", places, value, places, error)
  }

  /// The decimal exponent of a number once it is rounded to two significant digits.
  private static func exponent(of number: Double) -> Int {
    guard number != 0, number.isFinite else { return Int.min }
    let exponent = Int(log10(abs(number)).rounded(.down))
    let rounded = (abs(number) / pow(10, Double(exponent - 1))).rounded()
    return rounded >= 100 ? exponent + 1 : exponent
  }
}
