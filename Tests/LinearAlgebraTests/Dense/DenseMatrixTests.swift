// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra
import Testing

@Suite struct DenseMatrixTests {
  private func matrix(_ rows: [[Double]]) -> DenseMatrix {
    DenseMatrix(rowByRow: rows.flatMap { $0 }, rows: rows.count, columns: rows[0].count)
  }

  @Test("a product of matrices that are not square keeps rows and columns apart")
  func product() {
    let product = matrix([[1, 2, 3], [4, 5, 6]]) * matrix([[1, 0], [0, 1], [2, -1]])
    #expect(product == matrix([[7, -1], [16, -1]]))
  }

  @Test("a rotation has imaginary eigenvalues, a triangle its diagonal")
  func eigenvalues() throws {
    let rotation = try matrix([[0, -2], [2, 0]]).eigenvalues()
    #expect(rotation.allSatisfy { abs($0.real) < 1e-15 && abs(abs($0.imaginary) - 2) < 1e-14 })
    #expect(rotation[0].imaginary == -rotation[1].imaginary)
    let triangle = try matrix([[3, 7, 1], [0, -1, 4], [0, 0, 2]]).eigenvalues()
    for (found, wanted) in zip(triangle.map(\.real).sorted(), [-1.0, 2, 3]) {
      #expect(abs(found - wanted) < 1e-13)
    }
  }

  @Test("singular values are those of a known factorisation")
  func singularValues() throws {
    // [[3, 0], [4, 5]] has singular values √45 and √5.
    let found = try matrix([[3, 0], [4, 5]]).singularValues()
    #expect(abs(found[0] - 45.0.squareRoot()) < 1e-14)
    #expect(abs(found[1] - 5.0.squareRoot()) < 1e-14)
  }

  @Test("a decomposition into singular values multiplies back, with orthonormal factors")
  func singularValueDecomposition() throws {
    for wide in [matrix([[1, 2, -3], [0, 4, 5]]), matrix([[1, 2, -3], [0, 4, 5]]).transposed] {
      let (left, values, right) = try wide.singularValueDecomposition()
      var scaled = left
      for column in 0..<2 {
        for row in 0..<left.rows { scaled[row, column] *= values[column] }
      }
      for (found, wanted) in [
        (scaled * right, wide), (left.transposed * left, .identity(2)),
        (right * right.transposed, .identity(2)),
      ] {
        #expect((found - wanted).elements.allSatisfy { abs($0) < 1e-14 })
      }
      #expect(values[0] >= values[1])
    }
  }

  @Test("a singular value of 1e-10 beside 1 keeps six digits, which squares would lose")
  func smallSingularValue() throws {
    // U diag(1, 1e-10) Vᵀ for two rotations.
    let (c, s, a, b) = (0.6, 0.8, 0.28, 0.96)
    let product =
      matrix([[c, -s], [s, c]]) * matrix([[1, 0], [0, 1e-10]]) * matrix([[a, b], [-b, a]])
    let values = try product.singularValues()
    #expect(abs(values[0] - 1) < 1e-14)
    #expect(abs(values[1] / 1e-10 - 1) < 1e-5)
    let squares = try (product.transposed * product).symmetricEigenvalues()
    #expect(abs(max(squares[0], 0).squareRoot() / 1e-10 - 1) > 0.5)
  }

  @Test("the inverse square root turns a mass matrix into the identity")
  func inverseSquareRoot() throws {
    let mass = matrix([[2, 1, 0], [1, 4, 1], [0, 1, 2]])
    let root = try mass.inverseSquareRoot()
    let one = root * mass * root
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(one[i, j] - (i == j ? 1 : 0)) < 1e-14) }
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) {
      try matrix([[1, 2], [2, 1]]).inverseSquareRoot()
    }
  }

  @Test("a linear system is solved, and a singular one refused")
  func solve() throws {
    let x = try matrix([[2, 1], [1, 3]]).solved(matrix([[5], [10]]))
    #expect(abs(x[0, 0] - 1) < 1e-14 && abs(x[1, 0] - 3) < 1e-14)
    #expect(throws: LinearAlgebraError.self) {
      try matrix([[1, 2], [2, 4]]).solved(matrix([[1], [1]]))
    }
  }

  @Test("a Kronecker product acts on products of vectors factor by factor")
  func kronecker() {
    let (a, b) = (matrix([[1, 2], [3, 4]]), matrix([[0, 1], [1, 1]]))
    let (u, v) = (matrix([[1], [-1]]), matrix([[2], [5]]))
    let left = DenseMatrix.kronecker(a, b) * DenseMatrix.kronecker(u, v)
    #expect(left == DenseMatrix.kronecker(a * u, b * v))
  }
}
