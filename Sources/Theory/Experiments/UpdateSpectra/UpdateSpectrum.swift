// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth

/// What is measured of a discretised update operator.
public struct UpdateSpectrum: Sendable, Codable {
  /// Unknowns of the grid.
  public let unknowns: Int
  /// Eigenvalues, in no order.
  public let eigenvalues: [Eigenvalue]
  public let smallestRealPart: Double
  public let largestModulus: Double
  /// The smallest eigenvalue of the symmetric part: the left end of the field of values in the p-weighted
  /// inner product. Negative means that some small error grows at first.
  public let smallestOfSymmetricPart: Double
  public struct Eigenvalue: Sendable, Codable {
    public let real: Double
    public let imaginary: Double
  }

  /// - Parameter matrix: the operator in an orthonormal basis of the weighted inner product.
  /// - Throws: `LinearAlgebraError`.
  public init(_ matrix: DenseMatrix) throws {
    let values = try matrix.eigenvalues()
    unknowns = matrix.rows
    eigenvalues = values.map { Eigenvalue(real: $0.real, imaginary: $0.imaginary) }
    smallestRealPart = values.map(\.real).min() ?? .nan
    largestModulus =
      values.map { ($0.real * $0.real + $0.imaginary * $0.imaginary).squareRoot() }.max() ?? .nan
    smallestOfSymmetricPart =
      try matrix.symmetricPart.symmetricEigenvalues().first ?? .nan
  }
}

/// `M^{−1/2} B M^{−1/2}`: a Galerkin matrix in an orthonormal basis.
func orthonormalized(_ form: DenseMatrix, mass: DenseMatrix) throws -> DenseMatrix {
  let root = try mass.inverseSquareRoot()
  return root * form * root
}
