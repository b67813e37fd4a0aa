// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra
import Testing

@Suite struct DenseEigensystemsTests {
  @Test("A symmetric system has the chosen eigenvalues and rebuilds its matrix")
  func symmetric() throws {
    let spectrum = [-2.0, -2, 0, 1, 5, 5.5]
    let operation = symmetricOperator(spectrum)
    let system = try DenseSymmetricEigensystem(operation.entries, size: 6)
    #expect(largestDifference(system.eigenvalues, spectrum) < 1e-13)
    let rebuilt = (0..<36).map { place in
      (0..<6).reduce(0) { sum, index in
        let vector = Array(system.eigenvector(index))
        return sum + system.eigenvalues[index] * vector[place / 6] * vector[place % 6]
      }
    }
    #expect(largestDifference(rebuilt, operation.entries) < 1e-13)
  }

  @Test("A rotation has eigenvalues on the circle, with their eigenvectors")
  func rotation() throws {
    let system = try DenseEigensystem([0.6, -0.8, 0.8, 0.6], size: 2)
    #expect(abs(system.eigenvalues[0].real - 0.6) < 1e-15)
    #expect(abs(system.eigenvalues[0].imaginary - 0.8) < 1e-15)
    #expect(abs(system.eigenvalues[1].imaginary + 0.8) < 1e-15)
    // (A − λ) u = 0 by its first row: 0.6 u0 − 0.8 u1 = λ u0.
    for (value, vector) in zip(system.eigenvalues, system.eigenvectors) {
      let real = -0.8 * vector[1].real + value.imaginary * vector[0].imaginary
      let imaginary = -0.8 * vector[1].imaginary - value.imaginary * vector[0].real
      #expect(abs(real) < 1e-15 && abs(imaginary) < 1e-15)
    }
  }

  @Test("The dense form of an operator is its matrix")
  func dense() throws {
    let operation = generalOperator(7, seed: 1)
    let copy = FunctionOperator(dimension: 7, isSymmetric: false) { operation.apply($0, into: $1) }
    #expect(try copy.dense().entries == operation.entries)
    #expect(!operation.isSymmetric && DenseOperator([1, 2, 2, 1], dimension: 2).isSymmetric)
  }

  @Test("Numbers that are not finite are refused")
  func notFinite() {
    #expect(throws: LinearAlgebraError.self) { try DenseEigensystem([.nan], size: 1) }
    #expect(throws: LinearAlgebraError.self) {
      try DenseMatrix(rowByRow: [.nan], rows: 1, columns: 1).singularValues()
    }
    #expect(throws: LinearAlgebraError.self) {
      try DenseSymmetricEigensystem([1, .infinity, 0, 1], size: 2)
    }
  }
}
