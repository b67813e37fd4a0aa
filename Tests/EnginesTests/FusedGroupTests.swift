// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@testable import Engines

@Suite struct FusedGroupTests {
  /// Rows within a tile, rows wider than a tile.
  static let widths = [2, 7, 32, 49, 341, 2500]

  /// Reductions of values computed in one group, along one axis and along two, where a broadcast operand
  /// keeps the axes from merging.
  private func program(rows: Int, width: Int) -> Program {
    let x = Tensor.input("x", [rows, 3, width])
    let y = Tensor.input("y", [3, 1])
    let u = x * y.broadcast(to: x.shape) + 0.25
    let v = u * u - x
    return Program(
      rows: rows, inputs: [(.perRow, x), (.shared, y)],
      outputs: [
        ("v", .perRow, v), ("sums", .perRow, v.sum([2])), ("largest", .perRow, u.maximum([2])),
        ("wholeSums", .perRow, u.sum([1, 2])), ("wholeLargest", .perRow, v.maximum([1, 2])),
        ("total", .sum, u.sum([0, 1, 2])),
      ])
  }

  private func values(_ count: Int, seed: Int) -> [Double] {
    (0..<count).map { Double(($0 * 7919 + seed * 104_729) % 2048) / 1024 - 1 }
  }

  @Test("reductions along the last axes join the group of their operand", arguments: widths)
  func reductionsJoin(width: Int) {
    let lowering = Lowering(
      program(rows: 4, width: width).simplified(), totalRows: 4, elementSize: 4)
    var inGroups = 0
    var alone = 0
    for instruction in lowering.instructions {
      switch instruction {
      case .fused(let group): inGroups += group.reductions.count
      case .reduce: alone += 1
      default: break
      }
    }
    // The total adds into a slot and stays an instruction of its own.
    #expect(inGroups == 4)
    #expect(alone >= 1)
  }

  @Test("every kernel reduces rows of any width", arguments: InstructionSet.available, [1] + widths)
  func values(instructionSet: InstructionSet, width: Int) throws {
    try check(Double.self, instructionSet, width, tolerance: 1e-13)
    try check(Float.self, instructionSet, width, tolerance: 2e-5)
  }

  private func check<Scalar: EngineScalar>(
    _ type: Scalar.Type, _ instructionSet: InstructionSet, _ width: Int, tolerance: Double
  ) throws {
    let rows = 6
    let inputs = ["x": values(rows * 3 * width, seed: 1), "y": [0.5, -1.25, 2]]
    let executable = Executable<Scalar>(
      rows: rows, blockRows: 4, pool: WorkerPool(threads: 1), instructionSet: instructionSet
    ) { program(rows: $0, width: width) }
    let found = try executable.evaluate(inputs)
    let expected = try Interpreter().evaluate(program(rows: rows, width: width), inputs)
    for (name, values) in expected {
      let scale = values.reduce(1) { max($0, abs($1)) }
      let result = try #require(found[name])
      #expect(result.count == values.count)
      for (a, b) in zip(result, values) {
        #expect(abs(a - b) <= tolerance * scale, "\(name) of width \(width)")
      }
    }
  }

  @Test("a maximum passes a number that is none on", arguments: InstructionSet.available)
  func notANumber(instructionSet: InstructionSet) throws {
    for place in [0, 5, 16, 48] {
      var x = values(49, seed: 3)
      x[place] = .nan
      let executable = Executable<Float>(
        rows: 1, pool: WorkerPool(threads: 1), instructionSet: instructionSet
      ) { rows in
        let x = Tensor.input("x", [rows, 49])
        return Program(
          rows: rows, inputs: [(.perRow, x)], outputs: [("largest", .perRow, (2 * x).maximum([1]))])
      }
      let largest = try #require(try executable.evaluate(["x": x])["largest"])
      #expect(largest[0].isNaN, "at \(place)")
    }
  }

  @Test("a result takes the place of an operand that ends with its group")
  func inPlace() {
    let rows = 16
    func chain(_ length: Int) -> Program {
      let x = Tensor.input("x", [rows, 64])
      let w = Tensor.input("w", [64, 64])
      var y = matmul(x, w)
      // Each step reads the product and its own operand, so that nothing but the place can be saved.
      for _ in 0..<length { y = matmul(exp(y), w) }
      return Program(
        rows: rows, inputs: [(.perRow, x), (.shared, w)], outputs: [("y", .perRow, y)])
    }
    let lowering = Lowering(chain(2).simplified(), totalRows: rows, elementSize: 4)
    let plan = BufferPlan(lowering)
    var found = 0
    for instruction in lowering.instructions {
      guard case .fused(let group) = instruction else { continue }
      #expect(
        plan.offsets[group.loads[0].view.buffer] == plan.offsets[group.stores[0].view.buffer])
      found += 1
    }
    #expect(found == 2)
  }

  @Test("an operand read after a result is written keeps its place")
  func notInPlace() {
    let loads = [
      FusedGroup.Access(view: View(buffer: 0, shape: [8, 4]), register: 0, kind: .contiguous)
    ]
    var group = FusedGroup(extents: [32])
    group.loads = loads
    group.stores = [2, 3].map {
      FusedGroup.Access(view: View(buffer: $0 - 1, shape: [8, 4]), register: $0, kind: .contiguous)
    }
    group.operations = [
      FusedGroup.Operation(opcode: 1, destination: 2, operands: [0]),
      FusedGroup.Operation(opcode: 2, destination: 3, operands: [0]),
    ]
    let pairs = group.replacements(of: group.replaceableLoads)
    // Only the second result comes after the last reading.
    #expect(pairs.map(\.load) == [0])
    #expect(pairs.map(\.result) == [2])
  }
}
