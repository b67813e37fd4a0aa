// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What a measured number has to be for a claim to hold.
public enum Expectation: Sendable, Equatable {
  /// The value, up to an absolute tolerance.
  case equals(Double, tolerance: Double)
  /// The value, up to so many of the measurement's standard errors.
  case agrees(Double, standardErrors: Double)
  case atMost(Double)
  case atLeast(Double)
}

/// A number a check measured, what the theory says of it, and whether they agree.
public struct Finding: Sendable, Equatable {
  /// What was measured, in words with symbols of the theory.
  public let quantity: String
  public let measured: Double
  /// The standard error of the measurement, where it is a mean over samples or seeds.
  public let standardError: Double?
  public let expectation: Expectation

  /// - Precondition: an expectation in standard errors comes with one.
  public init(
    _ quantity: String, measured: Double, standardError: Double? = nil, _ expectation: Expectation
  ) {
    if case .agrees = expectation {
      precondition(standardError != nil, "\(quantity) is expected within standard errors it lacks")
    }
    self.quantity = quantity
    self.measured = measured
    self.standardError = standardError
    self.expectation = expectation
  }

  /// The distance from what is expected in units of what is allowed: at most 1 if the claim holds.
  ///
  /// A bound is strained by the ratio of the measurement to it, infinitely so by a number that is not one.
  public var strain: Double {
    guard measured.isFinite else { return .infinity }
    switch expectation {
    case .equals(let value, let tolerance):
      let distance = abs(measured - value)
      return distance == 0 ? 0 : distance / tolerance
    case .agrees(let value, let standardErrors):
      guard let standardError, standardError.isFinite else { return .infinity }
      let distance = abs(measured - value)
      return distance == 0 ? 0 : distance / (standardErrors * standardError)
    case .atMost(let bound):
      return measured <= bound ? (bound > 0 ? max(measured / bound, 0) : 0) : ratioBeyond(bound)
    case .atLeast(let bound):
      return measured >= bound ? (measured > 0 ? max(bound / measured, 0) : 0) : ratioBeyond(bound)
    }
  }

  /// Whether the measurement is what the theory says.
  public var holds: Bool { strain <= 1 }

  private func ratioBeyond(_ bound: Double) -> Double {
    1 + abs(measured - bound) / max(abs(bound), .leastNormalMagnitude)
  }
}
