// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A setting that cannot be used.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  public let setting: String
  public let value: String
  public let accepted: String

  public init(setting: String, value: String, accepted: String) {
    self.setting = setting
    self.value = value
    self.accepted = accepted
  }

  public var description: String { "\(setting): \(value) cannot be used; accepted is \(accepted)" }
}

extension ConfigurationError {
  /// Checks whole numbers that come from outside against their ranges.
  ///
  /// - Throws: ``ConfigurationError`` for the first that lies outside.
  package static func check(
    _ sizes: [(setting: String, value: Int, range: ClosedRange<Int>)]
  ) throws(ConfigurationError) {
    for (setting, value, range) in sizes where !range.contains(value) {
      throw ConfigurationError(
        setting: setting, value: "\(value)",
        accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
