// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension RandomStream {
  /// Draws of Beta(a, b), in the open interval (0, 1): `rows.count × draws`, row-major.
  ///
  /// Where `a` or `b` is 1 the distribution function is inverted, draw by draw. Otherwise a draw is
  /// `X / (X + Y)` for gamma variates of shapes `a` and `b`; rejection then uses a varying number of bits,
  /// so the draws of a row come one after the other from ``generator(row:)``.
  ///
  /// Single-precision draws are those of double precision, rounded.
  public func fillBeta<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, draws: Int, a: Double, b: Double
  ) {
    guard let base = checked(out, rows, draws, a, b) else { return }
    Scalar.randomKernels.beta(
      address, UInt64(rows.lowerBound), Int64(rows.count), Int64(draws), a, b, base)
  }

  private func checked<Scalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, _ rows: Range<Int>, _ draws: Int, _ a: Double,
    _ b: Double
  ) -> UnsafeMutablePointer<Scalar>? {
    precondition(
      a > 0 && b > 0 && a.isFinite && b.isFinite,
      "the parameters of a beta law must be positive and finite, got \(a) and \(b)")
    return checked(out, rows, draws, 0)
  }
}
