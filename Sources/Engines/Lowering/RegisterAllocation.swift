// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Registers of a fused group.
///
/// Operands from outside and stored results keep a register for the whole group, because the kernel
/// points those registers at memory; everything in between takes one from a pool and gives it back
/// after its last use.
struct RegisterAllocation {
  /// Operands computed outside the group, each once, in order of first use.
  let externalOperands: [Int]
  private(set) var count: Int

  private var registerOf: [Int: Int] = [:]
  private var remainingUses: [Int: Int] = [:]
  private var free: [Int] = []
  private let fixed: Set<Int>
  private let operandsOf: [Int: [Int]]

  init(_ operations: [GroupOperation], stored: Set<Int>) {
    let isMember = Set(operations.map(\.value))
    var externals: [Int] = []
    var seen = Set<Int>()
    var operandsOf: [Int: [Int]] = [:]
    for operation in operations {
      operandsOf[operation.value] = operation.operands
      for operand in operation.operands {
        if isMember.contains(operand) {
          remainingUses[operand, default: 0] += 1
        } else if seen.insert(operand).inserted {
          externals.append(operand)
        }
      }
    }
    externalOperands = externals
    self.operandsOf = operandsOf
    fixed = seen.union(stored)
    count = 0
    for value in externals + stored.sorted() {
      registerOf[value] = count
      count += 1
    }
  }

  /// - Precondition: `value` is an operand from outside or a stored result.
  func fixedRegister(of value: Int) -> Int { register(of: value) }

  func register(of value: Int) -> Int {
    guard let register = registerOf[value] else {
      preconditionFailure("%\(value) has no register")
    }
    return register
  }

  /// Gives back the registers of temporaries that `member` is the last to use.
  mutating func endUses(by member: Int) {
    for operand in operandsOf[member] ?? [] {
      guard let uses = remainingUses[operand] else { continue }
      remainingUses[operand] = uses - 1
      if uses == 1 && !fixed.contains(operand) { free.append(register(of: operand)) }
    }
  }

  /// The register a member is computed into.
  mutating func assign(_ member: Int) -> Int {
    if let register = registerOf[member] { return register }
    if let register = free.popLast() {
      registerOf[member] = register
      return register
    }
    registerOf[member] = count
    count += 1
    return count - 1
  }
}
