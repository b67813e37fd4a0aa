// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The energy distance between samples of any weights: that of ``energyDistance(_:_:)-(Points,_)`` with averages over
/// pairs of different points in proportion to the products of their masses.
///
/// The standard error is that of the influence of each point (the delta method); like the jackknife it is
/// conservative where the laws agree.
///
/// - Returns: The distance; NaN if a sample is not finite.
public func energyDistance(_ left: WeightedPoints, _ right: WeightedPoints) -> Estimate {
  if left.masses == nil && right.masses == nil { return energyDistance(left.points, right.points) }
  return pairStatistic(left, right) { $0.squareRoot() }
}

/// The squared maximum mean discrepancy between samples of any weights; see
/// ``maximumMeanDiscrepancy(_:_:kernel:)-(Points,_,_)``. Averages and standard error are as for
/// ``energyDistance(_:_:)-(WeightedPoints,_)``.
///
/// - Returns: The squared discrepancy; NaN if a sample is not finite.
public func maximumMeanDiscrepancy(
  _ left: WeightedPoints, _ right: WeightedPoints, kernel: GaussianKernel
) -> Estimate {
  if left.masses == nil && right.masses == nil {
    return maximumMeanDiscrepancy(left.points, right.points, kernel: kernel)
  }
  let factors = kernel.bandwidths.map { -0.5 / ($0 * $0) }
  let scale = -1 / Double(factors.count)
  return pairStatistic(left, right) { squares in
    scale * factors.reduce(SIMD4<Double>.zero) { $0 + exponential($1 * squares) }
  }
}

/// `2 E h(X, Y) − E h(X, X') − E h(Y, Y')` for a function `h` of the squared distance.
private func pairStatistic(
  _ left: WeightedPoints, _ right: WeightedPoints, _ h: (SIMD4<Double>) -> SIMD4<Double>
) -> Estimate {
  precondition(
    left.points.dimension == right.points.dimension && left.count > 2 && right.count > 2,
    "\(left.count) points of dimension \(left.points.dimension) and \(right.count) of dimension "
      + "\(right.points.dimension); three points a sample and one dimension are needed")
  let count = left.count + right.count
  guard left.points.isFinite, right.points.isFinite else {
    return Estimate(value: .nan, standardError: .nan, count: count)
  }
  let between = meanToOthers(left, right, h)
  let betweenReversed = meanToOthers(right, left, h)
  let own = (meanWithin(left, h), meanWithin(right, h))
  let masses = (left.allMasses, right.allMasses)
  let value =
    2 * zip(between, masses.0).reduce(0) { $0 + $1.0 * $1.1 } - own.0.mean - own.1.mean
  let variance =
    varianceOfMean(zip(between, own.0.rows).map { 2 * ($0 - $1) }, masses: masses.0)
    + varianceOfMean(zip(betweenReversed, own.1.rows).map { 2 * ($0 - $1) }, masses: masses.1)
  return Estimate(value: value, standardError: variance.squareRoot(), count: count)
}

/// For each point the mean of `h` to the points of another sample.
private func meanToOthers(
  _ left: WeightedPoints, _ right: WeightedPoints, _ h: (SIMD4<Double>) -> SIMD4<Double>
) -> [Double] {
  let columns = CoordinateColumns(right.points)
  // Lanes that hold no point have no mass.
  var masses = [SIMD4<Double>](repeating: .zero, count: (right.count + 3) / 4)
  for (index, mass) in right.allMasses.enumerated() { masses[index / 4][index % 4] = mass }
  return masses.withUnsafeBufferPointer { masses in
    (0..<left.count).map { row in
      var sum = SIMD4<Double>.zero
      columns.forEach(from: left.points[row]) { group, squares in
        sum += masses[group] * h(squares)
      }
      return sum.sum()
    }
  }
}

/// For each point the mean of `h` to the others of its sample, and the mean over all pairs of different points.
private func meanWithin(
  _ sample: WeightedPoints, _ h: (SIMD4<Double>) -> SIMD4<Double>
) -> (rows: [Double], mean: Double) {
  let masses = sample.allMasses
  let atZero = h(.zero)[0]
  let sums = zip(meanToOthers(sample, sample, h), masses).map { $0 - $1 * atZero }
  let pairs = 1 - masses.reduce(0) { $0 + $1 * $1 }
  let rows = zip(sums, masses).map { $1 < 1 ? $0 / (1 - $1) : 0 }
  return (rows, zip(sums, masses).reduce(0) { $0 + $1.0 * $1.1 } / pairs)
}
