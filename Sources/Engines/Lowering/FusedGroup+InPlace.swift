// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension FusedGroup {
  /// An operand that is walked as the group is, and by nothing else in the group.
  struct ReplaceableLoad {
    let buffer: Int
    let register: Int
    let count: Int
  }

  /// The operands whose memory a result may take over if nothing reads them afterwards.
  var replaceableLoads: [ReplaceableLoad] {
    let touched = (loads + stores).map(\.view.buffer) + reductions.map(\.view.buffer)
    return loads.compactMap { load in
      guard load.kind == .contiguous, load.view.offset == 0,
        touched.count(where: { $0 == load.view.buffer }) == 1
      else { return nil }
      return ReplaceableLoad(
        buffer: load.view.buffer, register: load.register, count: load.view.count)
    }
  }

  /// Pairs of an operand's and a result's buffer such that the operation that computes the result is the last
  /// to read the operand, or comes later. Each is in one pair at most.
  func replacements(of loads: [ReplaceableLoad]) -> [(load: Int, result: Int)] {
    var remaining = loads
    return stores.compactMap { store in
      guard store.kind == .contiguous, store.view.offset == 0,
        let written = operations.firstIndex(where: { $0.destination == store.register })
      else { return nil }
      let choice = remaining.firstIndex { load in
        load.count == store.view.count
          && !operations[(written + 1)...].contains { $0.operands.contains(load.register) }
      }
      return choice.map { (remaining.remove(at: $0).buffer, store.view.buffer) }
    }
  }
}
