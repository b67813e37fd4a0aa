// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The sliced Wasserstein-2 distance: the root mean square over directions of the exact W2 between
/// the projected samples (Rabin et al. 2012).
///
/// The standard error is that of the average over directions for the two samples given, as if the
/// directions were drawn at random; for evenly spaced ones it is an upper guide. It does not cover
/// the randomness of the samples, which a ``NoiseFloor`` shows.
///
/// - Returns: The distance; NaN if a sample is not finite.
/// - Complexity: O(*directions* × *n* log *n*).
public func slicedWassersteinDistance(
  _ left: Points, _ right: Points, along directions: Directions
) -> Estimate {
  precondition(right.count > 0, "A distance needs at least one point a sample.")
  precondition(
    left.dimension == right.dimension,
    "Samples of dimensions \(left.dimension) and \(right.dimension) have no distance.")
  return slicedWassersteinDistance(left, along: directions, isFinite: right.isFinite) { index in
    sortedProjection(of: right, on: Array(directions.vectors[index]))
  }
}

/// The sliced Wasserstein-2 distance to a sample along its directions, the same number as that between two samples.
public func slicedWassersteinDistance(_ left: Points, to reference: ReferenceSample) -> Estimate {
  slicedWassersteinDistance(
    left, along: reference.directions, isFinite: !reference.sortedProjections.isEmpty
  ) { reference.sortedProjections[$0] }
}

/// - Parameter right: the projections on a direction in ascending order.
private func slicedWassersteinDistance(
  _ left: Points, along directions: Directions, isFinite: Bool, right: (_ index: Int) -> [Double]
) -> Estimate {
  precondition(
    left.dimension == directions.vectors.dimension,
    "A sample of dimension \(left.dimension) projected on directions of dimension "
      + "\(directions.vectors.dimension).")
  precondition(left.count > 0, "A distance needs at least one point a sample.")
  guard left.isFinite, isFinite else {
    return Estimate(value: .nan, standardError: .nan, count: directions.vectors.count)
  }
  var moments = RunningMoments()
  for index in 0..<directions.vectors.count {
    let direction = Array(directions.vectors[index])
    moments.add(squaredDistanceOfSorted(sortedProjection(of: left, on: direction), right(index)))
  }
  return moments.estimate.squareRoot()
}

/// The exact Wasserstein-2 distance between two samples on the line, of equal or unequal size.
///
/// - Returns: The distance; NaN if a sample is not finite.
/// - Complexity: O(*n* log *n*).
public func wassersteinDistanceOnLine(_ left: [Double], _ right: [Double]) -> Double {
  precondition(!left.isEmpty && !right.isEmpty, "A distance needs at least one point a sample.")
  guard left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite) else { return .nan }
  return squaredDistanceOfSorted(left.sorted(), right.sorted()).squareRoot()
}

func sortedProjection(of points: Points, on direction: [Double]) -> [Double] {
  let dimension = points.dimension
  var projection = [Double](repeating: 0, count: points.count)
  points.values.withUnsafeBufferPointer { values in
    for point in projection.indices {
      var sum = 0.0
      for axis in 0..<dimension { sum += values[point * dimension + axis] * direction[axis] }
      projection[point] = sum
    }
  }
  projection.sort()
  return projection
}

/// The integral over [0, 1] of the squared difference of the two quantile functions, which are step
/// functions with steps at multiples of one over the counts.
private func squaredDistanceOfSorted(_ left: [Double], _ right: [Double]) -> Double {
  var sum = 0.0
  if left.count == right.count {
    for index in left.indices {
      let difference = left[index] - right[index]
      sum += difference * difference
    }
    return sum / Double(left.count)
  }
  // Probability is counted in units of 1 / (left.count * right.count), so that steps meet exactly.
  let (leftStep, rightStep) = (right.count, left.count)
  var (i, j, position) = (0, 0, 0)
  while i < left.count && j < right.count {
    let (leftEnd, rightEnd) = ((i + 1) * leftStep, (j + 1) * rightStep)
    let end = min(leftEnd, rightEnd)
    let difference = left[i] - right[j]
    sum += difference * difference * Double(end - position)
    position = end
    if leftEnd == end { i += 1 }
    if rightEnd == end { j += 1 }
  }
  return sum / (Double(left.count) * Double(right.count))
}
