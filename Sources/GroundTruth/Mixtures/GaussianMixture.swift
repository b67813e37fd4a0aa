// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// `p_X = Σ w_k N(m_k, C_k)` in any dimension, with full covariances and a class label a component.
///
/// Under an interpolant everything about it is known in closed form (theory, section 5); see
/// ``marginal(at:_:)`` and ``ExactFlowMap``. From ``fineComponentCount`` components on, where all have one
/// covariance, the same values come from sums over blocks of neighbours that share one matrix.
public struct GaussianMixture: Sendable, Equatable {
  /// From this number of components on the component of a sample is chosen by an alias table, in constant
  /// time, and a mixture of one covariance is evaluated block by block. Below it everything is as for a few
  /// components, to the bit.
  public static let fineComponentCount = 1024

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
  /// The distinct labels, in increasing order.
  public let labels: [Int]
  /// The same numbers as ``components``, flat, for hot loops.
  let form: MixtureForm

  /// - Parameters:
  ///   - name: for titles and files.
  ///   - weights: any positive numbers; they are normalised.
  ///   - means: one a component, all of one dimension `d ≥ 1`.
  ///   - covariances: `d × d`, symmetric and positive definite. Entries that differ from those across the diagonal
  ///     by no more than ``asymmetryLimit`` of the larger of their two variances, as products in single
  ///     precision do, are replaced by their mean with them.
  ///   - labels: one a component; by default its index.
  /// - Throws: ``MixtureError``.
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
    // Equal neighbours, as in a fine mixture, are checked and decomposed once and share their memory.
    var symmetric: [[[Double]]] = []
    symmetric.reserveCapacity(means.count)
    for index in means.indices {
      try checkWeight(weights[index], index)
      try checkMean(means[index], index, dimension)
      symmetric.append(
        index > 0 && covariances[index] == covariances[index - 1]
          ? symmetric[index - 1] : try checkedCovariance(covariances[index], index, dimension))
    }
    // Scaled by the largest, the sum can neither overflow nor vanish.
    let largest = weights.max() ?? 1
    let total = weights.reduce(0) { $0 + $1 / largest }
    var components: [Component] = []
    components.reserveCapacity(means.count)
    for index in means.indices {
      let isRepeated = index > 0 && symmetric[index] == symmetric[index - 1]
      let decomposition =
        isRepeated
        ? (components[index - 1].eigenvalues, components[index - 1].eigenvectors)
        : try checkedDecomposition(symmetric[index], index)
      components.append(
        Component(
          weight: weights[index] / largest / total,
          logWeight: log(weights[index]) - log(largest) - log(total), mean: means[index],
          covariance: symmetric[index], eigenvalues: decomposition.0,
          eigenvectors: decomposition.1, label: labels?[index] ?? index))
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
    labels = Set(components.map(\.label)).sorted()
    form = MixtureForm(components, dimension: dimension)
  }
}

// MARK: - Classes

extension GaussianMixture {
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
    if labels == Array(labels.indices) { return self }
    let places = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    return GaussianMixture(
      name: name, dimension: dimension,
      components: components.map { component in
        Component(
          weight: component.weight, logWeight: component.logWeight, mean: component.mean,
          covariance: component.covariance, eigenvalues: component.eigenvalues,
          eigenvectors: component.eigenvectors,
          label: places[component.label] ?? 0)
      })
  }
}
