// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth

/// Collects how far computed numbers are from given ones, quantity by quantity.
///
/// The error of a number is `|got − want| / max(|want|, floor)`. The floor only serves numbers that are
/// small by cancellation, whose rounding errors are those of the larger numbers beside them: it is
/// ``floor`` times the largest magnitude of the vector the number belongs to. Any larger number must
/// agree in all digits down to the tolerance.
struct ReferenceTally {
  /// Rounding leaves some 1e-15 of a vector's largest entry, so that even an entry at the floor agrees
  /// to 1e-10.
  static let floor = 1e-5

  private var checks: [(quantity: String, tolerance: Double, largest: Double, count: Int)] = []

  /// Compares one vector of a quantity; a quantity met before is continued.
  ///
  /// - Precondition: the vectors have equal lengths.
  mutating func compare(
    _ quantity: String, _ got: [Double], _ want: [Double], tolerance: Double
  ) {
    precondition(
      got.count == want.count, "\(quantity): \(got.count) values against \(want.count)")
    let place = place(of: quantity, tolerance)
    let floor = Self.floor * want.reduce(0) { max($0, $1.magnitude) }
    for (got, want) in zip(got, want) {
      let difference = (got - want).magnitude
      let error = difference == 0 ? 0 : difference / max(want.magnitude, floor)
      // Written so that NaN enters and stays.
      if !(error <= checks[place].largest) && !checks[place].largest.isNaN {
        checks[place].largest = error
      }
    }
    checks[place].count += got.count
  }

  private mutating func place(of quantity: String, _ tolerance: Double) -> Int {
    if let place = checks.firstIndex(where: { $0.quantity == quantity }) { return place }
    checks.append((quantity, tolerance, 0, 0))
    return checks.count - 1
  }

  /// The quantities in the order in which they were first met.
  var results: [ReferenceCheck] {
    checks.map {
      ReferenceCheck(
        quantity: $0.quantity, largestError: $0.largest, tolerance: $0.tolerance, count: $0.count)
    }
  }
}
