// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A number as the unevaluated sum of two doubles, about 32 digits (Dekker 1971): for differences of large numbers that
/// are nearly equal.
struct DoubleDouble {
  /// The double nearest to the number.
  private(set) var high: Double
  private(set) var low: Double

  static let zero = DoubleDouble(high: 0, low: 0)

  private init(high: Double, low: Double) {
    self.high = high
    self.low = low
  }

  /// A sum of two doubles, exact.
  init(_ a: Double, plus b: Double) {
    let sum = a + b
    let part = sum - a
    self.init(high: sum, low: (a - (sum - part)) + (b - part))
  }

  /// A product of two doubles, exact unless it underflows.
  init(_ a: Double, times b: Double) {
    let product = a * b
    self.init(high: product, low: (-product).addingProduct(a, b))
  }

  static func + (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let highs = DoubleDouble(left.high, plus: right.high)
    let lows = DoubleDouble(left.low, plus: right.low)
    let sum = DoubleDouble(highs.high, plus: highs.low + lows.high)
    return DoubleDouble(sum.high, plus: sum.low + lows.low)
  }

  static prefix func - (value: DoubleDouble) -> DoubleDouble {
    DoubleDouble(high: -value.high, low: -value.low)
  }

  static func * (left: DoubleDouble, right: Double) -> DoubleDouble {
    let product = DoubleDouble(left.high, times: right)
    return DoubleDouble(product.high, plus: product.low + left.low * right)
  }

  var squared: DoubleDouble {
    let product = DoubleDouble(high, times: high)
    return DoubleDouble(product.high, plus: product.low + 2 * high * low)
  }
}
