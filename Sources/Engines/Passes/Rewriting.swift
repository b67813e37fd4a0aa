// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

extension ProgramBuilder {
  /// The value that an equation can be replaced by, nil if no rule of the builder's passes applies.
  ///
  /// A product with a literal zero is zero whatever the other factor: such factors come from vanishing
  /// coefficients (A'' of the linear interpolant), where the term is absent, not small. No other rule
  /// changes which results are finite.
  mutating func rewritten(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int? {
    if primitive == .stopGradient { return operands[0] }
    if last.includes(.constantFolding), let value = folded(primitive, operands, shape) {
      return value
    }
    if last.includes(.algebra), let value = simpler(primitive, operands, shape) { return value }
    if last.includes(.stretching), let value = beforeBroadcast(primitive, operands, shape) {
      return value
    }
    if last.includes(.transposes), case .matmul(let left, let right) = primitive {
      return matmulOfTransposes(operands, left, right, shape)
    }
    return nil
  }

  private mutating func simpler(
    _ primitive: Primitive, _ operands: [Int], _ shape: Shape
  ) -> Int? {
    switch primitive {
    case .input, .constant, .compare, .slice, .pad, .concatenate, .matmul, .gather, .scatterAdd,
      .stopGradient:
      return nil
    case .unary(let operation):
      return simplerUnary(operation, operands[0], shape)
    case .binary(let operation):
      return simplerBinary(operation, operands[0], operands[1], shape)
    case .select:
      return operands[1] == operands[2] ? operands[1] : nil
    case .broadcast:
      guard case .broadcast = equations[operands[0]].primitive else { return nil }
      return emit(.broadcast, equations[operands[0]].operands, shape)
    case .reduce(_, let axes):
      let full = equations[operands[0]].shape
      return axes.allSatisfy({ full[$0] == 1 }) ? emit(.reshape, operands, shape) : nil
    case .reshape:
      if equations[operands[0]].shape == shape { return operands[0] }
      guard case .reshape = equations[operands[0]].primitive else { return nil }
      return emit(.reshape, equations[operands[0]].operands, shape)
    case .transpose(let permutation):
      guard case .transpose(let inner) = equations[operands[0]].primitive else { return nil }
      let source = equations[operands[0]].operands[0]
      let combined = permutation.map { inner[$0] }
      return combined == Array(combined.indices)
        ? source : emit(.transpose(permutation: combined), [source], shape)
    }
  }

  private mutating func simplerUnary(
    _ operation: UnaryOperation, _ operand: Int, _ shape: Shape
  ) -> Int? {
    if operation == .negate, case .unary(.negate) = equations[operand].primitive {
      return equations[operand].operands[0]
    }
    return nil
  }

  private mutating func simplerBinary(
    _ operation: BinaryOperation, _ a: Int, _ b: Int, _ shape: Shape
  ) -> Int? {
    switch operation {
    case .add:
      if splat(a) == 0 { return b }
      if splat(b) == 0 { return a }
      if let negated = operandOfNegation(b) {
        return emit(.binary(.subtract), [a, negated], shape)
      }
      if let negated = operandOfNegation(a) {
        return emit(.binary(.subtract), [b, negated], shape)
      }
    case .subtract:
      if splat(b) == 0 { return a }
      if splat(a) == 0 { return emit(.unary(.negate), [b], shape) }
      if let negated = operandOfNegation(b) { return emit(.binary(.add), [a, negated], shape) }
    case .multiply:
      for (factor, other) in [(splat(a), b), (splat(b), a)] {
        guard let factor else { continue }
        if factor == 1 { return other }
        if factor == 0 { return constant(0, shape) }
        if factor == -1 { return emit(.unary(.negate), [other], shape) }
        return scaled(other, by: factor, shape)
      }
    case .divide:
      if splat(b) == 1 { return a }
      if splat(a) == 0 { return constant(0, shape) }
      if splat(a) == 1 { return emit(.unary(.reciprocal), [b], shape) }
      // Division by a power of two is exactly a product.
      if let divisor = splat(b), divisor.significand == 1, (1 / divisor).isNormal {
        return emit(.binary(.multiply), [a, constant(1 / divisor, shape)], shape)
      }
    case .maximum, .minimum:
      if a == b { return a }
    }
    return nil
  }

  /// `factor · (c · x)` becomes `(factor c) · x`, and `factor · (−x)` becomes `(−factor) · x`.
  private mutating func scaled(_ value: Int, by factor: Double, _ shape: Shape) -> Int? {
    if let negated = operandOfNegation(value) {
      return emit(.binary(.multiply), [negated, constant(-factor, shape)], shape)
    }
    guard case .binary(.multiply) = equations[value].primitive else { return nil }
    let operands = equations[value].operands
    for (index, operand) in operands.enumerated() {
      if let inner = splat(operand) {
        return emit(
          .binary(.multiply), [operands[1 - index], constant(inner * factor, shape)], shape)
      }
    }
    return nil
  }

  private func operandOfNegation(_ value: Int) -> Int? {
    guard case .unary(.negate) = equations[value].primitive else { return nil }
    return equations[value].operands[0]
  }

  /// An operation on tensors all stretched from one smaller shape is done before they are stretched.
  private mutating func beforeBroadcast(
    _ primitive: Primitive, _ operands: [Int], _ shape: Shape
  ) -> Int? {
    guard primitive.isElementwise, primitive != .select else { return nil }
    var source: Shape?
    for operand in operands where splat(operand) == nil {
      guard case .broadcast = equations[operand].primitive else { return nil }
      let shape = equations[equations[operand].operands[0]].shape
      if let source, source != shape { return nil }
      source = shape
    }
    guard let source, source.count < shape.count else { return nil }
    let small = operands.map { operand in
      splat(operand).map { constant($0, source) } ?? equations[operand].operands[0]
    }
    return emit(.broadcast, [emit(primitive, small, source)], shape)
  }

  /// A transpose of the last two axes becomes a flag of the product.
  private mutating func matmulOfTransposes(
    _ operands: [Int], _ transposeLeft: Bool, _ transposeRight: Bool, _ shape: Shape
  ) -> Int? {
    let left = operandOfMatrixTranspose(operands[0])
    let right = operandOfMatrixTranspose(operands[1])
    if left == nil && right == nil { return nil }
    return emit(
      .matmul(
        transposeLeft: transposeLeft != (left != nil),
        transposeRight: transposeRight != (right != nil)),
      [left ?? operands[0], right ?? operands[1]], shape)
  }

  private func operandOfMatrixTranspose(_ value: Int) -> Int? {
    guard case .transpose(let permutation) = equations[value].primitive else { return nil }
    var exchanged = Array(permutation.indices)
    exchanged.swapAt(exchanged.count - 1, exchanged.count - 2)
    return permutation == exchanged ? equations[value].operands[0] : nil
  }
}
