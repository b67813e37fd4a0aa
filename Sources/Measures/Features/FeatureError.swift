// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why samples cannot be compared in features.
public enum FeatureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A covariance of more features than it has samples is singular, and the distance says more of their number than
  /// of the law. `purpose` is what was to be measured.
  case tooFewSamples(purpose: String, samples: Int, needed: Int, features: Int)
  /// Features of two kinds.
  case dimensions(left: Int, right: Int)
  /// A number of a sample, or of a mean or covariance, that is not finite.
  case notFinite(purpose: String)
  /// An eigenvalue of a covariance is below zero by more than rounding.
  case notPositive(smallest: Double, largest: Double)
  /// LAPACK gave up.
  case decomposition(String)

  public var description: String {
    switch self {
    case .tooFewSamples(let purpose, let samples, let needed, let features):
      "\(purpose) in \(features) features cannot be had of \(samples) samples; accepted are \(needed) or more"
    case .dimensions(let left, let right):
      "samples of \(left) and of \(right) features cannot be compared; accepted are equal numbers"
    case .notFinite(let purpose):
      "\(purpose) holds a number that is not finite; accepted are finite numbers"
    case .notPositive(let smallest, let largest):
      "a covariance has the eigenvalue \(smallest) beside \(largest); accepted are none below zero"
    case .decomposition(let text): text
    }
  }
}
