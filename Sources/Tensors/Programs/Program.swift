// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A traced computation as data: a list of equations in dependency order, what enters and what leaves.
///
/// A program is traced for a block of `rows` rows. Inputs are `perRow` (their first extent is the
/// number of rows) or `shared` (the same for every row, such as parameters). Outputs are `perRow`, or
/// the `sum` or `mean` over rows of what each block returns. An engine runs the program over a whole
/// batch block by block; the same declaration is what data-parallel execution over devices needs.
public struct Program: Sendable {
  public enum InputRole: String, Sendable, Hashable {
    case perRow
    case shared
  }

  public enum OutputRole: String, Sendable, Hashable {
    case perRow
    /// Blocks' values are added.
    case sum
    /// Blocks' values are averaged, weighted by their rows.
    case mean
  }

  public struct Input: Sendable {
    public let name: String
    public let role: InputRole
    public let shape: Shape
    /// The index of the equation that stands for this input.
    public let value: Int

    public init(name: String, role: InputRole, shape: Shape, value: Int) {
      self.name = name
      self.role = role
      self.shape = shape
      self.value = value
    }
  }

  public struct Output: Sendable {
    public let name: String
    public let role: OutputRole
    /// The index of the equation whose result leaves.
    public let value: Int

    public init(name: String, role: OutputRole, value: Int) {
      self.name = name
      self.role = role
      self.value = value
    }
  }

  /// One application of a primitive; its result is named by its place in ``equations``.
  public struct Equation: Sendable, Hashable {
    public let primitive: Primitive
    public let operands: [Int]
    public let shape: Shape

    public init(primitive: Primitive, operands: [Int], shape: Shape) {
      self.primitive = primitive
      self.operands = operands
      self.shape = shape
    }
  }

  public let rows: Int
  public let inputs: [Input]
  public let equations: [Equation]
  public let outputs: [Output]

  /// - Precondition: the program is well-formed (``fault`` is nil).
  public init(rows: Int, inputs: [Input], equations: [Equation], outputs: [Output]) {
    self.rows = rows
    self.inputs = inputs
    self.equations = equations
    self.outputs = outputs
    if let fault { fatalError("ill-formed program: \(fault)") }
  }
}

// MARK: - Tracing

extension Program {
  /// Lists what `outputs` need, in dependency order.
  ///
  /// - Parameters:
  ///   - rows: the rows of the block the tensors were traced for; 1 if nothing is per row.
  ///   - inputs: tensors made by ``Tensor/input(_:_:file:line:)`` and their roles, in the order in
  ///     which an executable takes them. An input that no output needs is kept.
  ///   - outputs: names, roles and tensors.
  /// - Precondition: every input the outputs need is listed; names are distinct; per-row tensors have
  ///   `rows` as first extent.
  public init(
    rows: Int = 1, inputs: [(role: InputRole, tensor: Tensor)],
    outputs: [(name: String, role: OutputRole, tensor: Tensor)]
  ) {
    var equations: [Equation] = []
    var valueOf: [Tensor: Int] = [:]
    var declared: [Input] = []
    for (role, tensor) in inputs {
      guard case .input(let name) = tensor.node.primitive else {
        fatalError("program input \(tensor.origin) was not made by Tensor.input")
      }
      valueOf[tensor] = equations.count
      declared.append(Input(name: name, role: role, shape: tensor.shape, value: equations.count))
      equations.append(
        Equation(primitive: tensor.node.primitive, operands: [], shape: tensor.shape))
    }
    var visited = Set(inputs.map(\.tensor))
    for output in outputs {
      visitPostorder(from: output.tensor, visited: &visited) { tensor in
        if case .input(let name) = tensor.node.primitive {
          fatalError("output \"\(output.name)\" needs input \"\(name)\", which is not declared")
        }
        valueOf[tensor] = equations.count
        equations.append(
          Equation(
            primitive: tensor.node.primitive,
            operands: tensor.node.operands.compactMap { valueOf[$0] },
            shape: tensor.shape))
      }
    }
    self.init(
      rows: rows, inputs: declared, equations: equations,
      outputs: outputs.map { output in
        guard let value = valueOf[output.tensor] else {
          fatalError("output \"\(output.name)\" was not reached")
        }
        return Output(name: output.name, role: output.role, value: value)
      })
  }
}

// MARK: - Checking

extension Program {
  /// What is wrong with the program, nil if it is well-formed: operands come before their users, every
  /// primitive accepts its operands' shapes, names are distinct, per-row values have the right extent.
  public var fault: String? {
    for (index, equation) in equations.enumerated() {
      guard equation.operands.allSatisfy({ (0..<index).contains($0) }) else {
        return "%\(index) uses a value that is not yet defined"
      }
      let shapes = equation.operands.map { equations[$0].shape }
      guard equation.primitive.accepts(shapes, result: equation.shape) else {
        return "%\(index) = \(equation.primitive.name) does not map \(shapes) to \(equation.shape)"
      }
    }
    for names in [inputs.map(\.name), outputs.map(\.name)] where Set(names).count != names.count {
      return "names \(names) are not distinct"
    }
    for input in inputs {
      guard equations.indices.contains(input.value),
        equations[input.value].primitive == .input(name: input.name)
      else { return "input \"\(input.name)\" does not name its equation" }
      if input.role == .perRow && (input.shape.rank == 0 || input.shape[0] != rows) {
        return "per-row input \"\(input.name)\" has shape \(input.shape), not [\(rows), …]"
      }
    }
    for output in outputs {
      guard equations.indices.contains(output.value) else {
        return "output \"\(output.name)\" names no equation"
      }
      let shape = equations[output.value].shape
      if output.role == .perRow && (shape.rank == 0 || shape[0] != rows) {
        return "per-row output \"\(output.name)\" has shape \(shape), not [\(rows), …]"
      }
    }
    return nil
  }
}

extension Primitive {
  /// Whether the primitive maps operands of these shapes to a result of that shape.
  public func accepts(_ operands: [Shape], result: Shape) -> Bool {
    func arity(_ count: Int) -> Bool { operands.count == count }
    switch self {
    case .input:
      return arity(0)
    case .constant(let values):
      return arity(0) && (values.count == 1 || values.count == result.count)
    case .unary, .stopGradient:
      return arity(1) && operands[0] == result
    case .binary, .compare:
      return arity(2) && operands.allSatisfy { $0 == result }
    case .select:
      return arity(3) && operands.allSatisfy { $0 == result }
    case .broadcast:
      return arity(1) && operands[0].broadcast(with: result) == result
    case .reduce(_, let axes):
      return arity(1) && axes == Array(Set(axes)).sorted()
        && axes.allSatisfy { operands[0].dimensions.indices.contains($0) }
        && operands[0].removing(axes: axes) == result
    case .reshape:
      return arity(1) && operands[0].count == result.count
    case .transpose(let permutation):
      return arity(1) && permutation.sorted() == Array(operands[0].dimensions.indices)
        && Shape(permutation.map { operands[0][$0] }) == result
    case .slice(let starts, let limits, let strides):
      guard arity(1), starts.count == result.rank, operands[0].rank == result.rank else {
        return false
      }
      return (0..<result.rank).allSatisfy {
        starts[$0] + (result[$0] - 1) * strides[$0] < limits[$0] && limits[$0] <= operands[0][$0]
      }
    case .pad(let low, let high, let interior):
      guard arity(1), low.count == result.rank, operands[0].rank == result.rank else {
        return false
      }
      return (0..<result.rank).allSatisfy { axis in
        let spread = operands[0][axis] + (operands[0][axis] - 1) * interior[axis]
        return result[axis] == low[axis] + spread + high[axis]
      }
    case .concatenate(let axis):
      let extent = operands.reduce(0) { $0 + $1[axis] }
      return !operands.isEmpty
        && operands.allSatisfy { $0.replacing(axis: axis, with: extent) == result }
    case .matmul(let transposeLeft, let transposeRight):
      guard arity(2), operands.allSatisfy({ $0.rank == result.rank }), result.rank >= 2 else {
        return false
      }
      let left = operands[0].dimensions.suffix(2).map { $0 }
      let right = operands[1].dimensions.suffix(2).map { $0 }
      let (m, k) = transposeLeft ? (left[1], left[0]) : (left[0], left[1])
      let (k2, n) = transposeRight ? (right[1], right[0]) : (right[0], right[1])
      return k == k2
        && operands.allSatisfy {
          $0.dimensions.dropLast(2).elementsEqual(result.dimensions.dropLast(2))
        } && result.dimensions.suffix(2).elementsEqual([m, n])
    case .gather:
      return arity(2)
        && result.dimensions == operands[1].dimensions + operands[0].dimensions.dropFirst()
    case .scatterAdd(let rows):
      return arity(2)
        && operands[0].dimensions.prefix(operands[1].rank).elementsEqual(operands[1].dimensions)
        && result.dimensions == [rows] + operands[0].dimensions.dropFirst(operands[1].rank)
    }
  }
}
