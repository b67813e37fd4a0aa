// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CBLAS

/// A real matrix for spectra of a few hundred rows: stored by columns, as LAPACK wants it.
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

/// A LAPACK routine that did not converge, or met a singular matrix.
public struct LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  public let routine: String
  public let size: Int
  /// LAPACK's `info`.
  public let code: Int

  public var description: String {
    "LAPACK \(routine) failed on a matrix of \(size) rows with code \(code)"
  }
}

// MARK: - Through BLAS and LAPACK

extension DenseMatrix {
  public static func * (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    precondition(
      left.columns == right.rows, "\(left.columns) columns do not meet \(right.rows) rows")
    var result = DenseMatrix(rows: left.rows, columns: right.columns)
    var (m, n, k) = (Int32(left.rows), Int32(right.columns), Int32(left.columns))
    var (one, zero) = (1.0, 0.0)
    dgemm_(
      "N", "N", &m, &n, &k, &one, left.elements, &m, right.elements, &k, &zero, &result.elements, &m
    )
    return result
  }

  /// Solves `self · x = right`.
  ///
  /// - Throws: ``LinearAlgebraError`` for a singular matrix.
  public func solved(_ right: DenseMatrix) throws(LinearAlgebraError) -> DenseMatrix {
    let size = square("a linear system")
    precondition(right.rows == rows, "a right-hand side of \(right.rows) rows for \(rows)")
    var factors = elements
    var result = right
    var pivots = [Int32](repeating: 0, count: rows)
    var (n, count, info) = (size, Int32(right.columns), Int32(0))
    dgesv_(&n, &count, &factors, &n, &pivots, &result.elements, &n, &info)
    try Self.check(info, "dgesv", rows)
    return result
  }

  /// All eigenvalues of a square matrix, in no order.
  ///
  /// - Throws: ``LinearAlgebraError``.
  public func eigenvalues() throws(LinearAlgebraError) -> [(real: Double, imaginary: Double)] {
    var n = square("eigenvalues")
    var copy = elements
    var real = [Double](repeating: 0, count: rows)
    var imaginary = real
    var (unused, one) = ([0.0], Int32(1))
    var unusedRight = [0.0]
    var work = [Double](repeating: 0, count: 64 * rows)
    var (count, info) = (Int32(64 * rows), Int32(0))
    dgeev_(
      "N", "N", &n, &copy, &n, &real, &imaginary, &unused, &one, &unusedRight, &one, &work, &count,
      &info)
    try Self.check(info, "dgeev", rows)
    return zip(real, imaginary).map { ($0, $1) }
  }

  /// The eigenvalues of a symmetric matrix, in increasing order, and its orthonormal eigenvectors as columns.
  /// Only the upper triangle is read.
  ///
  /// - Throws: ``LinearAlgebraError``.
  public func symmetricEigensystem() throws(LinearAlgebraError) -> (
    values: [Double], vectors: DenseMatrix
  ) { try symmetric("V") }

  /// The eigenvalues of a symmetric matrix, in increasing order.
  ///
  /// - Throws: ``LinearAlgebraError``.
  public func symmetricEigenvalues() throws(LinearAlgebraError) -> [Double] {
    try symmetric("N").values
  }

  private func symmetric(
    _ job: String
  ) throws(LinearAlgebraError) -> (values: [Double], vectors: DenseMatrix) {
    var n = square("symmetric eigenvalues")
    var vectors = self
    var values = [Double](repeating: 0, count: rows)
    var work = [Double](repeating: 0, count: 64 * rows)
    var (count, info) = (Int32(64 * rows), Int32(0))
    dsyev_(job, "U", &n, &vectors.elements, &n, &values, &work, &count, &info)
    try Self.check(info, "dsyev", rows)
    return (values, vectors)
  }

  /// Singular values, in decreasing order.
  ///
  /// - Throws: ``LinearAlgebraError``.
  public func singularValues() throws(LinearAlgebraError) -> [Double] {
    var copy = elements
    var (m, n, one, info) = (Int32(rows), Int32(columns), Int32(1), Int32(0))
    var values = [Double](repeating: 0, count: min(rows, columns))
    var (left, right) = ([0.0], [0.0])
    var work = [Double](repeating: 0, count: 64 * (rows + columns))
    var count = Int32(work.count)
    dgesvd_(
      "N", "N", &m, &n, &copy, &m, &values, &left, &one, &right, &one, &work, &count, &info)
    try Self.check(info, "dgesvd", rows)
    return values
  }

  /// `M^{−1/2}` of a symmetric positive definite matrix.
  ///
  /// - Throws: ``LinearAlgebraError``, also where an eigenvalue is not positive.
  public func inverseSquareRoot() throws(LinearAlgebraError) -> DenseMatrix {
    let (values, vectors) = try symmetricEigensystem()
    guard let smallest = values.first, smallest > 0 else {
      throw LinearAlgebraError(routine: "dsyev (not positive definite)", size: rows, code: 1)
    }
    var scaled = vectors
    for column in 0..<columns {
      let factor = 1 / values[column].squareRoot()
      for row in 0..<rows { scaled[row, column] *= factor }
    }
    return scaled * vectors.transposed
  }

  private func square(_ purpose: String) -> Int32 {
    precondition(rows == columns, "\(purpose) of a matrix of \(rows) × \(columns)")
    return Int32(rows)
  }

  private static func check(
    _ info: Int32, _ routine: String, _ size: Int
  ) throws(LinearAlgebraError) {
    if info != 0 { throw LinearAlgebraError(routine: routine, size: size, code: Int(info)) }
  }
}
