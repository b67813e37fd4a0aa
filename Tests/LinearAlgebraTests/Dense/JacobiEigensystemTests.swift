// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra
import Testing

@Suite struct JacobiEigensystemTests {
  @Test("it agrees with LAPACK and rebuilds its matrix")
  func general() {
    let spectrum = [-2.0, -2, 0, 1, 5, 5.5]
    let entries = symmetricOperator(spectrum).entries
    let system = JacobiEigensystem((0..<6).map { Array(entries[6 * $0..<6 * $0 + 6]) })
    #expect(largestDifference(system.eigenvalues.sorted(), spectrum) < 1e-13)
    let vectors = system.eigenvectors
    let rebuilt = (0..<36).map { place -> Double in
      (0..<6).reduce(0.0) { (sum: Double, index: Int) -> Double in
        let product = vectors[place / 6][index] * vectors[place % 6][index]
        return sum + system.eigenvalues[index] * product
      }
    }
    #expect(largestDifference(rebuilt, entries) < 1e-13)
  }

  @Test("a small eigenvalue of a well-scaled matrix keeps its relative accuracy")
  func scaled() {
    // D H D with H = [[1, 1/2], [1/2, 1]] and D = diag(1, 1e-10): the product of both is 3/4 · 1e-20.
    let system = JacobiEigensystem([[1, 0.5e-10], [0.5e-10, 1e-20]])
    #expect(abs((system.eigenvalues.min() ?? 0) / 0.75e-20 - 1) < 1e-14)
    #expect(JacobiEigensystem([[3, 0], [0, 2]]).eigenvectors == [[1, 0], [0, 1]])
  }
}
