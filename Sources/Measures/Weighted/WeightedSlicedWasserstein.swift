// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The sliced Wasserstein-2 distance between samples of any sizes and weights; see
/// ``slicedWassersteinDistance(_:_:along:)-(Points,_,_)`` for what it and its standard error are.
///
/// - Returns: The distance; NaN if a sample is not finite.
public func slicedWassersteinDistance(
  _ left: WeightedPoints, _ right: WeightedPoints, along directions: Directions
) -> Estimate {
  if left.masses == nil && right.masses == nil {
    return slicedWassersteinDistance(left.points, right.points, along: directions)
  }
  precondition(
    left.points.dimension == right.points.dimension
      && left.points.dimension == directions.vectors.dimension,
    "samples of dimensions \(left.points.dimension) and \(right.points.dimension) on directions of "
      + "dimension \(directions.vectors.dimension)")
  guard left.points.isFinite, right.points.isFinite else {
    return Estimate(value: .nan, standardError: .nan, count: directions.vectors.count)
  }
  let masses = (left.allMasses, right.allMasses)
  var moments = RunningMoments()
  for index in 0..<directions.vectors.count {
    let direction = Array(directions.vectors[index])
    moments.add(
      squaredDistanceOnLine(
        projection(of: left.points, masses.0, on: direction),
        projection(of: right.points, masses.1, on: direction)))
  }
  return moments.estimate.squareRoot()
}

/// The places of the points along a direction in increasing order, with their masses.
private func projection(
  of points: Points, _ masses: [Double], on direction: [Double]
) -> [(place: Double, mass: Double)] {
  (0..<points.count).map { row in
    (zip(points[row], direction).reduce(0) { $0 + $1.0 * $1.1 }, masses[row])
  }.sorted { $0.place < $1.place }
}

/// The integral over [0, 1] of the squared difference of two quantile functions.
private func squaredDistanceOnLine(
  _ left: [(place: Double, mass: Double)], _ right: [(place: Double, mass: Double)]
) -> Double {
  var sum = 0.0
  var (i, j) = (0, 0)
  var (leftRest, rightRest) = (left[0].mass, right[0].mass)
  while true {
    let mass = min(leftRest, rightRest)
    let difference = left[i].place - right[j].place
    sum += mass * difference * difference
    leftRest -= mass
    rightRest -= mass
    // The last points take what rounding leaves.
    if leftRest <= rightRest && i + 1 < left.count {
      i += 1
      leftRest += left[i].mass
    } else if j + 1 < right.count {
      j += 1
      rightRest += right[j].mass
    } else if i + 1 < left.count {
      i += 1
      leftRest += left[i].mass
    } else {
      return sum
    }
  }
}
