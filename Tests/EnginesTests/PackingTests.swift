// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

@Suite struct PackingTests {
  /// `x W`, `x W'` and, with the rows of two axes, `x3 W`, in the given element type.
  private func products<Scalar: EngineScalar>(
    _ type: Scalar.Type, columns: Int, on instructionSet: InstructionSet
  ) throws -> (outputs: [String: [Double]], plan: String) {
    let executable = Executable<Scalar>(
      rows: 6, pool: WorkerPool(threads: 2), instructionSet: instructionSet
    ) { rows in
      let x = Tensor.input("x", [rows, 7])
      let image = Tensor.input("image", [rows, 3, 7])
      let w = Tensor.input("w", [7, columns])
      let flipped = Tensor.input("flipped", [columns, 7])
      return Program(
        rows: rows,
        inputs: [(.perRow, x), (.perRow, image), (.shared, w), (.shared, flipped)],
        outputs: [
          ("plain", .perRow, matmul(x, w)),
          ("transposed", .perRow, matmul(x, flipped, transposeRight: true)),
          ("image", .perRow, matmul(image, w)),
        ])
    }
    func values(_ count: Int) -> [Double] { (0..<count).map { Double($0 * 5 % 13) - 6 } }
    let outputs = try executable.evaluate([
      "x": values(42), "image": values(126), "w": values(7 * columns),
      "flipped": values(7 * columns),
    ])
    return (outputs, executable.planDescription)
  }

  @Test("packed operands give exact products of whole numbers", arguments: [5, 16, 31, 32, 70])
  func values(columns: Int) throws {
    func values(_ count: Int) -> [Double] { (0..<count).map { Double($0 * 5 % 13) - 6 } }
    let w = values(7 * columns)
    func product(_ x: [Double], transposed: Bool) -> [Double] {
      (0..<x.count / 7).flatMap { row in
        (0..<columns).map { column in
          (0..<7).reduce(0) {
            $0 + x[row * 7 + $1] * (transposed ? w[column * 7 + $1] : w[$1 * columns + column])
          }
        }
      }
    }
    for instructionSet in InstructionSet.available {
      for outputs in [
        try products(Float.self, columns: columns, on: instructionSet).outputs,
        try products(Double.self, columns: columns, on: instructionSet).outputs,
      ] {
        #expect(outputs["plain"] == product(values(42), transposed: false))
        #expect(outputs["transposed"] == product(values(42), transposed: true))
        #expect(outputs["image"] == product(values(126), transposed: false))
      }
    }
  }

  @Test("axes over which the weights do not move become rows of one product")
  func joinedRows() throws {
    let plan = try products(Float.self, columns: 16, on: .best).plan
    let rows = plan.split(separator: "\n").filter { $0.hasPrefix("matmul") }
      .compactMap { $0.split(separator: " ").dropFirst().first }.compactMap { Int($0) }
    #expect(rows.count == 3)
    #expect(rows.max() == 3 * (rows.min() ?? 0))
  }
}
