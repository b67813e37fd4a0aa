// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What can be wrong with a saved state of an optimiser or an average; settings have ``ConfigurationError``.
public enum OptimizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A saved state lacks a vector.
  case missingVector(name: String, available: [String])

  /// A vector of a saved state has the wrong number of elements.
  case vectorLength(name: String, found: Int, expected: Int)

  /// A saved state holds a step count below zero.
  case stepCount(Int)

  public var description: String {
    switch self {
    case .missingVector(let name, let available):
      "The saved state has no vector \"\(name)\"; it has "
        + (available.isEmpty ? "none." : available.sorted().joined(separator: ", ") + ".")
    case .vectorLength(let name, let found, let expected):
      "Vector \"\(name)\" of the saved state has \(found) elements; \(expected) are needed."
    case .stepCount(let count):
      "The saved state has a step count of \(count); accepted is a number of at least 0."
    }
  }
}
