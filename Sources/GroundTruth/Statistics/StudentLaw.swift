// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CGSL

/// Student's law: of the quotient of a mean and its standard error, both from one sample of normal numbers. It
/// stands with the exact laws, which alone see the library of special functions.
public enum StudentLaw {
  /// `P(|T| ≥ |t|)`, in `[0, 1]`.
  ///
  /// - Parameter degreesOfFreedom: above 0.
  public static func twoSidedTail(_ t: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "Student's law of \(degreesOfFreedom) degrees of freedom")
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    return min(2 * gsl_cdf_tdist_Q(abs(t), degreesOfFreedom), 1)
  }
}
