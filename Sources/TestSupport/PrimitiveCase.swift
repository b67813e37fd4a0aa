// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// One use of a primitive: how to build it from smooth arguments, and where those arguments live.
///
/// The list covers every primitive by construction: unary, binary and comparison cases are generated
/// from the enums, and a test checks that the programs traced from the list contain every name.
public struct PrimitiveCase: CustomStringConvertible, Sendable {
  public let name: String
  /// Shapes and ranges of the differentiable arguments.
  public let operands: [(shape: Shape, range: ClosedRange<Double>)]
  public let build: @Sendable ([Tensor]) -> Tensor

  public var description: String { name }

  init(
    _ name: String, _ operands: [(Shape, ClosedRange<Double>)],
    _ build: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.operands = operands.map { (shape: $0.0, range: $0.1) }
    self.build = build
  }

  /// Arguments with reproducible random values.
  public func arguments(seed: UInt64) -> [Argument] {
    var numbers = TestNumbers(seed: seed)
    return operands.enumerated().map { index, operand in
      Argument(
        "x\(index)", operand.shape, numbers.array(operand.shape.count, in: operand.range))
    }
  }

  public static let all: [PrimitiveCase] = unary + binary + comparisons + structural + composites

  private static let unary: [PrimitiveCase] = UnaryOperation.allCases.map { operation in
    let range: ClosedRange<Double>
    switch operation {
    case .logarithm, .squareRoot, .reciprocalSquareRoot, .reciprocal: range = 0.5...2
    case .absolute, .sign: range = 0.25...2
    case .negate, .exponential, .sine, .cosine, .tanh, .sigmoid, .erf: range = -1.5...1.5
    }
    return PrimitiveCase(operation.rawValue, [([3, 5], range)]) { x in
      switch operation {
      case .negate: return -x[0]
      case .reciprocal: return reciprocal(x[0])
      case .exponential: return exp(x[0])
      case .logarithm: return log(x[0])
      case .sine: return sin(x[0])
      case .cosine: return cos(x[0])
      case .tanh: return tanh(x[0])
      case .sigmoid: return sigmoid(x[0])
      case .squareRoot: return sqrt(x[0])
      case .reciprocalSquareRoot: return reciprocalSquareRoot(x[0])
      case .erf: return erf(x[0])
      case .absolute: return abs(x[0]) * x[0]
      case .sign: return sign(x[0]) * x[0] * x[0]
      }
    }
  }

  private static let binary: [PrimitiveCase] = BinaryOperation.allCases.map { operation in
    PrimitiveCase(operation.rawValue, [([4, 3], 0.5...2), ([3], 0.5...2)]) { x in
      switch operation {
      case .add: return x[0] * x[0] + x[1]
      case .subtract: return x[0] * x[0] - x[1]
      case .multiply: return x[0] * x[1]
      case .divide: return x[0] / x[1]
      case .maximum: return maximum(x[0], x[1]) * x[0]
      case .minimum: return minimum(x[0], x[1]) * x[1]
      }
    }
  }

  private static let comparisons: [PrimitiveCase] = Comparison.allCases.map { comparison in
    PrimitiveCase(comparison.rawValue, [([2, 6], -1...1), ([2, 6], -1...1)]) { x in
      switch comparison {
      case .less: return less(x[0], x[1]) * x[0] * x[1]
      case .lessOrEqual: return lessOrEqual(x[0], x[1]) * x[0] * x[1]
      case .equal: return equal(x[0], x[1]) * x[0] + x[1] * x[1]
      }
    }
  }

  private static let structural: [PrimitiveCase] = [
    PrimitiveCase("select", [([3, 4], -1...1), ([3, 4], -1...1)]) { x in
      select(less(x[0], 0), sin(x[0] * x[1]), x[1] * x[1])
    },
    PrimitiveCase("broadcast", [([3, 1], -1...1), ([2, 1, 4], -1...1)]) { x in
      exp(x[0]).broadcast(to: [2, 3, 4]) * x[1]
    },
    PrimitiveCase("sum", [([2, 3, 4, 2], -1...1)]) { x in sin(x[0]).sum([0, 2]) },
    PrimitiveCase("sum of all", [([5, 3], -1...1)]) { x in (x[0] * x[0] * x[0]).sum() },
    PrimitiveCase("maximum over axes", [([3, 4, 5], -1...1)]) { x in
      exp(x[0]).maximum([0, 2]) * 2
    },
    PrimitiveCase("reshape", [([3, 4], -1...1)]) { x in sin(x[0]).reshaped(to: [2, 6]) },
    PrimitiveCase("reshape of a transpose", [([3, 4], -1...1)]) { x in
      sin(x[0].transposed().reshaped(to: [2, 6]))
    },
    PrimitiveCase("transpose", [([2, 3, 4], -1...1)]) { x in
      cos(x[0].transposed([2, 0, 1])) * x[0].transposed([2, 0, 1])
    },
    PrimitiveCase("slice", [([5, 7], -1...1)]) { x in
      exp(x[0].sliced(starts: [1, 0], limits: [4, 7], strides: [2, 3]))
    },
    PrimitiveCase("pad", [([2, 3], -1...1)]) { x in
      sin(x[0].padded(low: [1, 0], high: [0, 2], interior: [1, 2])) + 0.5
    },
    PrimitiveCase("concatenate", [([2, 3], -1...1), ([2, 2], -1...1)]) { x in
      tanh(concatenate([x[0], x[1], x[0] * x[0]], axis: 1))
    },
    PrimitiveCase("matmul", [([3, 4], -1...1), ([4, 5], -1...1)]) { x in matmul(x[0], x[1]) },
    PrimitiveCase("matmul, left transposed", [([4, 3], -1...1), ([4, 5], -1...1)]) { x in
      matmul(x[0], x[1], transposeLeft: true)
    },
    PrimitiveCase("matmul, right transposed", [([3, 4], -1...1), ([5, 4], -1...1)]) { x in
      matmul(x[0], x[1], transposeRight: true)
    },
    PrimitiveCase("matmul, both transposed", [([4, 3], -1...1), ([5, 4], -1...1)]) { x in
      matmul(x[0], x[1], transposeLeft: true, transposeRight: true)
    },
    PrimitiveCase("matmul, batched", [([2, 3, 4], -1...1), ([2, 4, 5], -1...1)]) { x in
      matmul(sin(x[0]), x[1])
    },
    PrimitiveCase("matmul, shared right", [([2, 3, 4], -1...1), ([4, 5], -1...1)]) { x in
      matmul(x[0], x[1])
    },
    PrimitiveCase("matmul, large", [([33, 40], -1...1), ([40, 21], -1...1)]) { x in
      matmul(x[0], x[1])
    },
    PrimitiveCase("matmul of thin matrices", [([40, 3], -1...1), ([3, 33], -1...1)]) { x in
      matmul(matmul(x[0], x[1]), x[0], transposeLeft: true)
    },
    PrimitiveCase("gather", [([4, 3], -1...1)]) { x in
      exp(x[0]).rows(at: Tensor(values: [2, 0, 2, 1, 3, 2], shape: [2, 3]))
    },
    PrimitiveCase("scatterAdd", [([2, 3, 2], -1...1)]) { x in
      sin(x[0]).addedIntoRows(
        at: Tensor(values: [4, 0, 1, 4, 4, 2], shape: [2, 3]), rows: 5)
    },
    PrimitiveCase("stopGradient outside", [([3, 3], -1...1)]) { x in
      stopGradient(Tensor(values: [1, 2, 3], shape: [3])) * x[0] * x[0]
    },
  ]

  private static let composites: [PrimitiveCase] = [
    PrimitiveCase("softmax", [([3, 5], -2...2)]) { x in softmax(x[0]) * x[0] },
    PrimitiveCase("logSumExp", [([3, 5], -2...2)]) { x in logSumExp(x[0]) },
    PrimitiveCase("rmsNorm", [([3, 6], -2...2)]) { x in rmsNorm(x[0]) },
    PrimitiveCase("layerNorm", [([3, 6], -2...2)]) { x in layerNorm(x[0]) },
    PrimitiveCase("gelu", [([3, 4], -2...2)]) { x in gelu(x[0]) },
    PrimitiveCase("silu", [([3, 4], -2...2)]) { x in silu(x[0]) },
    PrimitiveCase(
      "attention", [([2, 3, 4], -1...1), ([2, 5, 4], -1...1), ([2, 5, 3], -1...1)]
    ) { x in attention(query: x[0], key: x[1], value: x[2]) },
    PrimitiveCase("convolution", [([2, 5, 6, 2], -1...1), ([3, 2, 2, 3], -1...1)]) { x in
      convolution(x[0], kernel: x[1], stride: 2)
    },
    PrimitiveCase("padded convolution", [([2, 3, 4, 2], -1...1), ([3, 3, 2, 3], -1...1)]) { x in
      convolution(sin(x[0]), kernel: x[1], padding: .same(kernel: 3))
    },
    PrimitiveCase("groupNorm", [([2, 2, 3, 4], -2...2)]) { x in groupNorm(x[0], groups: 2) },
    PrimitiveCase("upsampled", [([2, 2, 3, 2], -1...1)]) { x in upsampled(sin(x[0]), by: 2) },
    PrimitiveCase("averagePooled", [([2, 4, 6, 2], -1...1)]) { x in averagePooled(sin(x[0]), by: 2)
    },
  ]
}
