// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors
import Testing

/// What every engine promises.
@Suite struct EngineTests {
  private static let engines: [any Engine] = [
    NativeEngine(pool: WorkerPool(threads: 1)), NativeEngine(pool: WorkerPool(threads: 3)),
    Interpreter(),
  ]

  private func compiled(_ engine: any Engine, rows: Int) -> any CompiledProgram<Double> {
    engine.compile(Double.self, rows: rows) { rows in
      let x = Tensor.input("x", [rows, 2])
      let weight = Tensor.input("weight", [2, 2])
      let y = matmul(x, weight)
      return Program(
        rows: rows, inputs: [(.perRow, x), (.shared, weight)],
        outputs: [
          ("y", .perRow, y), ("sum", .sum, y.sum()), ("mean", .mean, y.sum() / Double(rows)),
        ])
    }
  }

  @Test(
    "rows, sums and means over the batch come out whatever the blocks", arguments: engines.indices)
  func roles(index: Int) throws {
    let program = compiled(Self.engines[index], rows: 37)
    #expect(program.rows == 37)
    program.bind(input: "x", to: Buffer((0..<74).map(Double.init)))
    program.bind(input: "weight", to: Buffer([9, 9, 1, 0, 2, 1]), offset: 2)
    let sums = Buffer<Double>(count: 3)
    program.bind(output: "sum", to: sums, offset: 1)
    program.prepare()
    try program.run()
    // Row r is (2r, 2r + 1).
    let expected = (0..<37).flatMap { row -> [Double] in
      let (first, second) = (Double(2 * row), Double(2 * row + 1))
      return [first + 2 * second, second]
    }
    #expect(program.output("y").values == expected)
    let total = expected.reduce(0.0) { $0 + $1 }
    #expect(sums.values == [0, total, 0])
    #expect(abs(program.output("mean")[0] - total / 37) < 1e-12 * total)
  }

  @Test(
    "an output in the place of an input carries state from run to run", arguments: engines.indices)
  func state(index: Int) throws {
    let program = Self.engines[index].compile(Float.self, rows: 1) { _ in
      let (state, other) = (Tensor.input("state", [3]), Tensor.input("other", [3]))
      return Program(
        inputs: [(.shared, state), (.shared, other)],
        outputs: [("state", .sum, other), ("other", .sum, state + other)])
    }
    // Fibonacci's numbers: each output is the other's next input.
    let (state, other) = (Buffer<Float>([0, 1, 2]), Buffer<Float>([1, 1, 1]))
    for (name, buffer) in [("state", state), ("other", other)] {
      program.bind(input: name, to: buffer)
      program.bind(output: name, to: buffer)
    }
    for _ in 0..<10 { try program.run() }
    #expect(state.values == [55, 89, 123] && other.values == [89, 144, 199])
  }

  @Test("an index outside its table is an error of the run", arguments: engines.indices)
  func failure(index: Int) {
    let program = Self.engines[index].compile(Double.self, rows: 1) { _ in
      let (table, place) = (Tensor.input("table", [2, 1]), Tensor.input("place", [1]))
      return Program(
        inputs: [(.shared, table), (.shared, place)],
        outputs: [("row", .sum, table.rows(at: place))])
    }
    program.bind(input: "table", to: Buffer([1, 2]))
    program.bind(input: "place", to: Buffer([2]))
    #expect(throws: EngineError.indexOutOfRange) { try program.run() }
  }

  @Test("only the native engine lets the host compute on its buffers, one thread a program")
  func host() throws {
    #expect(Interpreter().host == nil)
    for threads in [1, 3] {
      let host = try #require(NativeEngine(pool: WorkerPool(threads: threads)).host)
      #expect(host.pool.threads == threads)
      #expect((host.serial as? NativeEngine)?.pool.threads == 1)
    }
  }
}
