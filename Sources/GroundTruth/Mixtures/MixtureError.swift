// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why numbers do not describe a Gaussian mixture. Components are counted from 0.
public enum MixtureError: Error, Equatable, Sendable, CustomStringConvertible {
  case noComponents
  /// A list that must hold one entry a component has another length.
  case countMismatch(list: String, expected: Int, found: Int)
  /// A mean, or a row or column of a covariance, has the wrong length.
  case dimensionMismatch(component: Int, quantity: String, expected: Int, found: Int)
  case nonFinite(component: Int, quantity: String, value: Double)
  case nonPositiveWeight(component: Int, value: Double)
  /// A weight so small beside the others that its share of their sum is no number above 0.
  case negligibleWeight(component: Int, value: Double)
  /// Entries across the diagonal differ by more than ``GaussianMixture/asymmetryLimit``.
  case asymmetricCovariance(
    component: Int, row: Int, column: Int, value: Double, transposed: Double)
  case notPositiveDefinite(component: Int, smallestEigenvalue: Double)
  /// A standard deviation that is not positive and finite, or too small for its square to be so.
  case invalidDeviation(value: Double)
  case unknownLabel(label: Int, available: [Int])
  case nonFiniteGuidanceScale(value: Double)

  public var description: String {
    switch self {
    case .noComponents:
      return "a mixture needs at least one component"
    case .countMismatch(let list, let expected, let found):
      return "\(list): expected \(expected) entries, one a component, found \(found)"
    case .dimensionMismatch(let component, let quantity, let expected, let found):
      return "component \(component): the \(quantity) must have length \(expected), found \(found)"
    case .nonFinite(let component, let quantity, let value):
      return "component \(component): the \(quantity) must be finite, found \(value)"
    case .nonPositiveWeight(let component, let value):
      return "component \(component): the weight must be positive, found \(value)"
    case .negligibleWeight(let component, let value):
      return
        "component \(component): the weight \(value) is nothing beside the others; accepted are weights down to "
        + "\(Double.leastNonzeroMagnitude) of their sum"
    case .asymmetricCovariance(let component, let row, let column, let value, let transposed):
      return "component \(component): the covariance must be symmetric, but entry "
        + "[\(row)][\(column)] is \(value) and entry [\(column)][\(row)] is \(transposed), which differ by "
        + "more than \(GaussianMixture.asymmetryLimit) of the larger of their two variances"
    case .notPositiveDefinite(let component, let smallest):
      return "component \(component): the covariance must be positive definite, but its smallest "
        + "eigenvalue is \(smallest)"
    case .invalidDeviation(let value):
      return "the standard deviation must be positive and finite, and so must its square, "
        + "found \(value)"
    case .unknownLabel(let label, let available):
      return "no component has label \(label); the labels are "
        + available.map(String.init).joined(separator: ", ")
    case .nonFiniteGuidanceScale(let value):
      return "the guidance scale must be finite, found \(value)"
    }
  }
}
