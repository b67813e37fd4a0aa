// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Turns a scheduled program into instructions on buffers.
///
/// Every computed value gets a buffer; reshapes, transposes, slices and broadcasts become views of
/// their operand's buffer. A per-row output is computed in place where the caller wants it, and a
/// product or sum that is a reduced output adds straight into the slot.
struct Lowering {
  let program: Program
  let elementSize: Int
  var buffers: [PlannedBuffer] = []
  var instructions: [Instruction] = []
  var constants: [Double] = []

  /// Shared right operands of products, rearranged once a run.
  private(set) var packings: [Packing] = []
  private(set) var sharedCount = 0

  /// Entries of a batch whose pad clears strips rather than all of its result.
  static let mostStrips = 4

  /// Elements from one slot output to the next start on a cache line of floats.
  static let alignment = 16

  /// Where each value can be read; nil while it is not computed (or is a splat constant).
  var views: [View?]
  let users: [[Int]]
  /// Outputs by value; a value may be several outputs.
  let outputsOf: [Int: [Int]]
  private(set) var slotOffsets: [Int?]
  private(set) var slotSize = 0
  let accumulation: Accumulation
  /// Per-row outputs computed in place.
  private var isDelivered: [Bool]
  /// Values that were added straight into the slot.
  private var delivered: Set<Int> = []

  /// - Parameters:
  ///   - totalRows: rows of the whole batch, for means.
  ///   - elementSize: bytes an element, for tile sizes.
  init(_ program: Program, totalRows: Int, elementSize: Int) {
    self.program = program
    self.elementSize = elementSize
    accumulation = Accumulation(
      program, meanScale: Double(program.rows) / Double(totalRows))
    views = Array(repeating: nil, count: program.equations.count)
    var users = [[Int]](repeating: [], count: program.equations.count)
    for (index, equation) in program.equations.enumerated() {
      for operand in equation.operands { users[operand].append(index) }
    }
    self.users = users
    outputsOf = Dictionary(
      grouping: program.outputs.indices, by: { program.outputs[$0].value })
    isDelivered = Array(repeating: false, count: program.outputs.count)
    slotOffsets = Array(repeating: nil, count: program.outputs.count)
    for (index, output) in program.outputs.enumerated() where output.role != .perRow {
      slotOffsets[index] = slotSize
      let count = program.equations[output.value].shape.count
      slotSize += (count + Lowering.alignment - 1) / Lowering.alignment * Lowering.alignment
    }
    bindLeaves()
    for step in Schedule(program, skipping: accumulation.absorbed).steps { lower(step) }
    deliverOutputs()
  }

  // MARK: - Buffers

  private mutating func addBuffer(_ count: Int, _ storage: Storage) -> Int {
    buffers.append(PlannedBuffer(count: count, storage: storage))
    return buffers.count - 1
  }

  private mutating func bindLeaves() {
    for (index, input) in program.inputs.enumerated() {
      let buffer = addBuffer(input.shape.count, .bound(index))
      views[input.value] = View(buffer: buffer, shape: input.shape)
    }
    for (index, equation) in program.equations.enumerated() {
      guard case .constant(let values) = equation.primitive, values.count > 1 else { continue }
      let buffer = addBuffer(values.count, .constants(offset: constants.count))
      constants += values
      views[index] = View(buffer: buffer, shape: equation.shape)
    }
  }

  func shape(_ value: Int) -> Shape { program.equations[value].shape }

  func splat(_ value: Int) -> Double? {
    guard case .constant(let values) = program.equations[value].primitive, values.count == 1 else {
      return nil
    }
    return values[0]
  }

  /// The view a value will be computed into: an output's own memory if it is one, else a new buffer.
  mutating func destination(for value: Int) -> View {
    for output in outputsOf[value] ?? [] where program.outputs[output].role == .perRow {
      isDelivered[output] = true
      let buffer = addBuffer(shape(value).count, .bound(program.inputs.count + output))
      return View(buffer: buffer, shape: shape(value))
    }
    return View(buffer: addBuffer(shape(value).count, .arena), shape: shape(value))
  }

  /// Where a product or sum goes: straight into a slot, with a scale, or into a buffer of its own.
  private mutating func accumulatingDestination(
    for value: Int
  ) -> (view: View, scale: Double, accumulate: Bool) {
    if let term = accumulation.soleTerm(of: value) {
      delivered.insert(value)
      return (slot(of: term, shape: shape(value)), term.scale, true)
    }
    return (destination(for: value), 1, false)
  }

  private mutating func slot(of term: Accumulation.Term, shape: Shape) -> View {
    guard let offset = slotOffsets[term.output] else {
      preconditionFailure("output \(term.output) is not reduced")
    }
    return View(buffer: addBuffer(shape.count, .slot(offset: offset + term.offset)), shape: shape)
  }

  /// The value in memory, under any strides.
  mutating func readable(_ value: Int) -> View {
    if let view = views[value] { return view }
    guard let constant = splat(value) else {
      preconditionFailure("%\(value) is read before it is computed")
    }
    let view = View(buffer: addBuffer(shape(value).count, .arena), shape: shape(value))
    instructions.append(.fill(destination: view, value: constant))
    views[value] = view
    return view
  }

  /// The value in memory, row-major without gaps.
  private mutating func contiguous(_ value: Int) -> View {
    let view = readable(value)
    if view.isContiguous { return view }
    let copy = View(buffer: addBuffer(view.count, .arena), shape: Shape(view.extents))
    emitCopy(from: view, to: copy)
    views[value] = copy
    return copy
  }

  private mutating func emitCopy(from source: View, to destination: View) {
    instructions.append(
      .fused(.copy(from: source, to: destination, elementSize: elementSize)))
  }

  // MARK: - Steps

  private mutating func lower(_ step: Schedule.Step) {
    switch step {
    case .group(let members, let reductions): lowerGroup(members, reductions)
    case .view(let value): lowerView(value)
    case .single(let value): lowerSingle(value)
    }
  }

  private mutating func lowerView(_ value: Int) {
    let equation = program.equations[value]
    let source = readable(equation.operands[0])
    switch equation.primitive {
    case .stopGradient:
      views[value] = source
    case .reshape:
      let whole = contiguous(equation.operands[0])
      views[value] = View(
        buffer: whole.buffer, offset: whole.offset, extents: equation.shape.dimensions,
        strides: equation.shape.strides)
    case .transpose(let permutation):
      views[value] = View(
        buffer: source.buffer, offset: source.offset,
        extents: permutation.map { source.extents[$0] },
        strides: permutation.map { source.strides[$0] })
    case .slice(let starts, _, let strides):
      views[value] = View(
        buffer: source.buffer,
        offset: source.offset + zip(starts, source.strides).reduce(0) { $0 + $1.0 * $1.1 },
        extents: equation.shape.dimensions,
        strides: zip(strides, source.strides).map { $0 * $1 })
    case .broadcast:
      let added = equation.shape.rank - source.extents.count
      let strides = equation.shape.dimensions.indices.map { axis in
        axis < added || source.extents[axis - added] != equation.shape[axis]
          ? 0 : source.strides[axis - added]
      }
      views[value] = View(
        buffer: source.buffer, offset: source.offset, extents: equation.shape.dimensions,
        strides: strides)
    default:
      preconditionFailure("\(equation.primitive.name) is not a view")
    }
  }

  mutating func lowerSingle(_ value: Int) {
    let equation = program.equations[value]
    switch equation.primitive {
    case .matmul(let transposeLeft, let transposeRight):
      lowerMatmul(value, transposeLeft, transposeRight)
    case .reduce(let reduction, let axes):
      lowerReduction(value, reduction, axes)
    case .pad(let low, _, let interior):
      let source = readable(equation.operands[0])
      let whole = destination(for: value)
      views[value] = whole
      clear(whole, around: source.extents, low: low, interior: interior)
      emitCopy(
        from: source,
        to: View(
          buffer: whole.buffer,
          offset: whole.offset + zip(low, whole.strides).reduce(0) { $0 + $1.0 * $1.1 },
          extents: source.extents, strides: zip(interior, whole.strides).map { ($0 + 1) * $1 }))
    case .concatenate(let axis):
      let whole = destination(for: value)
      views[value] = whole
      var start = 0
      for operand in equation.operands {
        let source = readable(operand)
        emitCopy(
          from: source,
          to: View(
            buffer: whole.buffer, offset: whole.offset + start * whole.strides[axis],
            extents: source.extents, strides: whole.strides))
        start += source.extents[axis]
      }
    case .gather:
      let table = contiguous(equation.operands[0])
      let indices = contiguous(equation.operands[1])
      let result = destination(for: value)
      views[value] = result
      instructions.append(
        .gather(
          table: table, indices: indices, destination: result,
          rowSize: table.count / table.extents[0]))
    case .scatterAdd(let rows):
      let values = contiguous(equation.operands[0])
      let indices = contiguous(equation.operands[1])
      let result = destination(for: value)
      views[value] = result
      instructions.append(
        .scatter(
          values: values, indices: indices, destination: result,
          rowSize: equation.shape.count / rows))
    case .input, .constant, .unary, .binary, .compare, .select, .broadcast, .reshape, .transpose,
      .slice, .stopGradient:
      preconditionFailure("\(equation.primitive.name) is not computed by itself")
    }
  }

  /// Zeros where a pad will not write: before and after the part that it does, where it pads a single axis, else
  /// everywhere.
  private mutating func clear(_ whole: View, around part: [Int], low: [Int], interior: [Int]) {
    let axes = part.indices.filter { whole.extents[$0] != part[$0] }
    let outer = axes.first.map { whole.extents[..<$0].reduce(1, *) } ?? 1
    guard axes.count == 1, outer <= Lowering.mostStrips, interior[axes[0]] == 0 else {
      instructions.append(.fill(destination: whole, value: 0))
      return
    }
    let axis = axes[0]
    let inner = whole.strides[axis]
    let (before, after) = (low[axis], whole.extents[axis] - low[axis] - part[axis])
    for entry in 0..<outer {
      let start = whole.offset + entry * whole.extents[axis] * inner
      for (place, count) in [(0, before), (low[axis] + part[axis], after)] where count > 0 {
        instructions.append(
          .fill(
            destination: View(
              buffer: whole.buffer, offset: start + place * inner, extents: [count * inner],
              strides: [1]), value: 0))
      }
    }
  }

  private mutating func lowerMatmul(_ value: Int, _ transposeLeft: Bool, _ transposeRight: Bool) {
    let operands = program.equations[value].operands
    let (left, flipLeft) = matrix(operands[0])
    let (right, flipRight) = matrix(operands[1])
    let (result, scale, accumulate) = accumulatingDestination(for: value)
    let rank = result.extents.count
    let inner = left.extents[transposeLeft ? rank - 2 : rank - 1]
    views[value] = result
    var product = MatmulInstruction(
      left: left, right: right, destination: result, m: result.extents[rank - 2],
      n: result.extents[rank - 1], k: inner, transposeLeft: transposeLeft != flipLeft,
      transposeRight: transposeRight != flipRight, alpha: scale, accumulate: accumulate)
    product.joinRows()
    if product.destination.extents.count == 2, product.n > Packing.fewestColumns,
      case .bound(let index) = buffers[right.buffer].storage,
      index < program.inputs.count, program.inputs[index].role == .shared
    {
      product.packedRight = packed(product)
    }
    instructions.append(.matmul(product))
  }

  /// The right operand of a product in the layout of the kernels' register tiles.
  private mutating func packed(_ product: MatmulInstruction) -> View {
    var packing = Packing(
      source: product.right, k: product.k, n: product.n, transposed: product.transposeRight)
    if let known = packings.first(where: { $0.isSame(as: packing) }) {
      packing = known
    } else {
      packing.offset = sharedCount
      sharedCount += packing.count
      packings.append(packing)
    }
    let buffer = addBuffer(packing.count, .shared(offset: packing.offset))
    return View(buffer: buffer, shape: [packing.count])
  }

  /// An operand of a product: one of its last two axes must be contiguous. `flipped` says that it is
  /// the last but one. The view keeps the operand's axes.
  private mutating func matrix(_ value: Int) -> (view: View, flipped: Bool) {
    let view = readable(value)
    let (row, column) = (view.extents.count - 2, view.extents.count - 1)
    func packs(_ inner: Int, _ outer: Int) -> Bool {
      (view.strides[inner] == 1 || view.extents[inner] == 1)
        && (view.strides[outer] >= view.extents[inner] || view.extents[outer] == 1)
    }
    if packs(column, row) { return (view, false) }
    if packs(row, column) { return (view, true) }
    return (contiguous(value), false)
  }

  /// Reduces one run of adjacent axes at a time, the last run first.
  private mutating func lowerReduction(_ value: Int, _ reduction: Reduction, _ axes: [Int]) {
    let operand = program.equations[value].operands[0]
    var source = contiguous(operand)
    var extents = source.extents
    var remaining = axes.filter { extents[$0] != 1 }
    repeat {
      var run: [Int] = []
      while let axis = remaining.last, run.isEmpty || run[0] == axis + 1 {
        run.insert(axis, at: 0)
        remaining.removeLast()
      }
      let outer = extents[..<(run.first ?? 0)].reduce(1, *)
      let extent = run.reduce(1) { $0 * extents[$1] }
      let inner = extents[((run.last ?? -1) + 1)...].reduce(1, *)
      for axis in run { extents[axis] = 1 }
      let isLast = remaining.isEmpty
      let target: (view: View, scale: Double, accumulate: Bool)
      if !isLast {
        let partial = addBuffer(outer * inner, .arena)
        target = (View(buffer: partial, shape: Shape(extents)), 1, false)
      } else if reduction == .sum {
        target = accumulatingDestination(for: value)
      } else {
        target = (destination(for: value), 1, false)
      }
      instructions.append(
        .reduce(
          reduction, source: source, destination: target.view, outer: outer, extent: extent,
          inner: inner, scale: target.scale, accumulate: target.accumulate))
      source = target.view
    } while !remaining.isEmpty
    views[value] = source
  }

  // MARK: - Outputs

  private mutating func deliverOutputs() {
    for (value, terms) in accumulation.terms.sorted(by: { $0.key < $1.key })
    where !delivered.contains(value) {
      for term in terms {
        let source = contiguous(value)
        instructions.append(
          .accumulate(
            source: source, destination: slot(of: term, shape: shape(value)), scale: term.scale))
      }
    }
    for (index, output) in program.outputs.enumerated()
    where output.role == .perRow && !isDelivered[index] {
      let shape = shape(output.value)
      let bound = addBuffer(shape.count, .bound(program.inputs.count + index))
      emitCopy(from: readable(output.value), to: View(buffer: bound, shape: shape))
    }
  }
}
