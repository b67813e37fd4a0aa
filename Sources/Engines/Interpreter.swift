// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// The meaning of a program, spelt out element by element in Double.
///
/// No passes, no buffers, no kernels: slow, and independent of everything the compiled engine does to
/// be fast, which is tested against it.
public struct Interpreter: Sendable {
  public init() {}

  /// Evaluates a program traced for the rows the inputs have.
  ///
  /// - Parameter inputs: row-major values by input name.
  /// - Returns: row-major values by output name.
  public func evaluate(
    _ program: Program, _ inputs: [String: [Double]]
  ) throws(EngineError) -> [String: [Double]] {
    var values: [[Double]] = []
    for equation in program.equations {
      let operands = equation.operands.map {
        Operand(shape: program.equations[$0].shape, values: values[$0])
      }
      values.append(try result(of: equation, operands, inputs))
    }
    return Dictionary(
      uniqueKeysWithValues: program.outputs.map { ($0.name, values[$0.value]) })
  }

  private struct Operand {
    let shape: Shape
    let values: [Double]

    subscript(index: [Int]) -> Double {
      values[zip(index, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }]
    }
  }

  private func result(
    of equation: Program.Equation, _ operands: [Operand], _ inputs: [String: [Double]]
  ) throws(EngineError) -> [Double] {
    let shape = equation.shape
    switch equation.primitive {
    case .input(let name):
      guard let values = inputs[name], values.count == shape.count else {
        fatalError("input \"\(name)\" needs \(shape.count) values")
      }
      return values
    case .constant(let values):
      return values.count == shape.count
        ? values : [Double](repeating: values[0], count: shape.count)
    case .unary, .binary, .compare, .select:
      return (0..<shape.count).map { element in
        equation.primitive.value(of: operands.map { $0.values[element] })
      }
    case .stopGradient, .reshape:
      return operands[0].values
    case .broadcast:
      let added = shape.rank - operands[0].shape.rank
      return indices(of: shape).map { index in
        operands[0][
          operands[0].shape.dimensions.indices.map {
            operands[0].shape[$0] == 1 ? 0 : index[$0 + added]
          }]
      }
    case .transpose(let permutation):
      return indices(of: shape).map { index in
        var source = index
        for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
        return operands[0][source]
      }
    case .slice(let starts, _, let strides):
      return indices(of: shape).map { index in
        operands[0][index.indices.map { starts[$0] + index[$0] * strides[$0] }]
      }
    case .pad(let low, _, let interior):
      return indices(of: shape).map { index in
        let moved = index.indices.map { index[$0] - low[$0] }
        let steps = interior.map { $0 + 1 }
        let isInside = moved.indices.allSatisfy {
          moved[$0] >= 0 && moved[$0] % steps[$0] == 0
            && moved[$0] / steps[$0] < operands[0].shape[$0]
        }
        return isInside ? operands[0][moved.indices.map { moved[$0] / steps[$0] }] : 0
      }
    case .concatenate(let axis):
      return indices(of: shape).map { index in
        var index = index
        for operand in operands {
          if index[axis] < operand.shape[axis] { return operand[index] }
          index[axis] -= operand.shape[axis]
        }
        preconditionFailure("concatenation ends before its shape does")
      }
    case .reduce(let reduction, let axes):
      var results = [Double?](repeating: nil, count: shape.count)
      let strides = shape.strides
      for (element, index) in indices(of: operands[0].shape).enumerated() {
        let kept = index.indices.filter { !axes.contains($0) }.map { index[$0] }
        let place = zip(kept, strides).reduce(0) { $0 + $1.0 * $1.1 }
        let value = operands[0].values[element]
        switch reduction {
        case .sum: results[place] = (results[place] ?? 0) + value
        case .maximum:
          results[place] =
            results[place].map { BinaryOperation.maximum.value(of: $0, value) } ?? value
        }
      }
      return results.map { $0 ?? 0 }
    case .matmul(let transposeLeft, let transposeRight):
      let inner = operands[0].shape[shape.rank - (transposeLeft ? 2 : 1)]
      return indices(of: shape).map { index in
        let batch = Array(index.dropLast(2))
        let (row, column) = (index[shape.rank - 2], index[shape.rank - 1])
        return (0..<inner).reduce(0) { total, k in
          total + operands[0][batch + (transposeLeft ? [k, row] : [row, k])]
            * operands[1][batch + (transposeRight ? [column, k] : [k, column])]
        }
      }
    case .gather:
      let size = operands[0].shape.count / operands[0].shape[0]
      var results: [Double] = []
      for index in operands[1].values {
        let row = try checked(index, below: operands[0].shape[0])
        results += operands[0].values[row * size..<(row + 1) * size]
      }
      return results
    case .scatterAdd(let rows):
      let size = shape.count / rows
      var results = [Double](repeating: 0, count: shape.count)
      for (number, index) in operands[1].values.enumerated() {
        let row = try checked(index, below: rows)
        for i in 0..<size { results[row * size + i] += operands[0].values[number * size + i] }
      }
      return results
    }
  }

  private func checked(_ index: Double, below rows: Int) throws(EngineError) -> Int {
    guard index >= 0 && index < Double(rows) else { throw .indexOutOfRange }
    return Int(index)
  }

  /// Every index of a shape in row-major order.
  private func indices(of shape: Shape) -> [[Int]] {
    var result: [[Int]] = []
    result.reserveCapacity(shape.count)
    var index = [Int](repeating: 0, count: shape.rank)
    for _ in 0..<shape.count {
      result.append(index)
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    return result
  }
}
