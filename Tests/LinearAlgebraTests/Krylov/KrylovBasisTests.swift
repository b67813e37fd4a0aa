// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

@testable import LinearAlgebra

@Suite struct KrylovBasisTests {
  private let stream = RandomStream(seed: 3, purpose: "basis")

  @Test("The basis stays orthonormal and satisfies its recurrence, also after a restart")
  func recurrence() throws {
    let operation = generalOperator(60, seed: 1)
    let basis = KrylovBasis(dimension: 60, capacity: 25, method: "test", stream: stream)
    try basis.expand(operation, to: 25)
    try check(basis, operation)
    let form = try OrderedSchurForm(basis.projection, size: 25) { values in
      Set(values.indices.filter { values[$0].real > 1 })
    }
    let kept = form.leadingCount
    #expect(kept > 0 && kept < 25)
    basis.restart(
      rotation: Array(form.vectors[..<(kept * 25)]),
      projection: (0..<kept).flatMap { row in (0..<kept).map { form.triangle[row, $0] } },
      isFresh: false)
    try check(basis, operation)
    try basis.expand(operation, to: 25)
    try check(basis, operation)
    #expect(basis.applications == 25 + 25 - kept)
  }

  @Test("An invariant space is left by a random vector, up to the whole dimension")
  func invariant() throws {
    let operation = symmetricOperator(Array(repeating: 2, count: 8) + [5, 5])
    let basis = KrylovBasis(dimension: 10, capacity: 10, method: "test", stream: stream)
    try basis.expand(operation, to: 10)
    try check(basis, operation)
    let system = try DenseSymmetricEigensystem(basis.projection, size: 10)
    #expect(largestDifference(system.eigenvalues, Array(repeating: 2, count: 8) + [5, 5]) < 1e-13)
    #expect(basis.asymmetry < 1e-13)
  }

  /// `A V = V H + v bᵀ` and `Vᵀ V = I`.
  private func check(_ basis: KrylovBasis, _ operation: DenseOperator) throws {
    let (m, n) = (basis.size, basis.dimension)
    let (h, b) = (basis.projection, basis.residualRow)
    let vectors = (0...m).map { Array(basis.vector($0)) }
    for column in 0..<m {
      let image = try operation.applied(to: vectors[column])
      let rebuilt = (0..<n).map { row in
        (0..<m).reduce(b[column] * vectors[m][row]) { $0 + vectors[$1][row] * h[$1 * m + column] }
      }
      #expect(largestDifference(image, rebuilt) < 1e-12)
      for other in 0...column {
        let product = dot(vectors[other], vectors[column])
        #expect(abs(product - (other == column ? 1 : 0)) < 1e-14)
      }
      #expect(abs(dot(vectors[m], vectors[column])) < 1e-14)
    }
  }
}
