// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import Tensors

// What the elementwise primitives mean, element by element, in Double. Constant folding and the
// reference interpreter use it; the kernels are tested against it.

extension Primitive {
  /// - Precondition: the primitive is elementwise and `operands` has its arity.
  func value(of operands: [Double]) -> Double {
    switch self {
    case .unary(let operation): return operation.value(of: operands[0])
    case .binary(let operation): return operation.value(of: operands[0], operands[1])
    case .compare(let comparison): return comparison.holds(operands[0], operands[1]) ? 1 : 0
    case .select: return operands[0] != 0 ? operands[1] : operands[2]
    case .input, .constant, .broadcast, .reduce, .reshape, .transpose, .slice, .pad, .concatenate,
      .matmul, .gather, .scatterAdd, .stopGradient:
      preconditionFailure("\(name) is not elementwise")
    }
  }
}

extension UnaryOperation {
  func value(of x: Double) -> Double {
    switch self {
    case .negate: return -x
    case .reciprocal: return 1 / x
    case .exponential: return exp(x)
    case .logarithm: return log(x)
    case .sine: return sin(x)
    case .cosine: return cos(x)
    case .tanh: return Foundation.tanh(x)
    case .sigmoid: return 1 / (1 + exp(-x))
    case .squareRoot: return x.squareRoot()
    case .reciprocalSquareRoot: return 1 / x.squareRoot()
    case .erf: return Foundation.erf(x)
    case .absolute: return abs(x)
    case .sign: return x > 0 ? 1 : (x < 0 ? -1 : x)
    }
  }
}

extension BinaryOperation {
  func value(of x: Double, _ y: Double) -> Double {
    switch self {
    case .add: return x + y
    case .subtract: return x - y
    case .multiply: return x * y
    case .divide: return x / y
    case .maximum: return x >= y || x.isNaN ? x : y
    case .minimum: return x <= y || x.isNaN ? x : y
    }
  }
}

extension Comparison {
  func holds(_ x: Double, _ y: Double) -> Bool {
    switch self {
    case .less: return x < y
    case .lessOrEqual: return x <= y
    case .equal: return x == y
    }
  }
}
