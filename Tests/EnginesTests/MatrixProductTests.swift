// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

/// The product kernels against sums of products written out, for sizes that fill register tiles and
/// sizes that leave edges everywhere.
@Suite struct MatrixProductTests {
  static let sizes = [1, 2, 5, 8, 13, 33, 49]

  struct Case: Sendable, CustomStringConvertible {
    let m: Int
    let n: Int
    let k: Int
    let transposeLeft: Bool
    let transposeRight: Bool

    var description: String {
      "\(m) × \(k) × \(n)\(transposeLeft ? ", left transposed" : "")"
        + (transposeRight ? ", right transposed" : "")
    }
  }

  static let cases = sizes.flatMap { m in
    sizes.flatMap { n in
      [1, 3, 64].flatMap { k in
        [(false, false), (true, false), (false, true), (true, true)].map {
          Case(m: m, n: n, k: k, transposeLeft: $0.0, transposeRight: $0.1)
        }
      }
    }
  }

  @Test("every kernel multiplies matrices of any size", arguments: InstructionSet.available)
  func products(_ instructionSet: InstructionSet) throws {
    for product in MatrixProductTests.cases {
      try check(product, on: instructionSet, as: Double.self, tolerance: 1e-14)
      try check(product, on: instructionSet, as: Float.self, tolerance: 1e-6)
    }
  }

  private func check<Scalar: EngineScalar>(
    _ product: Case, on instructionSet: InstructionSet, as type: Scalar.Type, tolerance: Double
  ) throws {
    let (m, n, k) = (product.m, product.n, product.k)
    let left = values(m * k, seed: 1)
    let right = values(k * n, seed: 2)
    let a = Tensor.input("a", product.transposeLeft ? [k, m] : [m, k])
    let b = Tensor.input("b", product.transposeRight ? [n, k] : [k, n])
    let c = matmul(
      a, b, transposeLeft: product.transposeLeft, transposeRight: product.transposeRight)
    let executable = Executable<Scalar>(
      rows: 1, pool: WorkerPool(threads: 1), instructionSet: instructionSet
    ) { rows in
      Program(
        rows: rows, inputs: [(.shared, a), (.shared, b)],
        outputs: [("product", .sum, c), ("scaled", .sum, 0.5 * c)])
    }
    let result = try executable.evaluate(["a": left, "b": right])
    let computed = try #require(result["product"])
    for i in 0..<m {
      for j in 0..<n {
        var expected = 0.0
        var magnitude = 0.0
        for p in 0..<k {
          let term =
            left[product.transposeLeft ? p * m + i : i * k + p]
            * right[product.transposeRight ? j * k + p : p * n + j]
          expected += term
          magnitude += abs(term)
        }
        let error = abs(computed[i * n + j] - expected)
        #expect(
          error <= tolerance * magnitude, "\(type) \(product) at \(i), \(j): \(error)")
      }
    }
  }

  private func values(_ count: Int, seed: Int) -> [Double] {
    (0..<count).map { index in
      let turns = Double(index * 37 + seed * 11) * 0.618
      return Double(Float(turns - turns.rounded(.down) - 0.4))
    }
  }
}
