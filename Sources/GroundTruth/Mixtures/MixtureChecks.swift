// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra

extension GaussianMixture {
  /// How far a covariance may be from symmetric: the largest difference of two entries across the diagonal,
  /// divided by the larger of their two variances.
  public static let asymmetryLimit = 1e-6
}

func checkWeight(_ weight: Double, _ component: Int) throws(MixtureError) {
  guard weight.isFinite else {
    throw .nonFinite(component: component, quantity: "weight", value: weight)
  }
  guard weight > 0 else { throw .nonPositiveWeight(component: component, value: weight) }
}

func checkMean(_ mean: [Double], _ component: Int, _ dimension: Int) throws(MixtureError) {
  guard mean.count == dimension && dimension > 0 else {
    throw .dimensionMismatch(
      component: component, quantity: "mean", expected: max(1, dimension), found: mean.count)
  }
  for value in mean where !value.isFinite {
    throw .nonFinite(component: component, quantity: "mean", value: value)
  }
}

/// The covariance, made symmetric where it is so within ``GaussianMixture/asymmetryLimit``.
func checkedCovariance(
  _ covariance: [[Double]], _ component: Int, _ dimension: Int
) throws(MixtureError) -> [[Double]] {
  for count in [covariance.count] + covariance.map(\.count) where count != dimension {
    throw .dimensionMismatch(
      component: component, quantity: "covariance", expected: dimension, found: count)
  }
  for value in covariance.joined() where !value.isFinite {
    throw .nonFinite(component: component, quantity: "covariance", value: value)
  }
  var symmetric = covariance
  var isRounded = true
  for row in 0..<dimension {
    for column in 0..<row where covariance[row][column] != covariance[column][row] {
      let (value, transposed) = (covariance[row][column], covariance[column][row])
      let scale = max(covariance[row][row].magnitude, covariance[column][column].magnitude)
      let difference = (value - transposed).magnitude
      guard difference <= GaussianMixture.asymmetryLimit * scale else {
        throw .asymmetricCovariance(
          component: component, row: row, column: column, value: value, transposed: transposed)
      }
      // What the rounding of double precision left is kept as it is: it changes no digit that counts.
      if difference > 1e-14 * scale { isRounded = false }
      symmetric[row][column] = value + 0.5 * (transposed - value)
      symmetric[column][row] = symmetric[row][column]
    }
  }
  return isRounded ? covariance : symmetric
}

/// The eigenvalues and eigenvectors of a covariance, which is well conditioned.
func checkedDecomposition(
  _ covariance: [[Double]], _ component: Int
) throws(MixtureError) -> (eigenvalues: [Double], eigenvectors: [[Double]]) {
  let decomposition = JacobiEigensystem(covariance)
  let smallest = decomposition.eigenvalues.min() ?? 0
  guard smallest > 0 && isWellConditioned(covariance) else {
    throw .notPositiveDefinite(component: component, smallestEigenvalue: smallest)
  }
  return (decomposition.eigenvalues, decomposition.eigenvectors)
}

/// Whether the correlation matrix is positive definite beyond rounding. Unlike the smallest eigenvalue
/// itself this does not mistake a small variance along an axis for a degenerate covariance.
private func isWellConditioned(_ covariance: [[Double]]) -> Bool {
  let deviations = covariance.indices.map { covariance[$0][$0].squareRoot() }
  guard deviations.allSatisfy({ $0 > 0 }) else { return false }
  let correlation = covariance.indices.map { row in
    covariance.indices.map { covariance[row][$0] / deviations[row] / deviations[$0] }
  }
  let smallest = JacobiEigensystem(correlation).eigenvalues.min() ?? 0
  return smallest > 4 * Double(covariance.count) * Double.ulpOfOne
}

func checkDeviation(_ deviation: Double) throws(MixtureError) {
  let variance = deviation * deviation
  guard deviation > 0 && variance > 0 && variance.isFinite else {
    throw .invalidDeviation(value: deviation)
  }
}
