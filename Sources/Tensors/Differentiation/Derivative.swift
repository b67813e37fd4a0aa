// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What a derivative does at a ``stopGradient(_:file:line:)``.
public enum StopGradientPolicy: Sendable {
  /// Its derivative is zero: targets are frozen.
  case blocked
  /// It is the identity: targets move with the parameters. The result is again wrapped in a
  /// stop-gradient, so that a later blocked derivative still freezes it.
  case crossed
}

/// The directional derivative (Jacobian–vector product) of `outputs`, a tensor for each.
///
/// Forward mode: one tangent travels along with every node between the variables and the outputs. The
/// variables may be any nodes of the graph; each is treated as independent, so a variable computed from
/// another one is held at its own tangent. The result is made of ordinary tensors and can be
/// differentiated again.
///
/// - Parameters:
///   - outputs: the tensors to differentiate.
///   - directions: pairs (variable, tangent) with equal shapes.
///   - stopGradients: whether stop-gradients block tangents (the default) or let them through.
/// - Returns: for each output its tangent, of the output's shape; zeros where it does not depend on
///   the variables.
public func derivative(
  of outputs: [Tensor], along directions: [(variable: Tensor, tangent: Tensor)],
  stopGradients: StopGradientPolicy = .blocked, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  var tangents: [Tensor: Tensor] = [:]
  for (variable, tangent) in directions {
    require(
      variable.shape == tangent.shape, "derivative along a direction",
      [variable.shape, tangent.shape], "variable and tangent differ in shape", file, line)
    tangents[variable] = tangent
  }
  let order = DependencyOrder(
    from: directions.map(\.variable), to: outputs,
    crossingStopGradients: stopGradients == .crossed)
  for tensor in order.active {
    if let tangent = tangentRule(of: tensor, tangents) { tangents[tensor] = tangent }
  }
  return outputs.map { tangents[$0] ?? .zeros($0.shape) }
}

/// The directional derivative along variables and tangents paired by `zip`:
/// `derivative(of: gradients, along: zip(parameters, direction))`.
public func derivative(
  of outputs: [Tensor], along directions: Zip2Sequence<[Tensor], [Tensor]>,
  stopGradients: StopGradientPolicy = .blocked, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  derivative(
    of: outputs, along: directions.map { (variable: $0, tangent: $1) },
    stopGradients: stopGradients, file: file, line: line)
}

/// The directional derivative of one tensor, written with a dictionary literal:
/// `derivative(of: velocity, along: [noisy: direction, time: one])`.
public func derivative(
  of output: Tensor, along directions: KeyValuePairs<Tensor, Tensor>,
  stopGradients: StopGradientPolicy = .blocked, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  derivative(
    of: [output], along: directions.map { ($0.key, $0.value) }, stopGradients: stopGradients,
    file: file, line: line)[0]
}

/// The tangent of one node from those of its operands; nil stands for zero.
private func tangentRule(of result: Tensor, _ tangents: [Tensor: Tensor]) -> Tensor? {
  let operands = result.node.operands
  let dx = operands.first.flatMap { tangents[$0] }
  switch result.node.primitive {
  case .input, .constant, .compare:
    return nil
  case .unary(let operation):
    return dx.flatMap { operation.slope(at: operands[0], result: result, times: $0) }
  case .binary(let operation):
    return operation.tangent(
      operands[0], operands[1], result, dx, tangents[operands[1]])
  case .select:
    let (first, second) = (tangents[operands[1]], tangents[operands[2]])
    if first == nil && second == nil { return nil }
    let zero = Tensor.zeros(result.shape)
    return select(operands[0], first ?? zero, second ?? zero)
  case .broadcast:
    return dx?.broadcast(to: result.shape)
  case .reduce(.sum, let axes):
    return dx?.sum(axes)
  case .reduce(.maximum, let axes):
    return dx.map { tangent in
      let share = maximumShare(of: operands[0], result: result, axes: axes)
      return (share * tangent).sum(axes)
    }
  case .reshape:
    return dx?.reshaped(to: result.shape)
  case .transpose(let permutation):
    return dx?.transposed(permutation)
  case .slice(let starts, let limits, let strides):
    return dx?.sliced(starts: starts, limits: limits, strides: strides)
  case .pad(let low, let high, let interior):
    return dx?.padded(low: low, high: high, interior: interior)
  case .concatenate(let axis):
    let parts = operands.map { tangents[$0] ?? .zeros($0.shape) }
    return concatenate(parts, axis: axis)
  case .matmul(let transposeLeft, let transposeRight):
    let first = dx.map {
      matmul($0, operands[1], transposeLeft: transposeLeft, transposeRight: transposeRight)
    }
    let second = tangents[operands[1]].map {
      matmul(operands[0], $0, transposeLeft: transposeLeft, transposeRight: transposeRight)
    }
    return sum(first, second)
  case .gather:
    return dx?.rows(at: operands[1])
  case .scatterAdd(let rows):
    return dx?.addedIntoRows(at: operands[1], rows: rows)
  case .stopGradient:
    return dx.map { stopGradient($0) }
  }
}

extension UnaryOperation {
  /// `f'(x) · factor`, nil where the derivative is identically zero. Serves forward and reverse mode,
  /// which differ only in what the slope multiplies.
  func slope(at x: Tensor, result y: Tensor, times factor: Tensor) -> Tensor? {
    switch self {
    case .negate: return -factor
    case .reciprocal: return -(y * y * factor)
    case .exponential: return y * factor
    case .logarithm: return factor / x
    case .sine: return cos(x) * factor
    case .cosine: return -(sin(x) * factor)
    case .tanh: return (1 - y * y) * factor
    case .sigmoid: return y * (1 - y) * factor
    case .squareRoot: return 0.5 * factor / y
    case .reciprocalSquareRoot: return -0.5 * (y * y * y) * factor
    case .erf: return 2 / Double.pi.squareRoot() * exp(-(x * x)) * factor
    case .absolute: return Tensors.sign(x) * factor
    case .sign: return nil
    }
  }
}

extension BinaryOperation {
  func tangent(
    _ a: Tensor, _ b: Tensor, _ result: Tensor, _ da: Tensor?, _ db: Tensor?
  ) -> Tensor? {
    if da == nil && db == nil { return nil }
    switch self {
    case .add: return sum(da, db)
    case .subtract: return sum(da, db.map { -$0 })
    case .multiply: return sum(da.map { $0 * b }, db.map { a * $0 })
    case .divide: return sum(da.map { $0 / b }, db.map { -(result / b * $0) })
    case .maximum, .minimum:
      let zero = Tensor.zeros(result.shape)
      return select(followsFirst(a, b), da ?? zero, db ?? zero)
    }
  }

  /// For a maximum or minimum: 1 where the result is the first operand.
  func followsFirst(_ a: Tensor, _ b: Tensor) -> Tensor {
    switch self {
    case .maximum: return lessOrEqual(b, a)
    case .minimum: return lessOrEqual(a, b)
    case .add, .subtract, .multiply, .divide:
      preconditionFailure("\(rawValue) selects no operand")
    }
  }
}

/// How a maximum over `axes` shares its derivative: equally among the largest elements.
func maximumShare(of x: Tensor, result: Tensor, axes: [Int]) -> Tensor {
  let kept = x.shape.flattening(axes: axes)
  let isLargest = equal(x, result.reshaped(to: kept).broadcast(to: x.shape))
  return isLargest / isLargest.sum(axes, keepingDimensions: true)
}

/// The sum of two terms of which either may be an implicit zero.
func sum(_ first: Tensor?, _ second: Tensor?) -> Tensor? {
  guard let first else { return second }
  guard let second else { return first }
  return first + second
}
