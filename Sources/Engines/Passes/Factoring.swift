// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Takes common factors out of sums: `t·s + x·(s·(1 − s)·t)` becomes `t·(s·(1 + x·(1 − s)))`.
///
/// The rules of differentiation write the slope of a composite function anew wherever it multiplies a
/// tangent or a cotangent. Taken out of the sum, and with its factors in a fixed order, the slope is one
/// value for all of them. Factors are grouped by what they are computed from, so that the tangent, which
/// comes last, is multiplied last.
struct Factoring {
  /// A product of values with a literal coefficient.
  fileprivate struct Product {
    var coefficient: Double
    /// Ascending, with repetitions.
    var factors: [Int]
  }

  /// Longer products are left as they are.
  private static let longest = 8

  private var builder = ProgramBuilder()
  /// For each value the others that it is computed from by elementwise operations, as a number.
  private var rootsOf: [Int] = []
  private var rootSets: [[Int]] = []
  private var numberOfRootSet: [[Int]: Int] = [:]

  static func factored(_ program: Program) -> Program {
    var pass = Factoring()
    return pass.run(program)
  }

  private mutating func run(_ program: Program) -> Program {
    var uses = [Int](repeating: 0, count: program.equations.count)
    for equation in program.equations {
      for operand in equation.operands { uses[operand] += 1 }
    }
    for output in program.outputs { uses[output.value] += 1 }
    var valueOf = [Int](repeating: -1, count: program.equations.count)
    for (index, equation) in program.equations.enumerated() {
      let operands = equation.operands.map { valueOf[$0] }
      valueOf[index] =
        factoredSum(equation, operands, isWorthwhile: equation.operands.allSatisfy { uses[$0] == 1 })
        ?? emit(equation.primitive, operands, equation.shape)
    }
    return program.rebuilt(from: builder, valueOf: valueOf)
  }

  /// The sum with its common factors taken out; nil if there are none.
  private mutating func factoredSum(
    _ equation: Program.Equation, _ operands: [Int], isWorthwhile: Bool
  ) -> Int? {
    let operation: BinaryOperation
    switch equation.primitive {
    case .binary(.add): operation = .add
    case .binary(.subtract): operation = .subtract
    default: return nil
    }
    guard isWorthwhile || operands[0] == operands[1] else { return nil }
    var (first, second) = (product(operands[0]), product(operands[1]))
    let common = first.removeCommonFactors(with: &second)
    if common.isEmpty { return nil }
    let rest = emit(
      .binary(operation), [emit(first, equation.shape), emit(second, equation.shape)],
      equation.shape)
    var whole = product(rest)
    whole.factors = (whole.factors + common).sorted()
    return emit(whole, equation.shape)
  }

  /// A value as a product of values that are no products.
  private func product(_ value: Int) -> Product {
    if let constant = builder.splat(value) { return Product(coefficient: constant, factors: []) }
    let equation = builder.equations[value]
    switch equation.primitive {
    case .unary(.negate):
      var inner = product(equation.operands[0])
      inner.coefficient = -inner.coefficient
      return inner
    case .binary(.multiply):
      let (left, right) = (product(equation.operands[0]), product(equation.operands[1]))
      if left.factors.count + right.factors.count > Factoring.longest { break }
      return Product(
        coefficient: left.coefficient * right.coefficient,
        factors: (left.factors + right.factors).sorted())
    default:
      break
    }
    return Product(coefficient: 1, factors: [value])
  }

  /// Multiplies factors of the same roots first, those of the latest roots last.
  private mutating func emit(_ product: Product, _ shape: Shape) -> Int {
    let groups = Dictionary(grouping: product.factors, by: { rootsOf[$0] })
      .sorted {
        let (left, right) = (rootSets[$0.key], rootSets[$1.key])
        return left.last != right.last
          ? (left.last ?? -1) < (right.last ?? -1) : left.lexicographicallyPrecedes(right)
      }
    var result: Int?
    func multiplied(_ left: Int?, _ right: Int, _ pass: inout Factoring) -> Int {
      guard let left else { return right }
      return pass.emit(.binary(.multiply), [left, right], shape)
    }
    for (_, factors) in groups {
      var group: Int?
      for factor in factors { group = multiplied(group, factor, &self) }
      if result == nil, product.coefficient != 1, let some = group {
        let coefficient = builder.constant(product.coefficient, shape)
        group = emit(.binary(.multiply), [some, coefficient], shape)
      }
      if let group { result = multiplied(result, group, &self) }
    }
    if let result { return result }
    let constant = builder.constant(product.coefficient, shape)
    noteRoots()
    return constant
  }

  private mutating func emit(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int {
    let value = builder.emit(primitive, operands, shape)
    noteRoots()
    return value
  }

  /// Finds the roots of the values that were added since the last call.
  private mutating func noteRoots() {
    while rootsOf.count < builder.equations.count {
      let value = rootsOf.count
      let equation = builder.equations[value]
      var roots: [Int] = []
      if equation.primitive.isElementwise {
        roots = Set(equation.operands.flatMap { rootSets[rootsOf[$0]] }).sorted()
      } else if builder.splat(value) == nil {
        roots = [value]
      }
      if let known = numberOfRootSet[roots] {
        rootsOf.append(known)
      } else {
        numberOfRootSet[roots] = rootSets.count
        rootsOf.append(rootSets.count)
        rootSets.append(roots)
      }
    }
  }
}

extension Factoring.Product {
  /// Removes the factors that both have and returns them.
  fileprivate mutating func removeCommonFactors(with other: inout Self) -> [Int] {
    var common: [Int] = []
    for factor in factors {
      if let place = other.factors.firstIndex(of: factor) {
        other.factors.remove(at: place)
        common.append(factor)
      }
    }
    for factor in common {
      if let place = factors.firstIndex(of: factor) { factors.remove(at: place) }
    }
    return common
  }
}
