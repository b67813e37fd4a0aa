// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The residuals of a loss: every tensor whose squared norm over its last axis the loss is computed from,
/// each once, as ``squaredNorm(_:)`` builds it.
///
/// A residual inside another one is left out, and so is what stands behind a stop-gradient. With the
/// residuals as variables ``gradient(of:withRespectTo:file:line:)`` and
/// ``derivative(of:along:stopGradients:file:line:)`` see the loss as a function of them alone, which is what
/// a Gauss–Newton matrix needs.
public func squaredResiduals(in loss: Tensor) -> [Tensor] {
  var residuals: [Tensor] = []
  var visited: Set<Tensor> = [loss]
  var stack = [loss]
  while let tensor = stack.popLast() {
    if let residual = squaredResidual(tensor) {
      if !residuals.contains(residual) { residuals.append(residual) }
      continue
    }
    if tensor.node.primitive == .stopGradient { continue }
    for operand in tensor.node.operands where visited.insert(operand).inserted {
      stack.append(operand)
    }
  }
  return residuals
}

private func squaredResidual(_ tensor: Tensor) -> Tensor? {
  guard case .reduce(.sum, let axes) = tensor.node.primitive,
    let product = tensor.node.operands.first, axes == [product.rank - 1],
    case .binary(.multiply) = product.node.primitive,
    product.node.operands[0] == product.node.operands[1]
  else { return nil }
  return product.node.operands[0]
}
