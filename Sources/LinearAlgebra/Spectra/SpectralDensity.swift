// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams

/// The distribution of the eigenvalues of a symmetric operator, estimated as a sum of point masses.
public struct SpectralDensity: Sendable, Equatable {
  /// The Gauss quadrature of one random vector: its nodes, and weights that add up to 1.
  public struct Quadrature: Sendable, Equatable {
    public let nodes: [Double]
    public let weights: [Double]
  }

  /// One a random vector.
  public let quadratures: [Quadrature]
  /// The number of products with the operator.
  public let applications: Int
  public let seed: UInt64

  /// The nodes of all vectors, in increasing order, with their weights divided by the number of vectors.
  public var masses: [(node: Double, weight: Double)] {
    let share = 1 / Double(quadratures.count)
    return quadratures.flatMap { zip($0.nodes, $0.weights).map { (node: $0, weight: $1 * share) } }
      .sorted { $0.node < $1.node }
  }
}

/// Stochastic Lanczos quadrature (Ubaru, Chen & Saad 2017): for each of several vectors of random signs the
/// Gauss quadrature of the spectral measure it sees.
///
/// A spectrum with fewer distinct eigenvalues than steps is found exactly, node by node; the weights then
/// carry the only error. Clustered eigenvalues share nodes.
///
/// - Parameters:
///   - probes: the number of random vectors, at least 2.
///   - steps: the number of nodes of each, between 1 and the dimension; as many products.
/// - Throws: ``LinearAlgebraError`` for numbers outside, an operator that is not symmetric, or a product
///   that is not finite.
public func spectralDensity(
  _ operation: some LinearOperator, probes: Int, steps: Int, seed: UInt64 = 0,
  symmetryTolerance: Double = 1e-6
) throws -> SpectralDensity {
  guard operation.isSymmetric else {
    throw LinearAlgebraError.symmetryRequired(method: "Lanczos quadrature")
  }
  try check("the number of probes", probes, in: 2...Int(Int32.max))
  try check("the number of steps", steps, in: 1...operation.dimension)
  let stream = RandomStream(seed: seed, purpose: .lanczosQuadrature)
  var quadratures: [SpectralDensity.Quadrature] = []
  var applications = 0
  for probe in 0..<probes {
    let basis = KrylovBasis(
      dimension: operation.dimension, capacity: steps, method: "Lanczos quadrature",
      stream: stream.appending("completion"), start: signs(operation.dimension, stream, probe))
    try basis.expand(operation, to: steps, stopsWhenInvariant: true)
    applications += basis.applications
    let system = try DenseSymmetricEigensystem(basis.projection, size: basis.size)
    let norm = system.eigenvalues.map(\.magnitude).max() ?? 0
    guard basis.asymmetry <= symmetryTolerance * norm else {
      throw LinearAlgebraError.notSymmetric(
        method: "Lanczos quadrature", asymmetry: norm > 0 ? basis.asymmetry / norm : .infinity,
        tolerance: symmetryTolerance)
    }
    quadratures.append(
      SpectralDensity.Quadrature(
        nodes: system.eigenvalues,
        weights: (0..<basis.size).map { index in
          let first = system.eigenvector(index)[index * basis.size]
          return first * first
        }))
  }
  return SpectralDensity(quadratures: quadratures, applications: applications, seed: seed)
}
