// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension Program: CustomStringConvertible {
  /// One line an equation: `%7 [128, 64] = matmul(%0, weight)`.
  public var description: String {
    var lines = ["program, \(rows) row\(rows == 1 ? "" : "s") a block {"]
    for input in inputs {
      lines.append("  input \(input.role) \(input.name) \(input.shape)")
    }
    for (index, equation) in equations.enumerated() {
      if case .input = equation.primitive { continue }
      let operands = equation.operands.map(label).joined(separator: ", ")
      let attributes = equation.primitive.attributes
      let separator = operands.isEmpty || attributes.isEmpty ? "" : ", "
      lines.append(
        "  %\(index) \(equation.shape) = \(equation.primitive.name)"
          + "(\(operands)\(separator)\(attributes))")
    }
    for output in outputs {
      lines.append("  output \(output.role) \(output.name) = \(label(output.value))")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  private func label(_ value: Int) -> String {
    if case .input(let name) = equations[value].primitive { return name }
    return "%\(value)"
  }
}

extension Primitive {
  /// The name under which the primitive is printed.
  public var name: String {
    switch self {
    case .input: return "input"
    case .constant: return "constant"
    case .unary(let operation): return operation.rawValue
    case .binary(let operation): return operation.rawValue
    case .compare(let comparison): return comparison.rawValue
    case .select: return "select"
    case .broadcast: return "broadcast"
    case .reduce(let reduction, _): return "reduce_\(reduction.rawValue)"
    case .reshape: return "reshape"
    case .transpose: return "transpose"
    case .slice: return "slice"
    case .pad: return "pad"
    case .concatenate: return "concatenate"
    case .matmul: return "matmul"
    case .gather: return "gather"
    case .scatterAdd: return "scatterAdd"
    case .stopGradient: return "stopGradient"
    }
  }

  fileprivate var attributes: String {
    switch self {
    case .constant(let values):
      let shown = values.prefix(4).map { "\($0)" }.joined(separator: ", ")
      return values.count > 4 ? "\(shown), … (\(values.count) values)" : shown
    case .reduce(_, let axes): return "axes: \(axes)"
    case .transpose(let permutation): return "permutation: \(permutation)"
    case .slice(let starts, let limits, let strides):
      return "starts: \(starts), limits: \(limits)"
        + (strides.allSatisfy { $0 == 1 } ? "" : ", strides: \(strides)")
    case .pad(let low, let high, let interior):
      return "low: \(low), high: \(high)"
        + (interior.allSatisfy { $0 == 0 } ? "" : ", interior: \(interior)")
    case .concatenate(let axis): return "axis: \(axis)"
    case .matmul(let transposeLeft, let transposeRight):
      return [transposeLeft ? "left transposed" : nil, transposeRight ? "right transposed" : nil]
        .compactMap { $0 }.joined(separator: ", ")
    case .scatterAdd(let rows): return "rows: \(rows)"
    case .input, .unary, .binary, .compare, .select, .broadcast, .reshape, .gather, .stopGradient:
      return ""
    }
  }
}
