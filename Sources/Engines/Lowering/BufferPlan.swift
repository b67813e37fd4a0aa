// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Offsets of the arena's buffers. Two buffers may share memory if their lives, from the first to the
/// last instruction that touches them, do not overlap. Larger buffers are placed first, each at the
/// lowest offset that is free throughout its life. A result of an elementwise group takes the place of an
/// operand that ends with the group, where the group has read the operand by the time it writes the result.
struct BufferPlan {
  /// Element offsets into the arena, by buffer; nil for buffers that live elsewhere.
  let offsets: [Int?]
  /// Where the scratch memory shared by all instructions starts.
  let scratchOffset: Int
  /// Elements of the whole arena.
  let arenaCount: Int

  init(_ lowering: Lowering) {
    var life = [ClosedRange<Int>?](repeating: nil, count: lowering.buffers.count)
    for (index, instruction) in lowering.instructions.enumerated() {
      for buffer in instruction.buffers {
        life[buffer] = (life[buffer]?.lowerBound ?? index)...index
      }
    }
    // The buffer whose memory a buffer takes over.
    var predecessor = [Int?](repeating: nil, count: lowering.buffers.count)
    for (index, instruction) in lowering.instructions.enumerated() {
      guard case .fused(let group) = instruction else { continue }
      let ending = group.replaceableLoads.filter { load in
        lowering.buffers[load.buffer].storage == .arena && life[load.buffer]?.upperBound == index
      }
      for (load, result) in group.replacements(of: ending)
      where lowering.buffers[result].storage == .arena && life[result]?.lowerBound == index
        && lowering.buffers[result].count <= lowering.buffers[load].count
      {
        predecessor[result] = load
      }
    }
    // A chain of buffers in one place lives from the first one's start to the last one's end.
    func first(_ buffer: Int) -> Int { predecessor[buffer].map(first) ?? buffer }
    for buffer in lowering.buffers.indices where predecessor[buffer] != nil {
      guard let own = life[buffer], let before = life[first(buffer)] else { continue }
      life[first(buffer)] = before.lowerBound...max(before.upperBound, own.upperBound)
    }
    let arena = lowering.buffers.indices
      .filter {
        lowering.buffers[$0].storage == .arena && life[$0] != nil && predecessor[$0] == nil
      }
      .sorted {
        let (left, right) = (lowering.buffers[$0].count, lowering.buffers[$1].count)
        return left != right ? left > right : $0 < $1
      }
    var placed: [(life: ClosedRange<Int>, memory: Range<Int>)] = []
    var offsets = [Int?](repeating: nil, count: lowering.buffers.count)
    var total = 0
    for buffer in arena {
      guard let life = life[buffer] else { continue }
      let size = BufferPlan.aligned(lowering.buffers[buffer].count)
      var offset = 0
      for other in placed where other.life.overlaps(life) && other.memory.upperBound > offset {
        if other.memory.lowerBound >= offset + size { break }
        offset = other.memory.upperBound
      }
      offsets[buffer] = offset
      total = max(total, offset + size)
      let memory = offset..<(offset + size)
      let place = placed.firstIndex { $0.memory.lowerBound > offset } ?? placed.count
      placed.insert((life, memory), at: place)
    }
    for buffer in offsets.indices where predecessor[buffer] != nil {
      offsets[buffer] = offsets[first(buffer)]
    }
    self.offsets = offsets
    scratchOffset = total
    arenaCount = total + BufferPlan.aligned(lowering.instructions.map(\.scratch).max() ?? 0)
  }

  private static func aligned(_ count: Int) -> Int {
    (count + Lowering.alignment - 1) / Lowering.alignment * Lowering.alignment
  }
}
