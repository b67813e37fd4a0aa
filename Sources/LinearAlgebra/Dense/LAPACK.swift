// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CBLAS

/// The routines of LAPACK in use, on matrices stored column by column. No other file sees the library.
enum LAPACK {
  /// Called before every routine: threads of OpenBLAS's own, as many as the machine has cores, would make the last
  /// digits depend on that number.
  private static func useOneThread() { openblas_set_num_threads(1) }

  /// `A B` for `A` of `rows × inner` and `B` of `inner × columns`.
  static func product(
    _ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int
  ) -> [Double] {
    useOneThread()
    var result = [Double](repeating: 0, count: rows * columns)
    var (m, n, k) = (Int32(rows), Int32(columns), Int32(inner))
    var (one, zero) = (1.0, 0.0)
    dgemm_("N", "N", &m, &n, &k, &one, a, &m, b, &k, &zero, &result, &m)
    return result
  }

  /// `X` of `A X = B`.
  static func solution(
    _ a: [Double], _ right: [Double], size: Int, columns: Int
  ) throws(LinearAlgebraError) -> [Double] {
    useOneThread()
    var (factors, result) = (a, right)
    var pivots = [Int32](repeating: 0, count: size)
    var (n, count, code) = (Int32(size), Int32(columns), Int32(0))
    dgesv_(&n, &count, &factors, &n, &pivots, &result, &n, &code)
    try check(code, "dgesv")
    return result
  }

  /// The eigenvalues of a symmetric matrix, in increasing order, of which the lower triangle is read; its
  /// unit eigenvectors take its place, if asked for.
  static func symmetricEigenvalues(
    _ matrix: inout [Double], size: Int, withVectors: Bool
  ) throws(LinearAlgebraError) -> [Double] {
    useOneThread()
    try checkFinite(matrix, "dsyevd", argument: 4)
    var n = Int32(size)
    var values = [Double](repeating: 0, count: size)
    var work = [Double](
      repeating: 0, count: 1 + (withVectors ? 6 * size + 2 * size * size : 2 * size))
    var integers = [Int32](repeating: 0, count: withVectors ? 3 + 5 * size : 1)
    var (workCount, integerCount, code) = (Int32(work.count), Int32(integers.count), Int32(0))
    dsyevd_(
      withVectors ? "V" : "N", "L", &n, &matrix, &n, &values, &work, &workCount, &integers,
      &integerCount, &code)
    try check(code, "dsyevd")
    return values
  }

  /// The eigenvalues of a matrix, in no order but conjugate pairs together, the positive imaginary part
  /// first; and, if asked for, its right eigenvectors of unit length, a pair's as real and imaginary part.
  static func eigenvalues(
    _ matrix: [Double], size: Int, withVectors: Bool
  ) throws(LinearAlgebraError) -> (values: [ComplexNumber], vectors: [Double]) {
    useOneThread()
    try checkFinite(matrix, "dgeev", argument: 4)
    var entries = matrix
    var real = [Double](repeating: 0, count: size)
    var imaginary = real
    var left = [0.0]
    var right = [Double](repeating: 0, count: withVectors ? size * size : 1)
    var work = [Double](repeating: 0, count: 64 * size)
    var (n, one, workCount, code) = (Int32(size), Int32(1), Int32(work.count), Int32(0))
    dgeev_(
      "N", withVectors ? "V" : "N", &n, &entries, &n, &real, &imaginary, &left, &one, &right, &n,
      &work, &workCount, &code)
    try check(code, "dgeev")
    return (zip(real, imaginary).map { ComplexNumber($0, $1) }, withVectors ? right : [])
  }

  /// The singular values of a matrix, in decreasing order.
  static func singularValues(
    _ matrix: [Double], rows: Int, columns: Int
  ) throws(LinearAlgebraError) -> [Double] {
    useOneThread()
    try checkFinite(matrix, "dgesvd", argument: 5)
    var entries = matrix
    var values = [Double](repeating: 0, count: min(rows, columns))
    var (left, right) = ([0.0], [0.0])
    var work = [Double](repeating: 0, count: 64 * (rows + columns))
    var (m, n, one) = (Int32(rows), Int32(columns), Int32(1))
    var (workCount, code) = (Int32(work.count), Int32(0))
    dgesvd_(
      "N", "N", &m, &n, &entries, &m, &values, &left, &one, &right, &one, &work, &workCount, &code)
    try check(code, "dgesvd")
    return values
  }

  /// `A = U S Vᵀ` with `U` of `min(rows, columns)` columns and `Vᵀ` of as many rows; singular values in
  /// decreasing order.
  static func singularValueDecomposition(
    _ matrix: [Double], rows: Int, columns: Int
  ) throws(LinearAlgebraError) -> (left: [Double], values: [Double], right: [Double]) {
    try checkFinite(matrix, "dgesvd", argument: 5)
    let count = min(rows, columns)
    var entries = matrix
    var values = [Double](repeating: 0, count: count)
    var left = [Double](repeating: 0, count: rows * count)
    var right = [Double](repeating: 0, count: count * columns)
    var work = [Double](repeating: 0, count: 64 * (rows + columns))
    var (m, n, few, code) = (Int32(rows), Int32(columns), Int32(count), Int32(0))
    var workCount = Int32(work.count)
    dgesvd_(
      "S", "S", &m, &n, &entries, &m, &values, &left, &m, &right, &few, &work, &workCount, &code)
    try check(code, "dgesvd")
    return (left, values, right)
  }

  /// `A = Q T Qᵀ` with the eigenvalues chosen among all leading in `T`; how many lead.
  static func orderedSchurForm(
    _ matrix: [Double], size: Int, choose: ([ComplexNumber]) -> Set<Int>
  ) throws(LinearAlgebraError) -> (triangle: [Double], vectors: [Double], count: Int) {
    useOneThread()
    var triangle = matrix
    var real = [Double](repeating: 0, count: size)
    var imaginary = real
    var vectors = [Double](repeating: 0, count: size * size)
    var work = [Double](repeating: 0, count: 8 * size)
    var flags = [Int32](repeating: 0, count: size)
    var (n, workCount) = (Int32(size), Int32(work.count))
    var (selected, code) = (Int32(0), Int32(0))
    dgees_(
      "V", "N", nil, &n, &triangle, &n, &selected, &real, &imaginary, &vectors, &n, &work,
      &workCount, &flags, &code)
    try check(code, "dgees")
    let chosen = choose(zip(real, imaginary).map { ComplexNumber($0, $1) })
    for index in 0..<size { flags[index] = chosen.contains(index) ? 1 : 0 }
    var (conditionNumber, separation) = (0.0, 0.0)
    var (integers, integerCount) = ([Int32(0)], Int32(1))
    dtrsen_(
      "N", "V", &flags, &n, &triangle, &n, &vectors, &n, &real, &imaginary, &selected,
      &conditionNumber, &separation, &work, &workCount, &integers, &integerCount, &code)
    // Code 1 says that two eigenvalues are too close to be swapped: the form is as far as it got.
    try check(code == 1 ? 0 : code, "dtrsen")
    return (triangle, vectors, Int(selected))
  }

  /// `x` of `A x = b` for a symmetric positive definite band matrix, whose lower triangle has entry `(i, j)`
  /// at `j (bandwidth + 1) + i − j`.
  static func bandedSolution(
    _ band: consuming [Double], _ right: consuming [Double], bandwidth: Int
  ) throws(LinearAlgebraError) -> [Double] {
    useOneThread()
    var (factor, result) = (band, right)
    var (n, width, leading) = (Int32(result.count), Int32(bandwidth), Int32(bandwidth + 1))
    var (one, code) = (Int32(1), Int32(0))
    dpbtrf_("L", &n, &width, &factor, &leading, &code)
    guard code <= 0 else { throw .notPositiveDefinite(order: Int(code)) }
    try check(code, "dpbtrf")
    dpbtrs_("L", &n, &width, &one, factor, &leading, &result, &n, &code)
    try check(code, "dpbtrs")
    return result
  }

  private static func check(_ code: Int32, _ routine: String) throws(LinearAlgebraError) {
    if code != 0 { throw .solverFailed(routine: routine, code: Int(code)) }
  }

  /// LAPACK's iterations need not end on numbers that are not finite. The code is its own for a bad argument.
  private static func checkFinite(
    _ matrix: [Double], _ routine: String, argument: Int
  ) throws(LinearAlgebraError) {
    guard matrix.allSatisfy(\.isFinite) else {
      throw .solverFailed(routine: routine, code: -argument)
    }
  }
}
