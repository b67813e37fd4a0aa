// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels
internal import Tensors

/// One pass over a tile: an elementwise value, or two of which the first is used by the second alone.
struct GroupOperation: Equatable {
  let value: Int
  let opcode: Int32
  let operands: [Int]

  /// The operations that compute `members`, in their order.
  ///
  /// Sums, differences and products that are not stored and have one use join their user, which saves
  /// writing and reading a tile.
  static func joined(
    _ program: Program, members: [Int], stored: Set<Int>, users: [[Int]]
  ) -> [GroupOperation] {
    let isMember = Set(members)
    var partner: [Int: Int] = [:]  // the second of a pair to the first
    var isFirst = Set<Int>()
    for member in members {
      guard program.equations[member].innerOperation != nil, partner[member] == nil,
        !stored.contains(member), users[member].count == 1
      else { continue }
      let user = users[member][0]
      guard isMember.contains(user), partner[user] == nil, !isFirst.contains(user),
        program.equations[user].innerOperation != nil
      else { continue }
      partner[user] = member
      isFirst.insert(member)
    }
    return members.compactMap { member in
      if isFirst.contains(member) { return nil }
      let equation = program.equations[member]
      if let first = partner[member] { return pair(program, first, member) }
      return GroupOperation(
        value: member, opcode: equation.primitive.opcode, operands: equation.operands)
    }
  }

  private static func pair(_ program: Program, _ first: Int, _ second: Int) -> GroupOperation? {
    let (inner, outer) = (program.equations[first], program.equations[second])
    guard let innerOperation = inner.innerOperation, case .binary(let operation) = outer.primitive
    else { return nil }
    let isLeft = outer.operands[0] == first
    let outerOperation: Int
    switch operation {
    case .add: outerOperation = TOYLAB_OUTER_ADD
    case .multiply: outerOperation = TOYLAB_OUTER_MULTIPLY
    default: outerOperation = isLeft ? TOYLAB_OUTER_SUBTRACT : TOYLAB_OUTER_SUBTRACT_FROM
    }
    return GroupOperation(
      value: second, opcode: Int32(TOYLAB_OP_PAIR + 4 * innerOperation + outerOperation),
      operands: inner.operands + [outer.operands[isLeft ? 1 : 0]])
  }
}

extension Program.Equation {
  /// The kernels' number of a sum, difference or product; nil for everything else.
  fileprivate var innerOperation: Int? {
    switch primitive {
    case .binary(.add): return TOYLAB_INNER_ADD
    case .binary(.subtract): return TOYLAB_INNER_SUBTRACT
    case .binary(.multiply): return TOYLAB_INNER_MULTIPLY
    default: return nil
    }
  }
}
