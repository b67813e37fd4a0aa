// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels
internal import Tensors

/// The instructions of one block in the kernels' own data structures, which this object owns.
final class BlockProgram {
  let rows: Int
  let arenaCount: Int
  let slotSize: Int
  let slotOffsets: [Int?]
  let constants: [Double]
  let handle: UnsafeMutablePointer<toylab_block_program>

  /// What a block executes, in order.
  let instructions: [Instruction]

  /// What is rearranged before the blocks run, into how many shared elements.
  let packings: [Packing]
  let sharedCount: Int

  private let plan: BufferPlan
  private let buffers: [PlannedBuffer]
  private var allocations: [UnsafeMutableRawPointer] = []

  init(_ program: Program, totalRows: Int, elementSize: Int) {
    let lowering = Lowering(program, totalRows: totalRows, elementSize: elementSize)
    rows = program.rows
    plan = BufferPlan(lowering)
    buffers = lowering.buffers
    arenaCount = plan.arenaCount
    slotSize = lowering.slotSize
    slotOffsets = lowering.slotOffsets
    constants = lowering.constants
    instructions = lowering.instructions
    handle = .allocate(capacity: 1)
    handle.initialize(to: toylab_block_program())
    packings = lowering.packings
    sharedCount = lowering.sharedCount
    encode(instructions)
    handle.pointee.packs = UnsafePointer(stored(packings.map(encoded)))
    handle.pointee.pack_count = Int64(packings.count)
  }

  deinit {
    for allocation in allocations { allocation.deallocate() }
    handle.deallocate()
  }

  /// Rows of the product with the most work among those whose left operand is not transposed; 0 without
  /// products.
  var productRows: Int {
    let products = instructions.compactMap { instruction -> MatmulInstruction? in
      guard case .matmul(let product) = instruction, !product.transposeLeft else { return nil }
      return product
    }
    return products.max { $0.work < $1.work }?.m ?? 0
  }

  // MARK: - Encoding

  private func encode(_ instructions: [Instruction]) {
    var order: [toylab_instruction] = []
    var fused: [toylab_fused] = []
    var matmuls: [toylab_matmul] = []
    var reductions: [toylab_reduce] = []
    var gathers: [toylab_gather] = []
    var scatters: [toylab_scatter] = []
    var fills: [toylab_fill] = []
    var accumulations: [toylab_accumulate] = []
    func append(_ kind: Int, _ index: Int) {
      order.append(toylab_instruction(kind: Int32(kind), index: Int32(index)))
    }
    // The first to add to an output starts it in each slot, so that slots need not be cleared.
    var started = Set<Int>()
    func delivery(to destination: View, accumulate: Bool) -> Int32 {
      guard accumulate else { return Int32(TOYLAB_REPLACE) }
      guard case .slot(let offset) = buffers[destination.buffer].storage else {
        preconditionFailure("only partial sums are added to")
      }
      return Int32(started.insert(offset).inserted ? TOYLAB_START_OR_ADD : TOYLAB_ADD)
    }
    for instruction in instructions {
      switch instruction {
      case .fused(let group):
        append(TOYLAB_INSTRUCTION_FUSED, fused.count)
        fused.append(encoded(group))
      case .matmul(let product):
        append(TOYLAB_INSTRUCTION_MATMUL, matmuls.count)
        matmuls.append(
          encoded(
            product,
            delivery: delivery(to: product.destination, accumulate: product.accumulate)))
      case .reduce(
        let reduction, let source, let destination, let outer, let extent, let inner, let scale,
        let accumulate):
        append(TOYLAB_INSTRUCTION_REDUCE, reductions.count)
        reductions.append(
          toylab_reduce(
            source: reference(source), destination: reference(destination), outer: Int64(outer),
            extent: Int64(extent), inner: Int64(inner), scale: scale,
            operation: reduction.kernelNumber,
            accumulate: delivery(to: destination, accumulate: accumulate)))
      case .gather(let table, let indices, let destination, let rowSize):
        append(TOYLAB_INSTRUCTION_GATHER, gathers.count)
        gathers.append(
          toylab_gather(
            table: reference(table), indices: reference(indices),
            destination: reference(destination), count: Int64(indices.count),
            row_size: Int64(rowSize), table_rows: Int64(table.count / rowSize)))
      case .scatter(let values, let indices, let destination, let rowSize):
        append(TOYLAB_INSTRUCTION_SCATTER, scatters.count)
        scatters.append(
          toylab_scatter(
            values: reference(values), indices: reference(indices),
            destination: reference(destination), count: Int64(indices.count),
            row_size: Int64(rowSize), table_rows: Int64(destination.count / rowSize)))
      case .fill(let destination, let value):
        append(TOYLAB_INSTRUCTION_FILL, fills.count)
        fills.append(
          toylab_fill(
            destination: reference(destination), count: Int64(destination.count), value: value))
      case .accumulate(let source, let destination, let scale):
        append(TOYLAB_INSTRUCTION_ACCUMULATE, accumulations.count)
        accumulations.append(
          toylab_accumulate(
            source: reference(source), destination: reference(destination),
            count: Int64(source.count), scale: scale,
            accumulate: delivery(to: destination, accumulate: true)))
      }
    }
    handle.pointee.instruction_count = Int64(order.count)
    handle.pointee.instructions = UnsafePointer(stored(order))
    handle.pointee.fused = UnsafePointer(stored(fused))
    handle.pointee.matmuls = UnsafePointer(stored(matmuls))
    handle.pointee.reductions = UnsafePointer(stored(reductions))
    handle.pointee.gathers = UnsafePointer(stored(gathers))
    handle.pointee.scatters = UnsafePointer(stored(scatters))
    handle.pointee.fills = UnsafePointer(stored(fills))
    handle.pointee.accumulations = UnsafePointer(stored(accumulations))
  }

  /// Copies an array into memory that lives as long as this object.
  private func stored<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    pointer.initialize(from: elements, count: elements.count)
    allocations.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  private func reference(_ view: View) -> toylab_ref {
    switch buffers[view.buffer].storage {
    case .arena:
      guard let offset = plan.offsets[view.buffer] else {
        preconditionFailure("buffer \(view.buffer) has no place in the arena")
      }
      return toylab_ref(offset: Int64(offset + view.offset), base: Int32(TOYLAB_BASE_ARENA))
    case .constants(let offset):
      return toylab_ref(offset: Int64(offset + view.offset), base: Int32(TOYLAB_BASE_CONSTANTS))
    case .shared(let offset):
      return toylab_ref(offset: Int64(offset + view.offset), base: Int32(TOYLAB_BASE_SHARED))
    case .slot(let offset):
      return toylab_ref(offset: Int64(offset + view.offset), base: Int32(TOYLAB_BASE_SLOT))
    case .bound(let index):
      return toylab_ref(
        offset: Int64(view.offset), base: Int32(TOYLAB_BASE_FIRST_BOUND + index))
    }
  }

  private var scratch: toylab_ref {
    toylab_ref(offset: Int64(plan.scratchOffset), base: Int32(TOYLAB_BASE_ARENA))
  }

  private func encoded(_ group: FusedGroup) -> toylab_fused {
    func encoded(_ access: FusedGroup.Access) -> toylab_access {
      var result = toylab_access()
      result.ref = reference(access.view)
      result.kind = access.kind.rawValue
      result.reg = Int32(access.register)
      setAxes(&result.strides, access.view.strides)
      return result
    }
    func encoded(_ operation: FusedGroup.Operation) -> toylab_micro {
      let operands = operation.operands + [0, 0, 0]
      return toylab_micro(
        opcode: UInt16(operation.opcode), destination: UInt16(operation.destination),
        a: UInt16(operands[0]), b: UInt16(operands[1]), c: UInt16(operands[2]))
    }
    precondition(
      group.registerCount <= Int(TOYLAB_MAX_REGISTERS), "a fused group needs too many registers")
    var result = toylab_fused()
    setAxes(&result.extents, group.extents)
    result.tile = Int64(group.tile)
    result.rank = Int32(group.extents.count)
    result.register_count = Int32(group.registerCount)
    result.load_count = Int32(group.loads.count)
    result.store_count = Int32(group.stores.count)
    result.operation_count = Int32(group.operations.count)
    result.immediate_count = Int32(group.immediates.count)
    result.reduction_count = Int32(group.reductions.count)
    result.loads = stored(group.loads.map(encoded))
    result.stores = stored(group.stores.map(encoded))
    result.operations = stored(group.operations.map(encoded))
    result.immediates = stored(
      group.immediates.map { toylab_immediate(value: $0.value, reg: Int32($0.register)) })
    result.reductions = stored(
      group.reductions.map { reduction in
        var result = toylab_row_reduction()
        result.ref = reference(reduction.view)
        result.operation = reduction.operation.kernelNumber
        result.reg = Int32(reduction.register)
        setAxes(&result.strides, reduction.view.strides)
        return result
      })
    result.scratch = scratch
    return result
  }

  private func encoded(_ packing: Packing) -> toylab_pack {
    let strides = packing.source.strides.suffix(2)
    let (first, last) = (strides.first ?? 1, strides.last ?? 1)
    return toylab_pack(
      source: reference(packing.source), offset: Int64(packing.offset), k: Int64(packing.k),
      n: Int64(packing.n), row_stride: Int64(packing.transposed ? last : first),
      column_stride: Int64(packing.transposed ? first : last))
  }

  private func encoded(_ product: MatmulInstruction, delivery: Int32) -> toylab_matmul {
    let batchRank = product.destination.extents.count - 2
    // The packed axis is the last one, or the last but one of a view that was found flipped.
    func leadingDimension(_ view: View) -> Int64 {
      let (row, column) = (batchRank, batchRank + 1)
      let isFlipped = view.strides[column] != 1 && view.extents[column] != 1
      let (inner, outer) = isFlipped ? (row, column) : (column, row)
      let stride = view.extents[outer] == 1 ? 0 : view.strides[outer]
      return Int64(max(stride, view.extents[inner]))
    }
    var result = toylab_matmul()
    result.a = reference(product.left)
    result.b = reference(product.packedRight ?? product.right)
    result.packed_b = product.packedRight == nil ? 0 : 1
    result.c = reference(product.destination)
    result.m = Int64(product.m)
    result.n = Int64(product.n)
    result.k = Int64(product.k)
    result.lda = leadingDimension(product.left)
    result.ldb = leadingDimension(product.right)
    result.ldc = Int64(product.n)
    result.alpha = product.alpha
    result.batch_rank = Int32(batchRank)
    setAxes(&result.batch_extents, Array(product.destination.extents.prefix(batchRank)))
    setAxes(&result.batch_a, Array(product.left.strides.prefix(batchRank)))
    setAxes(&result.batch_b, Array(product.right.strides.prefix(batchRank)))
    setAxes(&result.batch_c, Array(product.destination.strides.prefix(batchRank)))
    result.transpose_a = product.transposeLeft ? 1 : 0
    result.transpose_b = product.transposeRight ? 1 : 0
    result.accumulate = delivery
    result.scratch = scratch
    return result
  }

  /// Fills one of the kernels' fixed-size arrays, which Swift sees as tuples.
  private func setAxes<Tuple>(_ tuple: inout Tuple, _ values: [Int]) {
    precondition(
      values.count <= Int(TOYLAB_MAX_RANK),
      "the native engine handles at most \(TOYLAB_MAX_RANK) axes, got \(values.count)")
    withUnsafeMutableBytes(of: &tuple) { bytes in
      let axes = bytes.bindMemory(to: Int64.self)
      for (axis, value) in values.enumerated() { axes[axis] = Int64(value) }
    }
  }
}

extension Reduction {
  fileprivate var kernelNumber: Int32 {
    switch self {
    case .sum: return Int32(TOYLAB_REDUCE_SUM)
    case .maximum: return Int32(TOYLAB_REDUCE_MAXIMUM)
    }
  }
}
