// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The gradient of a scalar with respect to `variables`, a tensor for each, of its shape.
///
/// Reverse mode. Stop-gradients block. The variables may be any nodes of the graph and are treated as
/// independent of one another. The result is made of ordinary tensors, so `derivative(of: gradient(…))`
/// is a Hessian–vector product.
public func gradient(
  of scalar: Tensor, withRespectTo variables: [Tensor], file: StaticString = #fileID,
  line: UInt = #line
) -> [Tensor] {
  require(
    scalar.shape == .scalar, "gradient", [scalar.shape],
    "the differentiated tensor must be a scalar; reduce it with sum() or mean()", file, line)
  return pullback(of: [scalar], along: [Tensor(1)], to: variables, file: file, line: line)
}

/// The gradient with respect to one variable.
public func gradient(
  of scalar: Tensor, withRespectTo variable: Tensor, file: StaticString = #fileID,
  line: UInt = #line
) -> Tensor {
  gradient(of: scalar, withRespectTo: [variable], file: file, line: line)[0]
}

/// The vector–Jacobian product: `Σ ⟨cotangent, output⟩` differentiated with respect to `variables`.
///
/// - Parameters:
///   - outputs: any tensors.
///   - cotangents: one for each output, of its shape.
///   - stopGradients: whether stop-gradients block cotangents (the default) or let them through. Crossed, it
///     is the transpose of a crossed ``derivative(of:along:stopGradients:)``.
public func pullback(
  of outputs: [Tensor], along cotangents: [Tensor], to variables: [Tensor],
  stopGradients: StopGradientPolicy = .blocked, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  require(
    outputs.map(\.shape) == cotangents.map(\.shape), "pullback",
    outputs.map(\.shape) + cotangents.map(\.shape), "outputs and cotangents differ in shape", file,
    line)
  let order = DependencyOrder(
    from: variables, to: outputs, crossingStopGradients: stopGradients == .crossed)
  var cotangentOf: [Tensor: Tensor] = [:]
  func accumulate(_ cotangent: Tensor?, to tensor: Tensor) {
    guard let cotangent, order.dependent.contains(tensor) else { return }
    cotangentOf[tensor] = sum(cotangentOf[tensor], cotangent)
  }
  for (output, cotangent) in zip(outputs, cotangents) { accumulate(cotangent, to: output) }
  for tensor in order.active.reversed() {
    guard let cotangent = cotangentOf[tensor] else { continue }
    cotangentRule(of: tensor, cotangent, wanted: order.dependent.contains, give: accumulate)
  }
  return variables.map { cotangentOf[$0] ?? .zeros($0.shape) }
}

/// Passes the cotangent of one node on to those operands that are `wanted`.
private func cotangentRule(
  of result: Tensor, _ dy: Tensor, wanted: (Tensor) -> Bool, give: (Tensor?, Tensor) -> Void
) {
  let operands = result.node.operands
  switch result.node.primitive {
  case .input, .constant, .compare:
    return
  case .stopGradient:
    // Wanted only where stop-gradients are crossed; a later blocked derivative still freezes it.
    if wanted(operands[0]) { give(stopGradient(dy), operands[0]) }
  case .unary(let operation):
    give(operation.slope(at: operands[0], result: result, times: dy), operands[0])
  case .binary(let operation):
    let (da, db) = operation.cotangents(
      operands[0], operands[1], result, dy, wanted: (wanted(operands[0]), wanted(operands[1])))
    give(da, operands[0])
    give(db, operands[1])
  case .select:
    let zero = Tensor.zeros(result.shape)
    if wanted(operands[1]) { give(select(operands[0], dy, zero), operands[1]) }
    if wanted(operands[2]) { give(select(operands[0], zero, dy), operands[2]) }
  case .broadcast:
    give(unbroadcast(dy, to: operands[0].shape), operands[0])
  case .reduce(.sum, let axes):
    let kept = operands[0].shape.flattening(axes: axes)
    give(dy.reshaped(to: kept).broadcast(to: operands[0].shape), operands[0])
  case .reduce(.maximum, let axes):
    let kept = operands[0].shape.flattening(axes: axes)
    let share = maximumShare(of: operands[0], result: result, axes: axes)
    give(share * dy.reshaped(to: kept), operands[0])
  case .reshape:
    give(dy.reshaped(to: operands[0].shape), operands[0])
  case .transpose(let permutation):
    var inverse = permutation
    for (axis, source) in permutation.enumerated() { inverse[source] = axis }
    give(dy.transposed(inverse), operands[0])
  case .slice(let starts, _, let strides):
    let shape = operands[0].shape
    let high = (0..<shape.rank).map {
      shape[$0] - starts[$0] - (result.shape[$0] - 1) * strides[$0] - 1
    }
    give(dy.padded(low: starts, high: high, interior: strides.map { $0 - 1 }), operands[0])
  case .pad(let low, _, let interior):
    let shape = operands[0].shape
    let strides = interior.map { $0 + 1 }
    let limits = (0..<shape.rank).map { low[$0] + (shape[$0] - 1) * strides[$0] + 1 }
    give(dy.sliced(starts: low, limits: limits, strides: strides), operands[0])
  case .concatenate(let axis):
    var start = 0
    for operand in operands {
      let limit = start + operand.shape[axis]
      if wanted(operand) { give(dy.sliced(start..<limit, axis: axis), operand) }
      start = limit
    }
  case .matmul(let transposeLeft, let transposeRight):
    matmulCotangents(
      operands, dy, transposeLeft, transposeRight, wanted: wanted, give: give)
  case .gather:
    give(dy.addedIntoRows(at: operands[1], rows: operands[0].shape[0]), operands[0])
  case .scatterAdd:
    give(dy.rows(at: operands[1]), operands[0])
  }
}

extension BinaryOperation {
  func cotangents(
    _ a: Tensor, _ b: Tensor, _ result: Tensor, _ dy: Tensor, wanted: (Bool, Bool)
  ) -> (Tensor?, Tensor?) {
    func if0(_ make: () -> Tensor) -> Tensor? { wanted.0 ? make() : nil }
    func if1(_ make: () -> Tensor) -> Tensor? { wanted.1 ? make() : nil }
    switch self {
    case .add: return (dy, dy)
    case .subtract: return (dy, if1 { -dy })
    case .multiply: return (if0 { dy * b }, if1 { a * dy })
    case .divide: return (if0 { dy / b }, if1 { -(result / b * dy) })
    case .maximum, .minimum:
      let mask = followsFirst(a, b)
      let zero = Tensor.zeros(result.shape)
      return (if0 { select(mask, dy, zero) }, if1 { select(mask, zero, dy) })
    }
  }
}

/// The cotangents of `C = op(A) op(B)`, laid out so that no transposed copy is needed.
private func matmulCotangents(
  _ operands: [Tensor], _ dy: Tensor, _ transposeLeft: Bool, _ transposeRight: Bool,
  wanted: (Tensor) -> Bool, give: (Tensor?, Tensor) -> Void
) {
  let (a, b) = (operands[0], operands[1])
  if wanted(a) {
    give(
      transposeLeft
        ? matmul(b, dy, transposeLeft: transposeRight, transposeRight: true)
        : matmul(dy, b, transposeRight: !transposeRight), a)
  }
  if wanted(b) {
    give(
      transposeRight
        ? matmul(dy, a, transposeLeft: true, transposeRight: transposeLeft)
        : matmul(a, dy, transposeLeft: !transposeLeft), b)
  }
}

/// Sums over the axes that a broadcast from `shape` stretched or added.
private func unbroadcast(_ dy: Tensor, to shape: Shape) -> Tensor {
  let added = dy.rank - shape.rank
  let axes = (0..<dy.rank).filter { $0 < added || shape[$0 - added] == 1 && dy.shape[$0] != 1 }
  return dy.sum(axes).reshaped(to: shape)
}
