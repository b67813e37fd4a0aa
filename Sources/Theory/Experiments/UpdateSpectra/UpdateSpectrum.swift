// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import LinearAlgebra

/// What is measured of a discretised update operator.
public struct UpdateSpectrum: Sendable, Codable {
  /// Unknowns of the grid.
  public let unknowns: Int
  /// Eigenvalues, in no order.
  public let eigenvalues: [ComplexNumber]
  public let smallestRealPart: Double
  public let largestModulus: Double
  /// The smallest eigenvalue of the symmetric part: the left end of the field of values in the p-weighted
  /// inner product. Negative means that some small error grows at first.
  public let smallestOfSymmetricPart: Double

  /// - Parameter matrix: the operator in an orthonormal basis of the weighted inner product.
  /// - Throws: `LinearAlgebraError`.
  public init(_ matrix: DenseMatrix) throws {
    eigenvalues = try matrix.eigenvalues()
    unknowns = matrix.rows
    smallestRealPart = eigenvalues.map(\.real).min() ?? .nan
    largestModulus = eigenvalues.map(\.magnitude).max() ?? .nan
    smallestOfSymmetricPart =
      try matrix.symmetricPart.symmetricEigenvalues().first ?? .nan
  }
}

/// `M^{−1/2} B M^{−1/2}`: a Galerkin matrix in an orthonormal basis.
func orthonormalized(_ form: DenseMatrix, mass: DenseMatrix) throws -> DenseMatrix {
  let root = try mass.inverseSquareRoot()
  return root * form * root
}
