// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The energy distance `2 E|X - Y| - E|X - X'| - E|Y - Y'|` (Székely & Rizzo 2013) between the laws
/// of two samples, as an unbiased U-statistic: pairs of a point with itself are left out, so that
/// two samples of one law average to zero, and single values may fall below it.
///
/// The standard error is the delete-one jackknife over both samples. It is conservative: on average
/// at least the true one (Efron & Stein 1981), and up to √2 too large when the laws agree.
///
/// - Returns: The distance, not its square root; NaN if a sample is not finite.
/// - Complexity: O(*n* *m* + *n*² + *m*²) distances.
public func energyDistance(_ left: Points, _ right: Points) -> Estimate {
  energyDistance(left, right) { _, _ in }
}

/// The energy distance, long work that can be followed and ended.
///
/// - Parameter whileMeasuring: Told how many of how many rows of distances are done; what it throws ends the work.
public func energyDistance(
  _ left: Points, _ right: Points,
  whileMeasuring told: (_ done: Int, _ total: Int) throws -> Void
) rethrows -> Estimate {
  let total = 2 * left.count + right.count
  return try energyDistance(
    left, right, isFinite: right.isFinite, told: { try told($0, total) },
    ownRight: { try ownDistanceSums(right) { try told(2 * left.count + $0, total) } })
}

/// The energy distance to a sample, the same number as that between two samples.
public func energyDistance(_ left: Points, to reference: ReferenceSample) -> Estimate {
  energyDistance(
    left, reference.points, isFinite: !reference.ownDistanceSums.isEmpty, told: { _ in },
    ownRight: { reference.ownDistanceSums })
}

/// - Parameters:
///   - isFinite: whether the right sample is.
///   - told: the rows of distances that are done, those within the right sample aside.
///   - ownRight: for each point of the right sample the sum of its distances to the others.
private func energyDistance(
  _ left: Points, _ right: Points, isFinite: Bool, told: (_ done: Int) throws -> Void,
  ownRight: () throws -> [Double]
) rethrows -> Estimate {
  precondition(
    left.dimension == right.dimension,
    "Samples of dimensions \(left.dimension) and \(right.dimension) have no distance.")
  precondition(
    left.count > 2 && right.count > 2, "The energy distance needs at least three points a sample.")
  let count = left.count + right.count
  guard left.isFinite, isFinite else {
    return Estimate(value: .nan, standardError: .nan, count: count)
  }
  let between = try crossDistanceSums(left, right) { try told($0) }
  let withinLeft = try ownDistanceSums(left) { try told(left.count + $0) }
  let withinRight = try ownRight()
  let value = unbiasedDistance(
    between: between.rows.reduce(0, +), left: withinLeft.reduce(0, +),
    right: withinRight.reduce(0, +), counts: (left.count, right.count))
  let variance =
    jackknifeVariance(
      between: between.rows, own: withinLeft, otherSum: withinRight.reduce(0, +),
      otherCount: right.count)
    + jackknifeVariance(
      between: between.columns, own: withinRight, otherSum: withinLeft.reduce(0, +),
      otherCount: left.count)
  return Estimate(value: value, standardError: variance.squareRoot(), count: count)
}

/// The U-statistic from the sums of distances over all ordered pairs.
private func unbiasedDistance(
  between: Double, left: Double, right: Double, counts: (left: Int, right: Int)
) -> Double {
  let (n, m) = (Double(counts.left), Double(counts.right))
  return 2 * between / (n * m) - left / (n * (n - 1)) - right / (m * (m - 1))
}

/// The jackknife variance from leaving out each point of one sample in turn.
private func jackknifeVariance(
  between: [Double], own: [Double], otherSum: Double, otherCount: Int
) -> Double {
  let betweenSum = between.reduce(0, +)
  let ownSum = own.reduce(0, +)
  let moments = RunningMoments(
    between.indices.map { index in
      unbiasedDistance(
        between: betweenSum - between[index], left: ownSum - 2 * own[index], right: otherSum,
        counts: (between.count - 1, otherCount))
    })
  let n = Double(between.count)
  return moments.variance * (n - 1) * (n - 1) / n
}

/// For each point of both samples the sum of its distances to the points of the other.
private func crossDistanceSums(
  _ left: Points, _ right: Points, told: (_ row: Int) throws -> Void
) rethrows -> (rows: [Double], columns: [Double]) {
  var rows = [Double](repeating: 0, count: left.count)
  var columns = [Double](repeating: 0, count: right.count)
  let coordinates = right.columns()
  for row in rows.indices {
    try told(row)
    rows[row] = addDistances(
      from: left, row, to: coordinates, count: right.count, range: 0..<right.count, into: &columns)
  }
  return (rows, columns)
}

/// For each point of a sample the sum of its distances to the others; each pair is measured once.
func ownDistanceSums(
  _ points: Points, told: (_ row: Int) throws -> Void
) rethrows -> [Double] {
  var later = [Double](repeating: 0, count: points.count)
  var earlier = later
  let coordinates = points.columns()
  for row in later.indices {
    try told(row)
    later[row] = addDistances(
      from: points, row, to: coordinates, count: points.count, range: row + 1..<points.count,
      into: &earlier)
  }
  return zip(later, earlier).map { $0 + $1 }
}

/// Adds the distance from one point to each point of a range to that point's sum.
///
/// - Parameters:
///   - coordinates: The other points, dimension by dimension, `count` values each.
///   - sums: One sum for each of the other points.
/// - Returns: The sum of the distances.
private func addDistances(
  from points: Points, _ row: Int, to coordinates: [Double], count: Int, range: Range<Int>,
  into sums: inout [Double]
) -> Double {
  let dimension = points.dimension
  return points.values.withUnsafeBufferPointer { values in
    coordinates.withUnsafeBufferPointer { coordinates in
      sums.withUnsafeMutableBufferPointer { sums in
        let origin = UnsafeBufferPointer(rebasing: values[row * dimension..<(row + 1) * dimension])
        var total = SIMD4<Double>.zero
        var other = range.lowerBound
        // Square roots are the cost; four at a time keep the unit busy.
        while other + 4 <= range.upperBound {
          var squares = SIMD4<Double>.zero
          for axis in 0..<dimension {
            let start = axis * count + other
            let place = SIMD4(
              coordinates[start], coordinates[start + 1], coordinates[start + 2],
              coordinates[start + 3])
            let difference = place - origin[axis]
            squares += difference * difference
          }
          let distances = squares.squareRoot()
          total += distances
          for lane in 0..<4 { sums[other + lane] += distances[lane] }
          other += 4
        }
        var sum = total.sum()
        while other < range.upperBound {
          var square = 0.0
          for axis in 0..<dimension {
            let difference = coordinates[axis * count + other] - origin[axis]
            square += difference * difference
          }
          sum += square.squareRoot()
          sums[other] += square.squareRoot()
          other += 1
        }
        return sum
      }
    }
  }
}
