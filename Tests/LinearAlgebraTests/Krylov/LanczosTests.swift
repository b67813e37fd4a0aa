// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import LinearAlgebra
import Testing

@Suite struct LanczosTests {
  private let spectrum = (0..<120).map { 3 * sin(1.7 * Double($0)) + 0.01 * Double($0) }

  @Test("Both ends of a chosen spectrum come out to 1e-10, with eigenvectors and true residuals")
  func chosenSpectrum() throws {
    let operation = symmetricOperator(spectrum)
    let pairs = try lanczos(operation, .bothEnds(largest: 5, smallest: 3))
    let sorted = spectrum.sorted(by: >)
    #expect(pairs.isConverged)
    #expect(largestDifference(pairs.eigenvalues, sorted.prefix(5) + sorted.suffix(3)) < 1e-10)
    for (index, vector) in pairs.eigenvectors.enumerated() {
      let image = try operation.applied(to: vector)
      let residual = zip(image, vector).map { $0 - pairs.eigenvalues[index] * $1 }
      #expect(abs(dot(residual, residual).squareRoot() - pairs.residuals[index]) < 1e-13)
      #expect(pairs.residuals[index] < 1e-9)
      for (other, right) in pairs.eigenvectors.enumerated() {
        #expect(abs(dot(vector, right) - (index == other ? 1 : 0)) < 1e-10)
      }
    }
    #expect(try lanczos(operation, .largest(4)).eigenvalues.count == 4)
    #expect(
      largestDifference(try lanczos(operation, .smallest(2)).eigenvalues, Array(sorted.suffix(2)))
        < 1e-10)
  }

  @Test("It agrees with the dense eigenvalues of the same matrix", arguments: [1, 2, 7, 41, 90])
  func dense(size: Int) throws {
    let operation = symmetricOperator(Array(spectrum.prefix(size)), seed: 5)
    let dense = try DenseSymmetricEigensystem(operation.entries, size: size)
    let count = min(6, size)
    let pairs = try lanczos(operation, .largest(count))
    #expect(pairs.isConverged)
    #expect(
      largestDifference(pairs.eigenvalues, dense.eigenvalues.suffix(count).reversed()) < 1e-10)
  }

  @Test("Multiple eigenvalues come with their multiplicity")
  func multiplicity() throws {
    let spectrum = [5.0, 5, 5, 4, 4] + (0..<95).map { Double($0) / 50 }
    let pairs = try lanczos(symmetricOperator(spectrum), .largest(6))
    #expect(pairs.isConverged)
    #expect(largestDifference(pairs.eigenvalues, [5, 5, 5, 4, 4, 94.0 / 50]) < 1e-9)
  }

  @Test("A cluster has the accuracy of its residuals, and its span is invariant")
  func cluster() throws {
    let cluster = [1.0, 1 - 1e-9, 1 - 2e-9, 1 - 3e-9]
    let spectrum = cluster + (0..<96).map { 0.9 * Double($0) / 95 }
    let operation = symmetricOperator(spectrum)
    let pairs = try lanczos(operation, .largest(4))
    #expect(pairs.isConverged)
    for (value, residual) in zip(pairs.eigenvalues, pairs.residuals) {
      let distance = cluster.map { abs($0 - value) }.min() ?? .infinity
      #expect(distance <= residual + 1e-14)
      #expect(residual < 2e-10)
    }
  }

  @Test("A tight spectrum that needs restarts converges, and gives up honestly when they run out")
  func restarts() throws {
    let spectrum = (0..<300).map { 1 - pow(Double($0) / 300, 2) }
    let operation = symmetricOperator(spectrum)
    let pairs = try lanczos(
      operation, .smallest(3), settings: KrylovSettings(subspaceDimension: 24))
    #expect(pairs.isConverged && pairs.restarts > 1)
    #expect(largestDifference(pairs.eigenvalues, Array(spectrum.suffix(3))) < 1e-10)
    let cut = try lanczos(
      operation, .largest(3),
      settings: KrylovSettings(subspaceDimension: 12, largestRestartCount: 1))
    #expect(!cut.isConverged)
    // Even then an eigenvalue lies within each residual.
    for (value, residual) in zip(cut.eigenvalues, cut.residuals) {
      let distance = spectrum.map { abs($0 - value) }.min() ?? .infinity
      #expect(distance <= residual + 1e-14 && residual > 1e-10)
    }
  }

  @Test("The identity, the zero operator and a dimension of one are exact")
  func degenerate() throws {
    let identity = try lanczos(symmetricOperator(Array(repeating: 1, count: 60)), .largest(3))
    #expect(identity.isConverged && largestDifference(identity.eigenvalues, [1, 1, 1]) < 1e-14)
    let zero = try lanczos(
      DenseOperator(Array(repeating: 0, count: 2500), dimension: 50), .smallest(2))
    #expect(zero.isConverged && zero.eigenvalues == [0, 0])
    let single = try lanczos(DenseOperator([-3], dimension: 1), .largest(1))
    #expect(single.eigenvalues == [-3] && single.residuals == [0])
  }

  @Test("The seed decides the result, to the bit")
  func seeds() throws {
    let operation = symmetricOperator(spectrum)
    let first = try lanczos(operation, .largest(2), settings: KrylovSettings(seed: 3))
    let second = try lanczos(operation, .largest(2), settings: KrylovSettings(seed: 3))
    let other = try lanczos(operation, .largest(2), settings: KrylovSettings(seed: 4))
    #expect(first == second)
    #expect(first.eigenvectors != other.eigenvectors)
  }

  @Test("More pairs than dimensions, or none, are refused with the numbers that are accepted")
  func counts() {
    let operation = symmetricOperator([1, 2, 3])
    #expect(
      throws: LinearAlgebraError.countOutOfRange(
        setting: "the number of eigenvalues", value: 4, accepted: 1...3)
    ) { try lanczos(operation, .bothEnds(largest: 2, smallest: 2)) }
    #expect(throws: LinearAlgebraError.self) { try lanczos(operation, .largest(0)) }
    #expect(throws: LinearAlgebraError.self) {
      try lanczos(
        symmetricOperator(spectrum), .largest(10), settings: KrylovSettings(subspaceDimension: 9))
    }
    let text = LinearAlgebraError.countOutOfRange(setting: "k", value: 4, accepted: 1...3)
    #expect(text.description == "k must be between 1 and 3, found 4")
  }

  @Test("An operator that is not symmetric, a defective one among them, is refused")
  func notSymmetric() {
    let block = DenseOperator([2, 1, 0, 0, 2, 1, 0, 0, 2], dimension: 3)
    #expect(throws: LinearAlgebraError.symmetryRequired(method: "Lanczos")) {
      try lanczos(block, .largest(1))
    }
    let pretender = DenseOperator(block.entries, dimension: 3, isSymmetric: true)
    do {
      _ = try lanczos(pretender, .largest(1))
      Issue.record("a defective operator passed for a symmetric one")
    } catch LinearAlgebraError.notSymmetric(_, let asymmetry, let tolerance) {
      #expect(asymmetry > 0.01 && tolerance == 1e-6)
    } catch {
      Issue.record(error)
    }
  }

  @Test("A product that is not finite is refused with its number")
  func notFinite() {
    var count = 0
    let operation = FunctionOperator(dimension: 30, isSymmetric: true) { vector, result in
      count += 1
      for index in 0..<30 { result[index] = count == 3 ? .nan : Double(index) * vector[index] }
    }
    #expect(throws: LinearAlgebraError.notFinite(method: "Lanczos", application: 3)) {
      try lanczos(operation, .largest(1))
    }
  }
}
