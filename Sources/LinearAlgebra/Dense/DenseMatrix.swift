// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A real matrix of a few hundred rows: stored by columns, as LAPACK wants it.
public struct DenseMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// Entries, column by column.
  public var elements: [Double]

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0, "a matrix of \(rows) × \(columns) has no entries")
    self.rows = rows
    self.columns = columns
    elements = Array(repeating: 0, count: rows * columns)
  }

  /// A matrix of `rows × columns` numbers, row by row.
  public init(rowByRow entries: [Double], rows: Int, columns: Int) {
    precondition(
      entries.count == rows * columns,
      "\(entries.count) entries are no matrix of \(rows) × \(columns)")
    self.init(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { self[row, column] = entries[row * columns + column] }
    }
  }

  public subscript(row: Int, column: Int) -> Double {
    get { elements[column * rows + row] }
    set { elements[column * rows + row] = newValue }
  }

  public static func identity(_ size: Int) -> DenseMatrix {
    var matrix = DenseMatrix(rows: size, columns: size)
    for index in 0..<size { matrix[index, index] = 1 }
    return matrix
  }

  public static func + (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    combined(left, right) { $0 + $1 }
  }

  public static func - (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    combined(left, right) { $0 - $1 }
  }

  public static func * (factor: Double, matrix: DenseMatrix) -> DenseMatrix {
    var result = matrix
    for index in result.elements.indices { result.elements[index] *= factor }
    return result
  }

  private static func combined(
    _ left: DenseMatrix, _ right: DenseMatrix, _ operation: (Double, Double) -> Double
  ) -> DenseMatrix {
    precondition(
      left.rows == right.rows && left.columns == right.columns,
      "matrices of \(left.rows) × \(left.columns) and \(right.rows) × \(right.columns) do not fit")
    var result = left
    for index in result.elements.indices {
      result.elements[index] = operation(left.elements[index], right.elements[index])
    }
    return result
  }

  public var transposed: DenseMatrix {
    var result = DenseMatrix(rows: columns, columns: rows)
    for column in 0..<columns {
      for row in 0..<rows { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The rows and columns of two ranges.
  public func part(rows chosenRows: Range<Int>, columns chosenColumns: Range<Int>) -> DenseMatrix {
    var result = DenseMatrix(rows: chosenRows.count, columns: chosenColumns.count)
    for (j, column) in chosenColumns.enumerated() {
      for (i, row) in chosenRows.enumerated() { result[i, j] = self[row, column] }
    }
    return result
  }

  /// `(L + Lᵀ)/2`, whose eigenvalues bound the real parts of `⟨x, L x⟩`.
  public var symmetricPart: DenseMatrix { 0.5 * (self + transposed) }

  /// The Kronecker product: entry `(i n + j, k n + l)` is `a_ik b_jl` for `b` of `n` rows.
  public static func kronecker(_ a: DenseMatrix, _ b: DenseMatrix) -> DenseMatrix {
    var result = DenseMatrix(rows: a.rows * b.rows, columns: a.columns * b.columns)
    for k in 0..<a.columns {
      for l in 0..<b.columns {
        for i in 0..<a.rows where a[i, k] != 0 {
          for j in 0..<b.rows { result[i * b.rows + j, k * b.columns + l] = a[i, k] * b[j, l] }
        }
      }
    }
    return result
  }
}

// MARK: - Through BLAS and LAPACK

extension DenseMatrix {
  public static func * (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    precondition(
      left.columns == right.rows, "\(left.columns) columns do not meet \(right.rows) rows")
    var result = DenseMatrix(rows: left.rows, columns: right.columns)
    result.elements = LAPACK.product(
      left.elements, right.elements, rows: left.rows, inner: left.columns, columns: right.columns)
    return result
  }

  /// Solves `self · x = right`.
  ///
  /// - Throws: ``LinearAlgebraError/solverFailed(routine:code:)`` for a singular matrix.
  public func solved(_ right: DenseMatrix) throws(LinearAlgebraError) -> DenseMatrix {
    requireSquare("a linear system")
    precondition(right.rows == rows, "a right-hand side of \(right.rows) rows for \(rows)")
    var result = right
    result.elements = try LAPACK.solution(
      elements, right.elements, size: rows, columns: right.columns)
    return result
  }

  /// All eigenvalues of a square matrix, in no order.
  ///
  /// - Throws: ``LinearAlgebraError/solverFailed(routine:code:)``, as the other decompositions.
  public func eigenvalues() throws(LinearAlgebraError) -> [ComplexNumber] {
    requireSquare("eigenvalues")
    return try LAPACK.eigenvalues(elements, size: rows, withVectors: false).values
  }

  /// The eigenvalues of a symmetric matrix, in increasing order. Only the lower triangle is read.
  public func symmetricEigenvalues() throws(LinearAlgebraError) -> [Double] {
    requireSquare("symmetric eigenvalues")
    var entries = elements
    return try LAPACK.symmetricEigenvalues(&entries, size: rows, withVectors: false)
  }

  /// Singular values, in decreasing order: each to rounding of the largest.
  public func singularValues() throws(LinearAlgebraError) -> [Double] {
    try LAPACK.singularValues(elements, rows: rows, columns: columns)
  }

  /// `U`, `S` and `Vᵀ` of `U S Vᵀ`: orthonormal columns, singular values in decreasing order, orthonormal rows.
  public func singularValueDecomposition() throws(LinearAlgebraError) -> (
    left: DenseMatrix, values: [Double], right: DenseMatrix
  ) {
    let parts = try LAPACK.singularValueDecomposition(elements, rows: rows, columns: columns)
    var left = DenseMatrix(rows: rows, columns: parts.values.count)
    left.elements = parts.left
    var right = DenseMatrix(rows: parts.values.count, columns: columns)
    right.elements = parts.right
    return (left, parts.values, right)
  }

  /// `M^{−1/2}` of a symmetric positive definite matrix, of which the lower triangle is read.
  ///
  /// - Throws: ``LinearAlgebraError/notPositiveDefinite(order:)`` where an eigenvalue is not positive.
  public func inverseSquareRoot() throws(LinearAlgebraError) -> DenseMatrix {
    requireSquare("an inverse square root")
    var vectors = self
    let values = try LAPACK.symmetricEigenvalues(&vectors.elements, size: rows, withVectors: true)
    guard values[0] > 0 else { throw .notPositiveDefinite(order: rows) }
    var scaled = vectors
    for column in 0..<columns {
      let factor = 1 / values[column].squareRoot()
      for row in 0..<rows { scaled[row, column] *= factor }
    }
    return scaled * vectors.transposed
  }

  private func requireSquare(_ purpose: String) {
    precondition(rows == columns, "\(purpose) of a matrix of \(rows) × \(columns)")
  }
}
