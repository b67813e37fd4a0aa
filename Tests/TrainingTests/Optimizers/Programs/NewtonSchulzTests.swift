// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra
import RandomStreams
import Tensors
import TestSupport
import Testing
import Training

@Suite struct NewtonSchulzTests {
  private static let shapes: [[Int]] = [[1, 1], [5, 5], [3, 17], [24, 6], [32, 32], [1, 9]]

  private func random(_ shape: [Int]) -> [Double] {
    RandomStream(seed: UInt64(shape[0]), purpose: "test").normals(rows: shape[0], draws: shape[1])
  }

  private func result(
    _ iteration: NewtonSchulz, _ values: [Double], _ shape: [Int], by evaluator: Evaluator
  ) throws -> DenseMatrix {
    let matrix = Argument("matrix", Shape(shape), values)
    let entries = try evaluate([iteration(matrix.tensor)], [matrix], by: evaluator)[0]
    return DenseMatrix(rowByRow: entries, rows: shape[0], columns: shape[1])
  }

  private func largest(_ matrix: DenseMatrix) -> Double {
    matrix.elements.map { abs($0) }.max() ?? 0
  }

  /// `U f(S) Vᵀ`
  private func mapped(
    _ values: [Double], _ shape: [Int], _ map: (Double) -> Double
  ) throws -> DenseMatrix {
    let matrix = DenseMatrix(rowByRow: values, rows: shape[0], columns: shape[1])
    let (left, singular, right) = try matrix.singularValueDecomposition()
    var scaled = left
    for column in 0..<left.columns {
      for row in 0..<left.rows { scaled[row, column] *= map(singular[column]) }
    }
    return scaled * right
  }

  @Test(
    "the published iteration keeps singular vectors and maps each singular value by its polynomial",
    arguments: shapes)
  func polynomial(shape: [Int]) throws {
    let values = random(shape)
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot() + 1e-7
    let exact = try mapped(values, shape) { NewtonSchulz.published.singularValue($0 / norm) }
    let bounds: [(Evaluator, Double)] = [(.interpreter, 1e-12), (.double, 1e-12), (.float, 2e-5)]
    for (evaluator, bound) in bounds {
      let found = try result(.published, values, shape, by: evaluator)
      #expect(largest(found - exact) < bound)
      #expect(largest(found) > 0.1)
    }
  }

  @Test("singular values of at least 0.002 of the norm end between 0.68 and 1.21")
  func band() {
    var (least, most) = (1.0, 1.0)
    for step in 0...200_000 {
      let value = NewtonSchulz.published.singularValue(0.002 + 0.998 * Double(step) / 200_000)
      least = min(least, value)
      most = max(most, value)
    }
    #expect(least > 0.68 && least < 0.69 && most > 1.20 && most < 1.21)
    #expect(abs(NewtonSchulz.published.singularValue(1e-9) / 1e-9 - 484.9) < 0.1)
  }

  @Test("random matrices come within that band of the orthogonal factor", arguments: shapes)
  func nearlyOrthogonal(shape: [Int]) throws {
    let found = try result(.published, random(shape), shape, by: .float).singularValues()
    #expect(found.allSatisfy { $0 > 0.68 && $0 < 1.21 })
  }

  @Test(
    "the convergent iteration reaches the orthogonal factor of the polar decomposition",
    arguments: shapes)
  func convergent(shape: [Int]) throws {
    let values = random(shape)
    let exact = try mapped(values, shape) { _ in 1 }
    let found = try result(.convergent(iterations: 40), values, shape, by: .double)
    #expect(largest(found - exact) < 1e-12)
  }

  @Test("a matrix of zeros stays one")
  func zeros() throws {
    let found = try result(.published, [0, 0, 0, 0, 0, 0], [2, 3], by: .float)
    #expect(found.elements.allSatisfy { $0 == 0 })
  }
}
