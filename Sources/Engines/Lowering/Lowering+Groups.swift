// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

extension Lowering {
  /// Elementwise values evaluated tile by tile, and what is reduced while the tiles are at hand.
  mutating func lowerGroup(_ members: [Int], _ reductions: [Int]) {
    // A reduction that adds into a slot is an instruction of its own, which knows the slot's first block.
    let inGroup = reductions.filter { accumulation.soleTerm(of: $0) == nil }
    let isInside = Set(members + inGroup)
    let stored = members.filter { member in
      outputsOf[member] != nil || accumulation.terms[member] != nil
        || users[member].contains { !isInside.contains($0) }
    }
    let reduced = inGroup.map { program.equations[$0].operands[0] }
    let kept = Set(stored + reduced)
    let operations = GroupOperation.joined(program, members: members, stored: kept, users: users)
    var registers = RegisterAllocation(operations, stored: kept)
    var group = FusedGroup(extents: shape(members[0]).dimensions)
    for value in registers.externalOperands {
      let register = registers.fixedRegister(of: value)
      if let constant = splat(value) {
        group.immediates.append((register, constant))
      } else {
        group.loads.append(
          FusedGroup.Access(view: readable(value), register: register, kind: .strided))
      }
    }
    for value in stored {
      let view = destination(for: value)
      views[value] = view
      group.stores.append(
        FusedGroup.Access(
          view: view, register: registers.fixedRegister(of: value), kind: .contiguous))
    }
    for (value, operand) in zip(inGroup, reduced) {
      guard case .reduce(let operation, _) = program.equations[value].primitive else {
        preconditionFailure("%\(value) is not a reduction")
      }
      var view = destination(for: value)
      views[value] = view
      let reducedAxes = group.extents.count - view.extents.count
      view.strides += Array(repeating: 0, count: reducedAxes)
      view.extents = group.extents
      group.reductions.append(
        FusedGroup.RowReduction(
          operation: operation, view: view,
          register: registers.fixedRegister(of: operand)))
    }
    for operation in operations {
      let operands = operation.operands.map { registers.register(of: $0) }
      registers.endUses(by: operation.value)
      group.operations.append(
        FusedGroup.Operation(
          opcode: operation.opcode, destination: registers.assign(operation.value),
          operands: operands))
    }
    group.registerCount = registers.count
    group.collapseAxes()
    group.chooseTile(elementSize: elementSize)
    instructions.append(.fused(group))
    for value in reductions where !inGroup.contains(value) { lowerSingle(value) }
  }
}
