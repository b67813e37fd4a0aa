// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// All eigenvalues and eigenvectors of a stored symmetric matrix, by LAPACK.
public struct DenseSymmetricEigensystem: Sendable, Equatable {
  /// In increasing order.
  public let eigenvalues: [Double]
  /// The unit eigenvector of each eigenvalue, one after the other: `n` rows of `n` numbers.
  public let eigenvectors: [Double]

  /// The eigenvector of eigenvalue `index`.
  public func eigenvector(_ index: Int) -> ArraySlice<Double> {
    let size = eigenvalues.count
    return eigenvectors[index * size..<(index + 1) * size]
  }

  /// - Parameters:
  ///   - matrix: `size²` numbers, of which the lower and the upper triangle are averaged.
  ///   - size: the number of rows, at least 1.
  /// - Throws: ``LinearAlgebraError/solverFailed(routine:code:)``, as for numbers that are not finite.
  public init(_ matrix: [Double], size: Int) throws(LinearAlgebraError) {
    var entries = DenseMatrix(rowByRow: matrix, rows: size, columns: size).symmetricPart.elements
    eigenvalues = try LAPACK.symmetricEigenvalues(&entries, size: size, withVectors: true)
    eigenvectors = entries
  }
}

/// All eigenvalues and right eigenvectors of a stored square matrix, by LAPACK.
public struct DenseEigensystem: Sendable, Equatable {
  /// In no particular order, but conjugate pairs stand together, the positive imaginary part first.
  public let eigenvalues: [ComplexNumber]
  /// For each eigenvalue its eigenvector, of unit length.
  public let eigenvectors: [[ComplexNumber]]

  /// - Parameters:
  ///   - matrix: `size²` numbers, row by row.
  ///   - size: the number of rows, at least 1.
  /// - Throws: ``LinearAlgebraError/solverFailed(routine:code:)``, as for numbers that are not finite.
  public init(_ matrix: [Double], size: Int) throws(LinearAlgebraError) {
    let (values, vectors) = try LAPACK.eigenvalues(
      DenseMatrix(rowByRow: matrix, rows: size, columns: size).elements, size: size,
      withVectors: true)
    eigenvalues = values
    eigenvectors = values.indices.map { index in
      let imaginary = values[index].imaginary
      // A conjugate pair keeps its real and its imaginary part in two columns.
      let first = imaginary < 0 ? index - 1 : index
      return (0..<size).map { row in
        let realPart = vectors[first * size + row]
        guard imaginary != 0 else { return ComplexNumber(realPart) }
        let imaginaryPart = vectors[(first + 1) * size + row]
        return ComplexNumber(realPart, imaginary > 0 ? imaginaryPart : -imaginaryPart)
      }
    }
  }
}

/// `A = Q T Qᵀ` with `T` quasi-triangular, chosen eigenvalues leading.
struct OrderedSchurForm {
  /// `T`
  let triangle: DenseMatrix
  /// The Schur vectors, one after the other: `n` rows of `n` numbers.
  let vectors: [Double]
  /// How many of the leading Schur vectors span the chosen invariant subspace; a conjugate pair is never
  /// split, so it may be more than was chosen.
  let leadingCount: Int

  /// - Parameters:
  ///   - matrix: `size²` numbers, row by row.
  ///   - choose: which of the eigenvalues lead.
  init(
    _ matrix: [Double], size: Int, choose: ([ComplexNumber]) -> Set<Int>
  ) throws(LinearAlgebraError) {
    var form = DenseMatrix(rowByRow: matrix, rows: size, columns: size)
    let (triangle, vectors, count) = try LAPACK.orderedSchurForm(
      form.elements, size: size, choose: choose)
    form.elements = triangle
    self.triangle = form
    self.vectors = vectors
    // A block of two at the border must not be cut.
    let isCut = count > 0 && count < size && form[count, count - 1] != 0
    leadingCount = isCut ? count + 1 : count
  }
}
