// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Collects the terms of sums of products: `t·s + x·(s·(1 − s)·t)` becomes `t·(s·(1 + x·(1 − s)))`.
///
/// The rules of differentiation write the slope of a composite function anew wherever it multiplies a
/// tangent or a cotangent. Collected, with factors in a fixed order, the slope is one value for all of
/// them. Factors are told apart by what they are computed from: those that come from one value (`s` and
/// `x` above) form the coefficient, the others (`t`) are multiplied last.
struct Factoring {
  private let program: Program
  private let uses: [Int]
  /// Sums and products that their only user may take apart.
  private let isInner: [Bool]
  private var builder = ProgramBuilder()
  private var valueOf: [Int?]
  private var roots = RootSets()

  static func factored(_ program: Program) -> RewrittenProgram {
    var pass = Factoring(program)
    let values = program.equations.indices.map { index in
      pass.isInner[index] ? -1 : pass.value(index)
    }
    return program.rebuilt(from: pass.builder, valueOf: values)
  }

  private init(_ program: Program) {
    self.program = program
    var uses = [Int](repeating: 0, count: program.equations.count)
    var user = [Int?](repeating: nil, count: program.equations.count)
    for (index, equation) in program.equations.enumerated() {
      for operand in equation.operands {
        uses[operand] += 1
        user[operand] = index
      }
    }
    for output in program.outputs { uses[output.value] += 2 }
    self.uses = uses
    isInner = program.equations.indices.map { index in
      guard uses[index] == 1, let user = user[index] else { return false }
      return program.equations[index].primitive.isSumOrProduct
        && program.equations[user].primitive.isSumOrProduct
    }
    valueOf = Array(repeating: nil, count: program.equations.count)
  }

  /// The new place of a value of the program.
  private mutating func value(_ index: Int) -> Int {
    if let known = valueOf[index] { return known }
    let equation = program.equations[index]
    var result: Int?
    if equation.primitive.isSumOrProduct {
      let monomials = expanded(index)
      result =
        monomials.count == 1
        ? emit(monomials[0], equation.shape) : collected(monomials, equation.shape)
    }
    let value =
      result ?? emit(equation.primitive, equation.operands.map { self.value($0) }, equation.shape)
    valueOf[index] = value
    return value
  }

  // MARK: - Expanding

  /// A value as a sum of products. Sums are multiplied out only where they mix values of different
  /// origin: `1 − s` stays whole.
  private mutating func expanded(_ index: Int) -> [Monomial] {
    let equation = program.equations[index]
    switch equation.primitive {
    case .unary(.negate):
      return terms(equation.operands[0]).map { $0.scaled(by: -1) }
    case .binary(.add):
      return joined(equation.operands, sign: 1) ?? whole(equation.operands, sign: 1)
    case .binary(.subtract):
      return joined(equation.operands, sign: -1) ?? whole(equation.operands, sign: -1)
    default:
      var left = terms(equation.operands[0])
      var right = terms(equation.operands[1])
      if !mixesRoots(left) || left.count * right.count > Monomial.mostTerms {
        left = [single(equation.operands[0])]
      }
      if !mixesRoots(right) || left.count * right.count > Monomial.mostTerms {
        right = [single(equation.operands[1])]
      }
      let products = left.flatMap { term in right.map { term.multiplied(by: $0) } }
      if products.allSatisfy({ $0.factors.count <= Monomial.mostFactors }) { return products }
      return [Monomial(factors: equation.operands.map { value($0) }.sorted())]
    }
  }

  private mutating func joined(_ operands: [Int], sign: Double) -> [Monomial]? {
    let all = terms(operands[0]) + terms(operands[1]).map { $0.scaled(by: sign) }
    return all.count <= Monomial.mostTerms ? all : nil
  }

  private mutating func whole(_ operands: [Int], sign: Double) -> [Monomial] {
    [single(operands[0]), single(operands[1]).scaled(by: sign)]
  }

  private mutating func single(_ index: Int) -> Monomial {
    let value = value(index)
    return monomial(value)
  }

  private mutating func terms(_ index: Int) -> [Monomial] {
    isInner[index] && valueOf[index] == nil ? expanded(index) : [single(index)]
  }

  private func mixesRoots(_ monomials: [Monomial]) -> Bool {
    if monomials.count == 1 { return true }
    return Set(monomials.flatMap(\.factors).map { roots.number(of: $0) }).count > 1
  }

  /// A new value as a product of values that are no products.
  private func monomial(_ value: Int) -> Monomial {
    if let constant = builder.splat(value) { return Monomial(coefficient: constant) }
    let equation = builder.equations[value]
    switch equation.primitive {
    case .unary(.negate):
      return monomial(equation.operands[0]).scaled(by: -1)
    case .binary(.multiply):
      let product = monomial(equation.operands[0])
        .multiplied(by: monomial(equation.operands[1]))
      if product.factors.count <= Monomial.mostFactors { return product }
    default:
      break
    }
    return Monomial(factors: [value])
  }

  // MARK: - Collecting

  /// The sum with like terms together; nil if no two terms share a factor, or if terms cancel.
  private mutating func collected(_ monomials: [Monomial], _ shape: Shape) -> Int? {
    let merged = Monomial.merged(monomials)
    if Monomial.someCancel(merged) { return nil }
    let factors = merged.flatMap { Set($0.factors) }
    if merged.count == monomials.count && Set(factors).count == factors.count { return nil }
    return nested(byOrigin(merged, shape), shape)
  }

  /// Terms that differ in factors of one origin only become one term, their coefficient a value.
  private mutating func byOrigin(_ monomials: [Monomial], _ shape: Shape) -> [Monomial] {
    func keys(_ origin: Int) -> [[Int]: [Monomial]] {
      Dictionary(grouping: monomials) { $0.factors.filter { roots.number(of: $0) != origin } }
    }
    let origins = Set(monomials.flatMap(\.factors).map { roots.number(of: $0) })
    if origins.count < 2 { return monomials }
    let best = origins.sorted { roots.precedes($0, $1) }.map { ($0, keys($0)) }
      .min { $0.1.count < $1.1.count }
    guard let (origin, groups) = best, groups.count < monomials.count else { return monomials }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, terms in
      if terms.count == 1 { return terms[0] }
      let coefficient = nested(
        terms.map { term in
          Monomial(
            coefficient: term.coefficient,
            factors: term.factors.filter { roots.number(of: $0) == origin })
        }, shape)
      // The coefficient stays one factor: others may need the same.
      if let constant = builder.splat(coefficient) {
        return Monomial(coefficient: constant, factors: key)
      }
      return Monomial(factors: (key + [coefficient]).sorted())
    }
  }

  /// A sum with its most frequent factors taken out, one after the other.
  private mutating func nested(_ monomials: [Monomial], _ shape: Shape) -> Int {
    if monomials.count == 1 { return emit(monomials[0], shape) }
    var count: [Int: Int] = [:]
    for term in monomials { for factor in Set(term.factors) { count[factor, default: 0] += 1 } }
    let frequent = count.filter { $0.value > 1 }
      .min { $0.value != $1.value ? $0.value > $1.value : $0.key > $1.key }
    guard let factor = frequent?.key else { return sum(monomials, shape) }
    let (with, without) = (
      monomials.filter { $0.factors.contains(factor) },
      monomials.filter { !$0.factors.contains(factor) }
    )
    let rest = nested(with.map { $0.divided(by: factor) }, shape)
    let whole = monomial(rest).multiplied(by: Monomial(factors: [factor]))
    let product = emit(whole, shape)
    return without.isEmpty ? product : nested(without + [Monomial(factors: [product])], shape)
  }

  /// Early values first.
  private mutating func sum(_ monomials: [Monomial], _ shape: Shape) -> Int {
    let ordered = monomials.sorted { left, right in
      let (first, second) = (roots.latest(left.factors), roots.latest(right.factors))
      return first != second
        ? first < second : left.factors.lexicographicallyPrecedes(right.factors)
    }
    var result = emit(ordered[0], shape)
    for term in ordered.dropFirst() {
      result =
        term.coefficient < 0
        ? emit(.binary(.subtract), [result, emit(term.scaled(by: -1), shape)], shape)
        : emit(.binary(.add), [result, emit(term, shape)], shape)
    }
    return result
  }

  // MARK: - Emitting

  /// Multiplies factors of the same origin first, those of the latest origin last.
  private mutating func emit(_ product: Monomial, _ shape: Shape) -> Int {
    let groups = Dictionary(grouping: product.factors, by: { roots.number(of: $0) })
      .sorted { roots.precedes($0.key, $1.key) }
    var result: Int?
    for (_, factors) in groups {
      var group = factors[0]
      for factor in factors.dropFirst() {
        group = emit(.binary(.multiply), [group, factor], shape)
      }
      if let previous = result {
        result = emit(.binary(.multiply), [previous, group], shape)
      } else if product.coefficient != 1 {
        let coefficient = emit(.constant([product.coefficient]), [], shape)
        result = emit(.binary(.multiply), [group, coefficient], shape)
      } else {
        result = group
      }
    }
    return result ?? emit(.constant([product.coefficient]), [], shape)
  }

  private mutating func emit(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int {
    let value = builder.emit(primitive, operands, shape)
    roots.note(builder.equations)
    return value
  }
}

extension Primitive {
  fileprivate var isSumOrProduct: Bool {
    switch self {
    case .unary(.negate), .binary(.add), .binary(.subtract), .binary(.multiply): return true
    default: return false
    }
  }
}
