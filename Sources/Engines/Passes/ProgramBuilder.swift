// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Builds a list of equations in which equal computations appear once.
///
/// Every equation passes through the rewriting rules (``rewritten(_:_:_:)``) and then through a table
/// of all equations so far: common subexpressions share one value.
struct ProgramBuilder {
  private(set) var equations: [Program.Equation] = []
  private var valueOf: [Program.Equation: Int] = [:]
  /// The last pass whose rules are applied.
  let last: CompilationPass

  init(upTo last: CompilationPass = .collection) { self.last = last }

  mutating func emit(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int {
    if let known = rewritten(primitive, operands, shape) { return known }
    return insert(primitive, operands, shape)
  }

  mutating func insert(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int {
    let equation = Program.Equation(
      primitive: primitive, operands: primitive.isCommutative ? operands.sorted() : operands,
      shape: shape)
    if let value = valueOf[equation] { return value }
    let value = equations.count
    equations.append(equation)
    valueOf[equation] = value
    return value
  }

  mutating func constant(_ value: Double, _ shape: Shape) -> Int {
    insert(.constant([value]), [], shape)
  }

  /// The value every element of `value` equals, if it is such a constant.
  func splat(_ value: Int) -> Double? {
    guard case .constant(let values) = equations[value].primitive, values.count == 1 else {
      return nil
    }
    return values[0]
  }
}

extension Primitive {
  var isCommutative: Bool {
    switch self {
    case .binary(.add), .binary(.multiply), .compare(.equal): return true
    case .input, .constant, .unary, .binary, .compare, .select, .broadcast, .reduce, .reshape,
      .transpose, .slice, .pad, .concatenate, .matmul, .gather, .scatterAdd, .stopGradient:
      return false
    }
  }

  /// Whether each element of the result depends on the same element of every operand only.
  var isElementwise: Bool {
    switch self {
    case .unary, .binary, .compare, .select: return true
    case .input, .constant, .broadcast, .reduce, .reshape, .transpose, .slice, .pad, .concatenate,
      .matmul, .gather, .scatterAdd, .stopGradient:
      return false
    }
  }

  /// Whether the result can be the operand's memory under other strides.
  var isView: Bool {
    switch self {
    case .broadcast, .reshape, .transpose, .slice, .stopGradient: return true
    case .input, .constant, .unary, .binary, .compare, .select, .reduce, .pad, .concatenate,
      .matmul, .gather, .scatterAdd:
      return false
    }
  }
}

extension Program {
  /// The program whose equations a builder made anew; `valueOf` gives the new place of each old value.
  func rebuilt(from builder: ProgramBuilder, valueOf: [Int]) -> RewrittenProgram {
    let whole = Program(
      rows: rows,
      inputs: inputs.map {
        Input(name: $0.name, role: $0.role, shape: $0.shape, value: valueOf[$0.value])
      },
      equations: builder.equations,
      outputs: outputs.map { Output(name: $0.name, role: $0.role, value: valueOf[$0.value]) })
    let program = whole.withoutDeadCode()
    return RewrittenProgram(
      program: program, deadEquations: whole.equations.count - program.equations.count)
  }

  private func withoutDeadCode() -> Program {
    var isLive = [Bool](repeating: false, count: equations.count)
    for output in outputs { isLive[output.value] = true }
    for input in inputs { isLive[input.value] = true }
    for index in equations.indices.reversed() where isLive[index] {
      for operand in equations[index].operands { isLive[operand] = true }
    }
    var valueOf = [Int](repeating: -1, count: equations.count)
    var kept: [Equation] = []
    for (index, equation) in equations.enumerated() where isLive[index] {
      valueOf[index] = kept.count
      kept.append(
        Equation(
          primitive: equation.primitive, operands: equation.operands.map { valueOf[$0] },
          shape: equation.shape))
    }
    return Program(
      rows: rows,
      inputs: inputs.map {
        Input(name: $0.name, role: $0.role, shape: $0.shape, value: valueOf[$0.value])
      },
      equations: kept,
      outputs: outputs.map { Output(name: $0.name, role: $0.role, value: valueOf[$0.value]) })
  }
}
