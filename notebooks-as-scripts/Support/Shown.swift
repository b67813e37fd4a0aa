// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Theory

// The one rule by which measured numbers carry a claim.
//
// A statement about each of the runs, and one about numbers without sampling error, is held as it stands.

/// How many standard errors a number must stand clear of what it is compared with to be shown: three, which chance
/// alone exceeds in one direction about once in 700 times.
let shownErrors = 3.0

/// ``shownErrors`` in words, for the sentences that name it.
let shownErrorsText = "three standard errors"

extension Estimate {
  /// Whether the number is above a bound by more than ``shownErrors`` of its standard errors.
  func isShown(above bound: Double) -> Bool { value - bound > shownErrors * standardError }

  /// Whether the number is below a bound by more than ``shownErrors`` of its standard errors.
  func isShown(below bound: Double) -> Bool { bound - value > shownErrors * standardError }

  /// Whether the number is above another by more than ``shownErrors`` standard errors of their difference; the two
  /// are taken to be independent.
  func isShown(above other: Estimate) -> Bool {
    let variance = standardError * standardError + other.standardError * other.standardError
    return value - other.value > shownErrors * variance.squareRoot()
  }

  /// Whether the number is nearer to a value than the margin, by more than ``shownErrors`` of its standard errors.
  func isShown(within margin: Double, of expected: Double) -> Bool {
    isShown(above: expected - margin) && isShown(below: expected + margin)
  }
}

extension LogLogSlope {
  /// The slope with its error, as other measured numbers are held and printed.
  var estimate: Estimate { Estimate(value: value, standardError: standardError, count: 0) }
}
