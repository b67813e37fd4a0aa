// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import LinearAlgebra

/// `p_X = Σ w_k N(m_k, C_k)` in any dimension, with full covariances and a class label a component.
///
/// Under an interpolant everything about it is known in closed form (theory, section 5); see
/// ``marginal(at:_:)`` and ``ExactFlowMap``.
public struct GaussianMixture: Sendable, Equatable {
  /// One Gaussian, with the eigendecomposition `C = U diag(c) Uᵀ` made once.
  public struct Component: Sendable, Equatable {
    /// `w_k`, normalised.
    public let weight: Double
    /// `log w_k`, finite even where `w_k` underflows.
    public let logWeight: Double
    /// `m_k`, of the mixture's dimension.
    public let mean: [Double]
    /// `C_k`, row-major.
    public let covariance: [[Double]]
    /// `c`, all positive.
    public let eigenvalues: [Double]
    /// `U`, row-major: column `j`, that is `eigenvectors[i][j]` over `i`, belongs to `eigenvalues[j]`.
    public let eigenvectors: [[Double]]
    /// The class; the index of the component unless told otherwise.
    public let label: Int
  }

  public let name: String
  public let dimension: Int
  public let components: [Component]
  /// The same numbers as ``components``, flat, for hot loops.
  let parameters: MixtureParameters

  /// - Parameters:
  ///   - name: for titles and files.
  ///   - weights: any positive numbers; they are normalised.
  ///   - means: one a component, all of one dimension `d ≥ 1`.
  ///   - covariances: `d × d`, symmetric and positive definite.
  ///   - labels: one a component; by default its index.
  public init(
    name: String = "mixture", weights: [Double], means: [[Double]], covariances: [[[Double]]],
    labels: [Int]? = nil
  ) throws(MixtureError) {
    guard let firstMean = means.first else { throw .noComponents }
    let dimension = firstMean.count
    for (list, count) in [
      ("weights", weights.count), ("covariances", covariances.count),
      ("labels", labels?.count ?? means.count),
    ] where count != means.count {
      throw .countMismatch(list: list, expected: means.count, found: count)
    }
    for index in means.indices {
      try checkWeight(weights[index], index)
      try checkMean(means[index], index, dimension)
      try checkCovariance(covariances[index], index, dimension)
    }
    // Scaled by the largest, the sum can neither overflow nor vanish.
    let largest = weights.max() ?? 1
    let total = weights.reduce(0) { $0 + $1 / largest }
    var components: [Component] = []
    for index in means.indices {
      let decomposition = JacobiEigensystem(covariances[index])
      let smallest = decomposition.eigenvalues.min() ?? 0
      guard smallest > 0 && isWellConditioned(covariances[index]) else {
        throw .notPositiveDefinite(component: index, smallestEigenvalue: smallest)
      }
      components.append(
        Component(
          weight: weights[index] / largest / total,
          logWeight: log(weights[index]) - log(largest) - log(total), mean: means[index],
          covariance: covariances[index], eigenvalues: decomposition.eigenvalues,
          eigenvectors: decomposition.eigenvectors, label: labels?[index] ?? index))
    }
    self.init(name: name, dimension: dimension, components: components)
  }

  /// A mixture of isotropic Gaussians.
  ///
  /// - Parameter deviation: the standard deviation of every component.
  public init(
    name: String = "mixture", weights: [Double], means: [[Double]], deviation: Double,
    labels: [Int]? = nil
  ) throws(MixtureError) {
    try checkDeviation(deviation)
    let dimension = means.first?.count ?? 0
    let covariance = (0..<dimension).map { row in
      (0..<dimension).map { $0 == row ? deviation * deviation : 0 }
    }
    try self.init(
      name: name, weights: weights, means: means,
      covariances: Array(repeating: covariance, count: means.count), labels: labels)
  }

  private init(name: String, dimension: Int, components: [Component]) {
    self.name = name
    self.dimension = dimension
    self.components = components
    parameters = MixtureParameters(components, dimension: dimension)
  }
}

// MARK: - Classes

extension GaussianMixture {
  /// The distinct labels, in increasing order.
  public var labels: [Int] { Set(components.map(\.label)).sorted() }

  /// The mixture given its class: the components of one label, with their weights renormalised.
  public func restricted(toLabel label: Int) throws(MixtureError) -> GaussianMixture {
    let chosen = components.filter { $0.label == label }
    guard let heaviest = chosen.map(\.logWeight).max() else {
      throw .unknownLabel(label: label, available: labels)
    }
    let logTotal = heaviest + log(chosen.reduce(0) { $0 + exp($1.logWeight - heaviest) })
    let rescaled = chosen.map {
      Component(
        weight: exp($0.logWeight - logTotal), logWeight: $0.logWeight - logTotal, mean: $0.mean,
        covariance: $0.covariance, eigenvalues: $0.eigenvalues, eigenvectors: $0.eigenvectors,
        label: $0.label)
    }
    return GaussianMixture(name: name, dimension: dimension, components: rescaled)
  }

  /// The same mixture with the places of its ``labels`` in their order for labels: `0, 1, …`.
  public var withLabelsCounted: GaussianMixture {
    let labels = labels
    return GaussianMixture(
      name: name, dimension: dimension,
      components: components.map { component in
        Component(
          weight: component.weight, logWeight: component.logWeight, mean: component.mean,
          covariance: component.covariance, eigenvalues: component.eigenvalues,
          eigenvectors: component.eigenvectors,
          label: labels.firstIndex(of: component.label) ?? 0)
      })
  }
}

// MARK: - Modes

extension GaussianMixture {
  /// `sqrt((x − m_k)ᵀ C_k⁻¹ (x − m_k))`.
  public func mahalanobisDistance(_ x: [Double], component: Int) -> Double {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    let gaussian = components[component]
    var sum = 0.0
    for column in 0..<dimension {
      var coordinate = 0.0
      for row in 0..<dimension {
        coordinate += gaussian.eigenvectors[row][column] * (x[row] - gaussian.mean[row])
      }
      sum += coordinate * coordinate / gaussian.eigenvalues[column]
    }
    return sum.squareRoot()
  }

  /// The component at the smallest Mahalanobis distance; the first of equals.
  public func nearestComponent(to x: [Double]) -> Int {
    var best = (index: 0, distance: Double.infinity)
    for index in components.indices {
      let distance = mahalanobisDistance(x, component: index)
      if distance < best.distance { best = (index, distance) }
    }
    return best.index
  }

  /// Whether some component is within a Mahalanobis distance of `radius`.
  public func isInsideModes(_ x: [Double], radius: Double = 3) -> Bool {
    components.indices.contains { mahalanobisDistance(x, component: $0) <= radius }
  }
}

// MARK: - Checks

private func checkWeight(_ weight: Double, _ component: Int) throws(MixtureError) {
  guard weight.isFinite else {
    throw .nonFinite(component: component, quantity: "weight", value: weight)
  }
  guard weight > 0 else { throw .nonPositiveWeight(component: component, value: weight) }
}

private func checkMean(_ mean: [Double], _ component: Int, _ dimension: Int) throws(MixtureError) {
  guard mean.count == dimension && dimension > 0 else {
    throw .dimensionMismatch(
      component: component, quantity: "mean", expected: max(1, dimension), found: mean.count)
  }
  for value in mean where !value.isFinite {
    throw .nonFinite(component: component, quantity: "mean", value: value)
  }
}

private func checkCovariance(
  _ covariance: [[Double]], _ component: Int, _ dimension: Int
) throws(MixtureError) {
  for count in [covariance.count] + covariance.map(\.count) where count != dimension {
    throw .dimensionMismatch(
      component: component, quantity: "covariance", expected: dimension, found: count)
  }
  for value in covariance.joined() where !value.isFinite {
    throw .nonFinite(component: component, quantity: "covariance", value: value)
  }
  for row in 0..<dimension {
    for column in 0..<row where covariance[row][column] != covariance[column][row] {
      let (value, transposed) = (covariance[row][column], covariance[column][row])
      // Products such as R D Rᵀ are symmetric to rounding only.
      let scale = max(covariance[row][row].magnitude, covariance[column][column].magnitude)
      guard (value - transposed).magnitude <= 1e-14 * scale else {
        throw .asymmetricCovariance(
          component: component, row: row, column: column, value: value, transposed: transposed)
      }
    }
  }
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

private func checkDeviation(_ deviation: Double) throws(MixtureError) {
  let variance = deviation * deviation
  guard deviation > 0 && variance > 0 && variance.isFinite else {
    throw .invalidDeviation(value: deviation)
  }
}
