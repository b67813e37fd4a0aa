// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension Double {
  /// Keeps the larger of two numbers; a NaN, once met, stays.
  mutating func take(_ other: Double) {
    if !(other <= self) && !isNaN { self = other }
  }
}
