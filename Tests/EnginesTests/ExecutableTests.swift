// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors
import TestSupport
import Testing

/// The compiled engine against the interpreter, and its promises about blocks and threads.
@Suite struct ExecutableTests {
  @Test("Double equals the interpreter to rounding", arguments: PrimitiveCase.all)
  func doubleMatchesInterpreter(testCase: PrimitiveCase) throws {
    let (outputs, arguments) = nested(testCase)
    let expected = try evaluate(outputs, arguments, by: .interpreter)
    let actual = try evaluate(outputs, arguments, by: .double)
    for (left, right) in zip(expected, actual) { #expect(relativeDifference(left, right) < 2e-14) }
  }

  @Test("Float equals Double to single precision", arguments: PrimitiveCase.all)
  func floatMatchesDouble(testCase: PrimitiveCase) throws {
    let (outputs, arguments) = nested(testCase)
    // Both start from the same numbers, exactly representable in single precision.
    let rounded = arguments.map { $0.with($0.values.map { Double(Float($0)) }) }
    let expected = try evaluate(outputs, rounded, by: .double)
    let actual = try evaluate(outputs, rounded, by: .float)
    for (left, right) in zip(expected, actual) { #expect(relativeDifference(left, right) < 4e-6) }
  }

  /// The case, its derivative and its second derivative.
  private func nested(_ testCase: PrimitiveCase) -> ([Tensor], [Argument]) {
    let arguments = testCase.arguments(seed: 3)
    let tangents = testCase.arguments(seed: 4)
    let tangentArguments = tangents.map {
      Argument("d" + $0.name, $0.tensor.shape, $0.values)
    }
    let directions = zip(arguments, tangentArguments).map {
      (variable: $0.tensor, tangent: $1.tensor)
    }
    let value = testCase.build(arguments.map(\.tensor))
    let first = derivative(of: [value], along: directions)[0]
    let gradients = gradient(of: (first * first).sum(), withRespectTo: arguments.map(\.tensor))
    return ([value, first] + gradients, arguments + tangentArguments)
  }

  // MARK: - Blocks and threads

  /// A small network's loss, its gradient and its output, for `rows` rows.
  private func network(_ rows: Int) -> Program {
    let x = Tensor.input("x", [rows, 3])
    let w = Tensor.input("w", [3, 20])
    let b = Tensor.input("b", [20])
    let v = Tensor.input("v", [20, 2])
    let y = matmul(silu(matmul(x, w) + b), v)
    let loss = mean(squaredNorm(y - x.sliced(0..<2, axis: 1)))
    let gradients = gradient(of: loss, withRespectTo: [w, b, v])
    return Program(
      rows: rows, inputs: [(.perRow, x), (.shared, w), (.shared, b), (.shared, v)],
      outputs: [
        ("y", .perRow, y), ("loss", .mean, loss), ("w", .mean, gradients[0]),
        ("b", .mean, gradients[1]), ("v", .mean, gradients[2]),
        ("total", .sum, squaredNorm(y).sum()),
      ])
  }

  private func inputs(rows: Int) -> [String: [Double]] {
    var numbers = TestNumbers(seed: 5)
    return [
      "x": numbers.array(rows * 3), "w": numbers.array(60), "b": numbers.array(20),
      "v": numbers.array(40),
    ]
  }

  @Test("a batch in blocks equals the batch in one piece", arguments: [1, 7, 64, 100, 257])
  func blocksAddUp(rows: Int) throws {
    let inputs = inputs(rows: rows)
    let whole = try Interpreter().evaluate(network(rows), inputs)
    for blockRows in [nil, 1, 16, 48] {
      let executable = Executable<Double>(
        rows: rows, blockRows: blockRows, pool: WorkerPool(threads: 2), trace: network)
      let result = try executable.evaluate(inputs)
      for (name, expected) in whole {
        #expect(relativeDifference(result[name] ?? [], expected) < 1e-14, "\(name)")
      }
    }
  }

  @Test("results are bit-identical for 1, 2, 3 and 5 threads, run after run")
  func threadsDoNotMatter() throws {
    let inputs = inputs(rows: 1000)
    var reference: [String: [Double]]?
    for threads in [1, 2, 3, 5] {
      let executable = Executable<Float>(
        rows: 1000, pool: WorkerPool(threads: threads), trace: network)
      for _ in 0..<5 {
        let result = try executable.evaluate(inputs)
        if let reference { #expect(result == reference) } else { reference = result }
      }
    }
  }

  @Test("an index outside its table is an error in both element types")
  func indexOutOfRange() throws {
    let table = Argument("table", [3, 2], [1, 2, 3, 4, 5, 6])
    for bad in [3.0, -1, .nan] {
      let indices = Argument("indices", [2], [0, bad])
      let outputs = [
        table.tensor.rows(at: indices.tensor),
        table.tensor.sliced(0..<2, axis: 0).addedIntoRows(at: indices.tensor, rows: 3),
      ]
      for output in outputs {
        for evaluator in Evaluator.allCases {
          #expect(throws: EngineError.indexOutOfRange) {
            try evaluate([output], [table, indices], by: evaluator)
          }
        }
      }
    }
  }

  @Test("an output that is an input or a constant is delivered")
  func trivialOutputs() throws {
    let x = Argument("x", [2, 2], [1, 2, 3, 4])
    let outputs = [
      x.tensor, Tensor.ones([3]), x.tensor.transposed(), x.tensor.transposed().sum([0]),
      Tensor(values: [5, 6], shape: [2]),
    ]
    let values = try evaluate(outputs, [x])
    #expect(values == [[1, 2, 3, 4], [1, 1, 1], [1, 3, 2, 4], [3, 7], [5, 6]])
  }
}
