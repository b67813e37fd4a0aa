// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import LinearAlgebra
import Testing

@Suite struct ArnoldiTests {
  @Test(
    "It agrees with the dense eigenvalues of a general matrix, in every order",
    arguments: EigenvalueOrder.allCases)
  func dense(order: EigenvalueOrder) throws {
    let operation = generalOperator(150, seed: 2)
    let pairs = try arnoldi(operation, count: 6, order: order)
    let all = try DenseEigensystem(operation.entries, size: 150).eigenvalues
    let sorted = all.sorted { rank($0, order) > rank($1, order) }
    #expect(pairs.isConverged)
    #expect((6...7).contains(pairs.eigenvalues.count))
    for (value, want) in zip(pairs.eigenvalues, sorted) {
      #expect(abs(rank(value, order) - rank(want, order)) < 1e-9)
      let nearest = all.map { ComplexNumber($0.real - value.real, $0.imaginary - value.imaginary) }
      #expect((nearest.map(\.magnitude).min() ?? .infinity) < 1e-9)
    }
    #expect(pairs.residuals.allSatisfy { $0 < 1e-8 })
  }

  @Test("Residuals are those of the eigenvectors, which have unit length")
  func residuals() throws {
    let operation = generalOperator(80, seed: 4)
    let pairs = try arnoldi(operation, count: 3, order: .largestMagnitude)
    for (index, vector) in pairs.eigenvectors.enumerated() {
      let (x, y) = (vector.map(\.real), vector.map(\.imaginary))
      #expect(abs(dot(x, x) + dot(y, y) - 1) < 1e-12)
      let (imageX, imageY) = (try operation.applied(to: x), try operation.applied(to: y))
      let value = pairs.eigenvalues[index]
      let square = x.indices.reduce(0.0) { sum, place in
        let real = imageX[place] - value.real * x[place] + value.imaginary * y[place]
        let imaginary = imageY[place] - value.real * y[place] - value.imaginary * x[place]
        return sum + real * real + imaginary * imaginary
      }
      #expect(abs(square.squareRoot() - pairs.residuals[index]) < 1e-12)
    }
  }

  @Test("A conjugate pair is never split, the positive imaginary part first")
  func pairs() throws {
    // Blocks with eigenvalues radius · exp(± i angle).
    let size = 60
    var entries = [Double](repeating: 0, count: size * size)
    for block in 0..<size / 2 {
      let (real, imaginary) = (1 / Double(block + 1), 0.5 / Double(block + 1))
      let first = 2 * block
      entries[first * size + first] = real
      entries[first * size + first + 1] = imaginary
      entries[(first + 1) * size + first] = -imaginary
      entries[(first + 1) * size + first + 1] = real
    }
    let operation = DenseOperator(conjugated(entries, size: size, seed: 3), dimension: size)
    let found = try arnoldi(operation, count: 3, order: .largestMagnitude)
    #expect(found.isConverged && found.eigenvalues.count == 4)
    let want = [(1, 0.5), (1, -0.5), (0.5, 0.25), (0.5, -0.25)]
    for (value, want) in zip(found.eigenvalues, want) {
      #expect(abs(value.real - want.0) < 1e-10 && abs(value.imaginary - want.1) < 1e-10)
    }
  }

  @Test("A Jordan block: small residuals, eigenvalues to the root of them, parallel vectors")
  func defective() throws {
    let size = 40
    var entries = [Double](repeating: 0, count: size * size)
    for row in 0..<size { entries[row * size + row] = row < 3 ? 2 : Double(row) / 40 }
    entries[1] = 1
    entries[size + 2] = 1
    let operation = DenseOperator(conjugated(entries, size: size, seed: 8), dimension: size)
    let found = try arnoldi(
      operation, count: 3, order: .largestRealPart,
      settings: KrylovSettings(subspaceDimension: 20))
    let first = found.eigenvectors[0]
    for (index, value) in found.eigenvalues.prefix(3).enumerated() {
      #expect(found.residuals[index] < 1e-8)
      let distance = ComplexNumber(value.real - 2, value.imaginary).magnitude
      // The third root of the backward error, and no better than that of rounding.
      #expect(distance < 1e-2 && distance < 10 * pow(max(found.residuals[index], 1e-15), 1.0 / 3))
      let vector = found.eigenvectors[index]
      let real = zip(first, vector).reduce(0) {
        $0 + $1.0.real * $1.1.real + $1.0.imaginary * $1.1.imaginary
      }
      let imaginary = zip(first, vector).reduce(0) {
        $0 + $1.0.real * $1.1.imaginary - $1.0.imaginary * $1.1.real
      }
      #expect(ComplexNumber(real, imaginary).magnitude > 0.999)
    }
  }

  @Test("A symmetric operator has the eigenvalues Lanczos finds, with their multiplicity")
  func symmetric() throws {
    let operation = symmetricOperator([3, 3, 2.5] + (0..<90).map { Double($0) / 60 })
    let found = try arnoldi(operation, count: 4, order: .largestRealPart)
    #expect(found.isConverged)
    #expect(found.eigenvalues.allSatisfy { abs($0.imaginary) < 1e-7 })
    #expect(largestDifference(found.eigenvalues.map(\.real), [3, 3, 2.5, 89.0 / 60]) < 1e-9)
  }

  @Test("A transposed operator has the same eigenvalues")
  func transpose() throws {
    let operation = generalOperator(70, seed: 6)
    let left = try arnoldi(operation, count: 2, order: .largestMagnitude)
    let right = try arnoldi(
      TransposedOperator(operation), count: 2, order: .largestMagnitude)
    for (first, second) in zip(left.eigenvalues, right.eigenvalues) {
      #expect(abs(first.real - second.real) < 1e-8)
      #expect(abs(first.imaginary - second.imaginary) < 1e-8)
    }
    let (x, y) = (operation.entries.prefix(70), operation.entries.suffix(70))
    var (image, back) = ([Double](repeating: 0, count: 70), [Double](repeating: 0, count: 70))
    Array(x).withUnsafeBufferPointer { x in
      image.withUnsafeMutableBufferPointer { operation.apply(x, into: $0) }
    }
    Array(y).withUnsafeBufferPointer { y in
      back.withUnsafeMutableBufferPointer { operation.applyTranspose(y, into: $0) }
    }
    #expect(abs(dot(image, Array(y)) - dot(Array(x), back)) < 1e-10)
  }

  @Test("More eigenvalues than dimensions are refused")
  func counts() {
    #expect(
      throws: LinearAlgebraError.countOutOfRange(
        setting: "the number of eigenvalues", value: 9, accepted: 1...8)
    ) { try arnoldi(generalOperator(8, seed: 1), count: 9, order: .largestMagnitude) }
  }

  @Test("All eigenvalues of a small operator are the dense ones")
  func whole() throws {
    for size in 1...8 {
      let operation = generalOperator(size, seed: 10 + UInt64(size))
      let found = try arnoldi(operation, count: size, order: .largestMagnitude)
      let dense = try DenseEigensystem(operation.entries, size: size).eigenvalues
      let trace = (0..<size).reduce(0) { $0 + operation.entries[$1 * (size + 1)] }
      #expect(found.isConverged && found.eigenvalues.count == size)
      #expect(abs(found.eigenvalues.reduce(0) { $0 + $1.real } - trace) < 1e-11)
      let largest = dense.map(\.magnitude).max() ?? 0
      #expect(abs(found.eigenvalues[0].magnitude - largest) < 1e-11)
    }
  }
}

private func rank(_ value: ComplexNumber, _ order: EigenvalueOrder) -> Double {
  switch order {
  case .largestMagnitude: return value.magnitude
  case .largestRealPart: return value.real
  case .smallestRealPart: return -value.real
  }
}
