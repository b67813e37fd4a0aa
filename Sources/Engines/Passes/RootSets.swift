// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// What values are computed from by elementwise operations alone: matrix products, inputs and the like.
///
/// Equal sets have one number. Constants have no roots.
struct RootSets {
  private var numberOf: [Int] = []
  private var sets: [[Int]] = []
  private var numberOfSet: [[Int]: Int] = [:]

  /// The number of a value's set.
  func number(of value: Int) -> Int { numberOf[value] }

  /// The last root of any of the values; -1 if they have none.
  func latest(_ values: [Int]) -> Int {
    values.reduce(-1) { max($0, sets[numberOf[$1]].last ?? -1) }
  }

  /// Whether the first set's last root comes earlier; between equals, which is the smaller set.
  func precedes(_ first: Int, _ second: Int) -> Bool {
    let (left, right) = (sets[first], sets[second])
    return left.last != right.last
      ? (left.last ?? -1) < (right.last ?? -1) : left.lexicographicallyPrecedes(right)
  }

  /// Finds the roots of the values that were added since the last call.
  mutating func note(_ equations: [Program.Equation]) {
    while numberOf.count < equations.count {
      let value = numberOf.count
      let equation = equations[value]
      var roots: [Int] = []
      if equation.primitive.isElementwise {
        roots = Set(equation.operands.flatMap { sets[numberOf[$0]] }).sorted()
      } else if !equation.isSplat {
        roots = [value]
      }
      if let known = numberOfSet[roots] {
        numberOf.append(known)
      } else {
        numberOfSet[roots] = sets.count
        numberOf.append(sets.count)
        sets.append(roots)
      }
    }
  }
}

extension Program.Equation {
  fileprivate var isSplat: Bool {
    if case .constant(let values) = primitive { return values.count == 1 }
    return false
  }
}
