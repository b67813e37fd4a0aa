// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why an algorithm on a matrix or a linear operator cannot give an answer.
public enum LinearAlgebraError: Error, Equatable, Sendable, CustomStringConvertible {
  /// More, or fewer, eigenvalues or vectors were asked for than there can be.
  case countOutOfRange(setting: String, value: Int, accepted: ClosedRange<Int>)
  /// A method for symmetric operators was given one that says it is not.
  case symmetryRequired(method: String)
  /// An operator that says it is symmetric is not: the largest `|⟨u, Av⟩ − ⟨Au, v⟩|` over the unit vectors
  /// tried, relative to the norm of the operator.
  case notSymmetric(method: String, asymmetry: Double, tolerance: Double)
  /// A product with the operator holds a number that is not finite.
  case notFinite(method: String, application: Int)
  /// A matrix is not positive definite: among its first rows and columns, this many, it is not.
  case notPositiveDefinite(order: Int)
  /// A routine of LAPACK did not converge, or met a singular matrix or one that is not finite.
  case solverFailed(routine: String, code: Int)

  public var description: String {
    switch self {
    case .countOutOfRange(let setting, let value, let accepted):
      return "\(setting) must be between \(accepted.lowerBound) and \(accepted.upperBound), "
        + "found \(value)"
    case .symmetryRequired(let method):
      return "\(method) needs a symmetric operator, and this one is not; use Arnoldi"
    case .notSymmetric(let method, let asymmetry, let tolerance):
      return "\(method) needs a symmetric operator; this one says it is, but is so only to "
        + "\(asymmetry) of its norm, and \(tolerance) is tolerated"
    case .notFinite(let method, let application):
      return "\(method): product \(application) with the operator is not finite"
    case .notPositiveDefinite(let order):
      return "a matrix has to be positive definite and is not, within its first \(order) rows"
    case .solverFailed(let routine, let code):
      return "the dense solver \(routine) failed with code \(code)"
    }
  }
}

/// Checks that a number of things lies in a range.
func check(
  _ setting: String, _ value: Int, in accepted: ClosedRange<Int>
) throws(LinearAlgebraError) {
  guard accepted.contains(value) else {
    throw .countOutOfRange(setting: setting, value: value, accepted: accepted)
  }
}
