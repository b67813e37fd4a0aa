// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
public import Tensors

/// Which of the evaluators a test uses.
public enum Evaluator: String, CaseIterable, Sendable {
  case interpreter
  case double
  case float
}

/// An input tensor and the numbers it takes.
public struct Argument {
  public let tensor: Tensor
  public let name: String
  public let values: [Double]

  public init(_ name: String, _ shape: Shape, _ values: [Double]) {
    precondition(shape.count == values.count, "argument \(name) of shape \(shape)")
    tensor = .input(name, shape)
    self.name = name
    self.values = values
  }

  /// The same tensor with other numbers.
  public func with(_ values: [Double]) -> Argument {
    Argument(tensor: tensor, name: name, values: values)
  }

  private init(tensor: Tensor, name: String, values: [Double]) {
    self.tensor = tensor
    self.name = name
    self.values = values
  }
}

/// Computes tensors from arguments, the whole as one block.
public func evaluate(
  _ outputs: [Tensor], _ arguments: [Argument], by evaluator: Evaluator = .double
) throws -> [[Double]] {
  let program = Program(
    inputs: arguments.map { (.shared, $0.tensor) },
    outputs: outputs.enumerated().map { ("output\($0.offset)", .sum, $0.element) })
  let inputs = Dictionary(uniqueKeysWithValues: arguments.map { ($0.name, $0.values) })
  let results: [String: [Double]]
  switch evaluator {
  case .interpreter:
    results = try Interpreter().evaluate(program, inputs)
  case .double:
    let pool = WorkerPool(threads: 1)
    results = try Executable<Double>(rows: 1, pool: pool) { _ in program }.evaluate(inputs)
  case .float:
    let pool = WorkerPool(threads: 1)
    results = try Executable<Float>(rows: 1, pool: pool) { _ in program }.evaluate(inputs)
  }
  return outputs.indices.map { results["output\($0)"] ?? [] }
}

/// The largest difference between two vectors relative to the larger of their largest entry and 1.
public func relativeDifference(_ left: [Double], _ right: [Double]) -> Double {
  precondition(left.count == right.count, "vectors of \(left.count) and \(right.count) elements")
  let scale = (left + right).reduce(1) { max($0, abs($1)) }
  return zip(left, right).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1) / scale
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// A small generator of reproducible numbers for tests (splitmix64).
public struct TestNumbers {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// A number in `range`, uniformly.
  public mutating func next(in range: ClosedRange<Double> = -1...1) -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    let unit = Double(bits >> 11) / Double(1 << 53 as UInt64)
    return range.lowerBound + (range.upperBound - range.lowerBound) * unit
  }

  public mutating func array(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Double] {
    (0..<count).map { _ in next(in: range) }
  }
}
