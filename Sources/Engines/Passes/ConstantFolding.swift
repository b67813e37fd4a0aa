// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

extension ProgramBuilder {
  /// The value of an equation that literals alone decide, nil if they do not.
  mutating func folded(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int? {
    switch primitive {
    case .unary, .binary, .compare:
      let values = operands.compactMap { splat($0) }
      guard values.count == operands.count else { return nil }
      return constant(primitive.value(of: values), shape)
    case .select:
      return splat(operands[0]).map { $0 != 0 ? operands[1] : operands[2] }
    case .broadcast, .transpose, .slice:
      return splat(operands[0]).map { constant($0, shape) }
    case .reshape:
      guard case .constant(let values) = equations[operands[0]].primitive else { return nil }
      return insert(.constant(values), [], shape)
    case .concatenate:
      let values = operands.map { splat($0) }
      guard let first = values[0], values.allSatisfy({ $0 == first }) else { return nil }
      return constant(first, shape)
    case .reduce(let reduction, _):
      guard let value = splat(operands[0]) else { return nil }
      switch reduction {
      case .sum:
        let full = equations[operands[0]].shape
        return constant(value * Double(full.count / shape.count), shape)
      case .maximum: return constant(value, shape)
      }
    case .input, .constant, .pad, .matmul, .gather, .scatterAdd, .stopGradient:
      return nil
    }
  }
}
