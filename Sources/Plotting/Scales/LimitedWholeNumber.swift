// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension Int {
  /// The whole part of a number, with numbers beyond `limit` in magnitude taken at it and what is not a number as 0: a
  /// conversion for lengths and counts that follow from data of any size.
  init(of value: Double, limit: Int = 1 << 52) {
    self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -Double(limit)), Double(limit)))
  }
}
