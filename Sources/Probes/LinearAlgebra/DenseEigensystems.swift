// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CBLAS

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
    precondition(
      size >= 1 && matrix.count == size * size,
      "\(matrix.count) entries are no matrix of \(size) rows")
    var entries = matrix
    for row in 0..<size {
      for column in 0..<row {
        let mean = 0.5 * (matrix[row * size + column] + matrix[column * size + row])
        entries[row * size + column] = mean
        entries[column * size + row] = mean
      }
    }
    guard entries.allSatisfy(\.isFinite) else { throw .solverFailed(routine: "dsyevd", code: -4) }
    var n = Int32(size)
    var values = [Double](repeating: 0, count: size)
    var work = [Double](repeating: 0, count: 1 + 6 * size + 2 * size * size)
    var workCount = Int32(work.count)
    var integers = [Int32](repeating: 0, count: 3 + 5 * size)
    var integerCount = Int32(integers.count)
    var code: Int32 = 0
    var leading = n
    dsyevd_(
      "V", "L", &n, &entries, &leading, &values, &work, &workCount, &integers, &integerCount,
      &code)
    guard code == 0 else { throw .solverFailed(routine: "dsyevd", code: Int(code)) }
    eigenvalues = values
    eigenvectors = entries
  }
}

/// A complex number.
public struct ComplexNumber: Sendable, Hashable, Codable {
  public var real: Double
  public var imaginary: Double

  public init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  public var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }
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
    guard matrix.allSatisfy(\.isFinite) else { throw .solverFailed(routine: "dgeev", code: -4) }
    var entries = transposed(matrix, size: size)
    var n = Int32(size)
    var (real, imaginary) = (
      [Double](repeating: 0, count: size), [Double](repeating: 0, count: size)
    )
    var left = [0.0]
    var right = [Double](repeating: 0, count: size * size)
    var work = [Double](repeating: 0, count: 8 * size)
    var workCount = Int32(work.count)
    var (one, code) = (Int32(1), Int32(0))
    var (leading, rightLeading) = (n, n)
    dgeev_(
      "N", "V", &n, &entries, &leading, &real, &imaginary, &left, &one, &right, &rightLeading,
      &work, &workCount, &code)
    guard code == 0 else { throw .solverFailed(routine: "dgeev", code: Int(code)) }
    eigenvalues = zip(real, imaginary).map { ComplexNumber($0, $1) }
    eigenvectors = (0..<size).map { index in
      // A conjugate pair keeps its real and its imaginary part in two columns.
      let first = imaginary[index] < 0 ? index - 1 : index
      return (0..<size).map { row in
        let realPart = right[first * size + row]
        guard imaginary[index] != 0 else { return ComplexNumber(realPart) }
        let imaginaryPart = right[(first + 1) * size + row]
        return ComplexNumber(realPart, imaginary[index] > 0 ? imaginaryPart : -imaginaryPart)
      }
    }
  }
}

/// `A = Q T Qᵀ` with `T` quasi-triangular, chosen eigenvalues leading.
struct OrderedSchurForm {
  /// `T`, row by row.
  let triangle: [Double]
  /// The Schur vectors, one after the other: `n` rows of `n` numbers.
  let vectors: [Double]
  /// How many of the leading Schur vectors span the chosen invariant subspace; a conjugate pair is never
  /// split, so it may be more than was chosen.
  let leadingCount: Int

  /// - Parameter choose: which of the eigenvalues lead.
  init(
    _ matrix: [Double], size: Int, choose: ([ComplexNumber]) -> Set<Int>
  ) throws(LinearAlgebraError) {
    var entries = transposed(matrix, size: size)
    var n = Int32(size)
    var (real, imaginary) = (
      [Double](repeating: 0, count: size), [Double](repeating: 0, count: size)
    )
    var schur = [Double](repeating: 0, count: size * size)
    var work = [Double](repeating: 0, count: max(8 * size, 8))
    var workCount = Int32(work.count)
    var (selectedCount, code) = (Int32(0), Int32(0))
    var flags = [Int32](repeating: 0, count: size)
    var (leading, schurLeading) = (n, n)
    dgees_(
      "V", "N", nil, &n, &entries, &leading, &selectedCount, &real, &imaginary, &schur,
      &schurLeading, &work, &workCount, &flags, &code)
    guard code == 0 else { throw .solverFailed(routine: "dgees", code: Int(code)) }
    let chosen = choose(zip(real, imaginary).map { ComplexNumber($0, $1) })
    for index in 0..<size { flags[index] = chosen.contains(index) ? 1 : 0 }
    var (conditionNumber, separation) = (0.0, 0.0)
    var integers = [Int32](repeating: 0, count: 1)
    var integerCount = Int32(1)
    dtrsen_(
      "N", "V", &flags, &n, &entries, &leading, &schur, &schurLeading, &real, &imaginary,
      &selectedCount, &conditionNumber, &separation, &work, &workCount, &integers, &integerCount,
      &code)
    // Code 1 says that two eigenvalues are too close to be swapped: the form is as far as it got.
    guard code == 0 || code == 1 else { throw .solverFailed(routine: "dtrsen", code: Int(code)) }
    triangle = transposed(entries, size: size)
    vectors = schur
    let count = Int(selectedCount)
    // A block of two at the border must not be cut.
    let isCut = count > 0 && count < size && triangle[count * size + count - 1] != 0
    leadingCount = isCut ? count + 1 : count
  }
}

private func transposed(_ matrix: [Double], size: Int) -> [Double] {
  precondition(
    size >= 1 && matrix.count == size * size,
    "\(matrix.count) entries are no matrix of \(size) rows")
  var result = matrix
  for row in 0..<size {
    for column in 0..<size { result[column * size + row] = matrix[row * size + column] }
  }
  return result
}
