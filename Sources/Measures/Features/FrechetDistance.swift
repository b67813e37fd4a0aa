// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra

/// A normal law in feature space.
public struct GaussianFit: Sendable, Equatable {
  public let mean: [Double]
  /// `d × d`, symmetric.
  public let covariance: [Double]
  /// A square root: `covariance = root · rootᵀ`.
  private let root: DenseMatrix

  /// The number of features.
  public var dimension: Int { mean.count }

  /// - Parameter covariance: `d × d` numbers, of which the lower and the upper triangle are averaged; eigenvalues below
  ///   zero by rounding are taken for zero.
  /// - Throws: ``FeatureError`` for numbers that are not finite, or a covariance that is none.
  public init(mean: [Double], covariance: [Double]) throws(FeatureError) {
    let size = mean.count
    precondition(
      size > 0 && covariance.count == size * size,
      "\(covariance.count) numbers are no covariance of \(size) features")
    guard mean.allSatisfy(\.isFinite), covariance.allSatisfy(\.isFinite) else {
      throw .notFinite(purpose: "a mean or covariance")
    }
    self.mean = mean
    self.covariance = covariance
    let system: DenseSymmetricEigensystem
    do {
      system = try DenseSymmetricEigensystem(covariance, size: size)
    } catch {
      throw .decomposition("\(error)")
    }
    let (smallest, largest) = (system.eigenvalues[0], system.eigenvalues[size - 1])
    guard smallest >= -1e-6 * max(largest, 0) else {
      throw .notPositive(smallest: smallest, largest: largest)
    }
    var root = DenseMatrix(rows: size, columns: size)
    for column in 0..<size {
      let scale = max(system.eigenvalues[column], 0).squareRoot()
      for (row, value) in system.eigenvector(column).enumerated() {
        root[row, column] = scale * value
      }
    }
    self.root = root
  }

  /// The squared Fréchet (Wasserstein-2) distance of two normal laws,
  /// `|m − m'|² + tr(C + C' − 2 (C^½ C' C^½)^½)`; FID (Heusel et al. 2017) where the features are an Inception network's.
  ///
  /// The trace of the square root of the symmetric product is the sum of the singular values of `rootᵀ · root'`, the
  /// square roots of its eigenvalues: exact to rounding of the largest, also where covariances are singular.
  ///
  /// - Throws: ``FeatureError`` for laws in spaces of different dimensions.
  public func frechetDistance(to other: GaussianFit) throws(FeatureError) -> Double {
    guard dimension == other.dimension else {
      throw .dimensions(left: dimension, right: other.dimension)
    }
    let crossed: [Double]
    do {
      crossed = try (root.transposed * other.root).singularValues()
    } catch {
      throw .decomposition("\(error)")
    }
    let means = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    func trace(_ matrix: [Double]) -> Double {
      (0..<dimension).reduce(0) { $0 + matrix[$1 * (dimension + 1)] }
    }
    return means + trace(covariance) + trace(other.covariance) - 2 * crossed.reduce(0, +)
  }
}
