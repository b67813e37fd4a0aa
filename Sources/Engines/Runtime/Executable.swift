// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels
public import Tensors

/// What can go wrong while a compiled program runs.
public enum EngineError: Error, Equatable, CustomStringConvertible {
  /// A row look-up or scatter met an index outside its table (or one that is not a number).
  case indexOutOfRange

  public var description: String {
    switch self {
    case .indexOutOfRange:
      return "a row look-up met an index outside its table; indices are integers in 0..<rows"
    }
  }
}

/// A program compiled for a batch of rows on the native CPU engine: compile once, run many times.
///
/// The program is traced for blocks of rows small enough that a block's working set stays in the
/// second-level cache. ``run()`` walks the batch block by block over a pool's threads. Partial sums are
/// combined in an order fixed by the batch alone, so results are bit-identical for any number of
/// threads. A run allocates nothing and touches no reference counts.
///
/// An executable runs on one thread of control at a time.
public final class Executable<Scalar: EngineScalar> {
  /// Rows of the batch.
  public let rows: Int
  /// Rows of a block.
  public let blockRows: Int
  /// Inputs and outputs in order, with the shapes they have for a block.
  public let inputs: [Program.Input]
  public let outputs: [Program.Output]
  /// The optimised program of a full block.
  public let program: Program

  private let pool: WorkerPool
  private let full: BlockProgram
  private let remainder: BlockProgram?
  private let state: UnsafeMutablePointer<toylab_run>
  private let bindings: UnsafeMutablePointer<toylab_binding>
  private let arenas: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let reduced: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let reducedOffsets: UnsafeMutablePointer<Int64>
  private let reducedCounts: UnsafeMutablePointer<Int64>
  private var owned: [Buffer<Scalar>] = []
  private var bound: [Buffer<Scalar>?]
  private let inputNumber: [String: Int]
  private let outputNumber: [String: Int]
  /// The place of a reduced output among the reduced ones.
  private let reducedPlace: [Int?]

  /// Compiles a program.
  ///
  /// - Parameters:
  ///   - rows: rows of the batch; 1 for a program without per-row inputs.
  ///   - blockRows: rows of a block; chosen from the working set if nil.
  ///   - pool: the threads that will run it.
  ///   - instructionSet: the kernels that will run it.
  ///   - last: the last pass over the traced program; fewer than all only show what a pass is worth.
  ///   - trace: traces the program for a block of the given number of rows. It is called for a full
  ///     block, and once more for a shorter last block if there is one.
  public init(
    rows: Int, blockRows: Int? = nil, pool: WorkerPool, instructionSet: InstructionSet = .chosen,
    passes last: CompilationPass = .collection, trace: (Int) -> Program
  ) {
    precondition(rows > 0, "a batch has at least one row, not \(rows)")
    let size = MemoryLayout<Scalar>.stride
    func compile(_ blockRows: Int) -> (Program, BlockProgram) {
      let traced = trace(blockRows)
      precondition(
        traced.rows == blockRows, "traced \(traced.rows) rows for a block of \(blockRows)")
      let program = traced.optimized(upTo: last).program
      return (program, BlockProgram(program, totalRows: rows, elementSize: size))
    }
    self.rows = rows
    self.pool = pool
    var chosen = min(blockRows ?? BlockSize.first(rows: rows), rows)
    var (program, full) = compile(chosen)
    if blockRows == nil {
      let better = BlockSize.fitting(
        tried: chosen, arenaBytes: full.arenaCount * size, productRows: full.productRows)
      if better != chosen {
        chosen = better
        (program, full) = compile(chosen)
      }
    }
    self.blockRows = chosen
    self.program = program
    self.full = full
    remainder = rows % chosen == 0 ? nil : compile(rows % chosen).1
    inputs = program.inputs
    outputs = program.outputs

    let blockCount = (rows + chosen - 1) / chosen
    let slotCount = full.slotSize == 0 ? blockCount : min(blockCount, BlockSize.slots)
    inputNumber = Dictionary(
      uniqueKeysWithValues: inputs.enumerated().map { ($0.element.name, $0.offset) })
    outputNumber = Dictionary(
      uniqueKeysWithValues: outputs.enumerated().map { ($0.element.name, $0.offset) })
    bound = Array(repeating: nil, count: inputs.count + outputs.count)
    state = .allocate(capacity: 1)
    state.initialize(to: toylab_run())
    bindings = .allocate(capacity: max(inputs.count + outputs.count, 1))
    bindings.initialize(
      repeating: toylab_binding(pointer: nil, row_stride: 0),
      count: max(inputs.count + outputs.count, 1))
    arenas = .allocate(capacity: pool.threads)
    let reducedOutputs = program.outputs.indices.filter { program.outputs[$0].role != .perRow }
    var places = [Int?](repeating: nil, count: outputs.count)
    for (place, output) in reducedOutputs.enumerated() { places[output] = place }
    reducedPlace = places
    reduced = .allocate(capacity: max(reducedOutputs.count, 1))
    reduced.initialize(repeating: nil, count: max(reducedOutputs.count, 1))
    reducedOffsets = .allocate(capacity: max(reducedOutputs.count, 1))
    reducedCounts = .allocate(capacity: max(reducedOutputs.count, 1))
    precondition(
      inputs.count + outputs.count <= 2000, "a program binds at most 2000 inputs and outputs")

    let arenaCount = max(full.arenaCount, remainder?.arenaCount ?? 0)
    for worker in 0..<pool.threads {
      let arena = Buffer<Scalar>(count: arenaCount)
      owned.append(arena)
      (arenas + worker).initialize(to: UnsafeMutableRawPointer(arena.pointer))
    }
    for block in [full, remainder].compactMap({ $0 }) {
      let constants = Buffer<Scalar>(block.constants)
      block.handle.pointee.constants = UnsafeMutableRawPointer(constants.pointer)
      owned.append(constants)
    }
    precondition(
      remainder.map { $0.packings == full.packings } ?? true,
      "a shorter block arranges shared matrices differently")
    let shared = Buffer<Scalar>(count: full.sharedCount)
    owned.append(shared)
    state.pointee.shared = UnsafeMutableRawPointer(shared.pointer)
    let slots = Buffer<Scalar>(count: full.slotSize * slotCount)
    owned.append(slots)
    for (place, output) in reducedOutputs.enumerated() {
      (reducedOffsets + place).initialize(to: Int64(full.slotOffsets[output] ?? 0))
      (reducedCounts + place).initialize(
        to: Int64(program.equations[outputs[output].value].shape.count))
    }
    state.pointee.full = UnsafePointer(full.handle)
    state.pointee.remainder = UnsafePointer(remainder?.handle ?? full.handle)
    state.pointee.level = min(instructionSet, .best).rawValue
    state.pointee.rows = Int64(rows)
    state.pointee.block_rows = Int64(chosen)
    state.pointee.block_count = Int64(blockCount)
    state.pointee.slot_count = Int64(slotCount)
    state.pointee.bindings = UnsafePointer(bindings)
    state.pointee.binding_count = Int64(inputs.count + outputs.count)
    state.pointee.arenas = UnsafePointer(arenas)
    state.pointee.slots = UnsafeMutableRawPointer(slots.pointer)
    state.pointee.slot_size = Int64(full.slotSize)
    state.pointee.reduced = UnsafePointer(reduced)
    state.pointee.reduced_offsets = UnsafePointer(reducedOffsets)
    state.pointee.reduced_counts = UnsafePointer(reducedCounts)
    state.pointee.reduced_count = Int64(reducedOutputs.count)
  }

  deinit {
    bindings.deallocate()
    arenas.deallocate()
    reduced.deallocate()
    reducedOffsets.deallocate()
    reducedCounts.deallocate()
    state.deallocate()
  }

  // MARK: - Binding

  /// Elements that an input takes for the whole batch.
  public func inputCount(_ name: String) -> Int {
    let input = inputs[number(of: name, in: inputNumber, "input")]
    return input.role == .perRow ? input.shape.count / blockRows * rows : input.shape.count
  }

  /// The shape of an output for the whole batch.
  public func outputShape(_ name: String) -> Shape {
    let output = outputs[number(of: name, in: outputNumber, "output")]
    let shape = program.equations[output.value].shape
    return output.role == .perRow ? Shape([rows] + shape.dimensions.dropFirst()) : shape
  }

  /// Lets an input read `buffer` from element `offset` on. The buffer is kept alive.
  ///
  /// - Precondition: the input exists and the buffer holds enough elements.
  public func bind(input name: String, to buffer: Buffer<Scalar>, offset: Int) {
    let index = number(of: name, in: inputNumber, "input")
    let input = inputs[index]
    precondition(
      offset >= 0 && offset + inputCount(name) <= buffer.count,
      "input \"\(name)\" needs \(inputCount(name)) elements from \(offset) on; the buffer has "
        + "\(buffer.count)")
    bound[index] = buffer
    bindings[index] = toylab_binding(
      pointer: UnsafeMutableRawPointer(buffer.pointer + offset),
      row_stride: input.role == .perRow ? Int64(input.shape.count / blockRows) : 0)
  }

  /// Lets an output write `buffer` from element `offset` on. The buffer is kept alive.
  ///
  /// - Precondition: the output exists and the buffer holds enough elements.
  public func bind(output name: String, to buffer: Buffer<Scalar>, offset: Int) {
    let index = number(of: name, in: outputNumber, "output")
    let count = outputShape(name).count
    precondition(
      offset >= 0 && offset + count <= buffer.count,
      "output \"\(name)\" needs \(count) elements from \(offset) on; the buffer has \(buffer.count)"
    )
    bound[inputs.count + index] = buffer
    let pointer = UnsafeMutableRawPointer(buffer.pointer + offset)
    if let place = reducedPlace[index] {
      reduced[place] = pointer
    } else {
      bindings[inputs.count + index] = toylab_binding(
        pointer: pointer, row_stride: Int64(count / rows))
    }
  }

  private func number(of name: String, in table: [String: Int], _ kind: String) -> Int {
    guard let index = table[name] else {
      fatalError("the program has no \(kind) \"\(name)\"; it has \(table.keys.sorted())")
    }
    return index
  }

  /// The buffer an output is bound to, allocated if it is not bound yet.
  public func output(_ name: String) -> Buffer<Scalar> {
    let index = number(of: name, in: outputNumber, "output")
    if let buffer = bound[inputs.count + index] { return buffer }
    let buffer = Buffer<Scalar>(count: outputShape(name).count)
    bind(output: name, to: buffer)
    return buffer
  }

  // MARK: - Running

  /// Binds what is not bound yet: outputs to buffers of their own.
  ///
  /// - Precondition: every input is bound.
  public func prepare() {
    for (index, input) in inputs.enumerated() where bound[index] == nil {
      fatalError("input \"\(input.name)\" is not bound")
    }
    for output in outputs { _ = self.output(output.name) }
    isPrepared = true
  }

  private var isPrepared = false

  /// Computes every output from the bound inputs.
  ///
  /// - Throws: ``EngineError/indexOutOfRange``.
  public func run() throws(EngineError) {
    if !isPrepared { prepare() }
    let status = Scalar.execute(OpaqueRun(pointer: UnsafePointer(state)), pool)
    if status != 0 { throw .indexOutOfRange }
  }

  /// Runs on values given by name, for probes and tests.
  public func evaluate(_ values: [String: [Double]]) throws(EngineError) -> [String: [Double]] {
    for (name, values) in values { bind(input: name, to: Buffer(values)) }
    try run()
    return Dictionary(
      uniqueKeysWithValues: outputs.map { ($0.name, output($0.name).values) })
  }
}

extension Executable {
  /// Bytes the executable holds beside the buffers bound to it: working sets of all threads, partial sums,
  /// rearranged shared matrices and constants. They depend on the block, not on the batch.
  public var workingMemory: Int {
    owned.reduce(0) { $0 + $1.count } * MemoryLayout<Scalar>.stride
  }

  /// Runs the program `repetitions` times and adds up what each instruction of a full block took.
  ///
  /// The clock is read after every instruction, which costs some tens of nanoseconds each.
  public func profile(repetitions: Int) throws(EngineError) -> ExecutionProfile {
    if !isPrepared { prepare() }
    let count = full.instructions.count
    let counters = (0..<pool.threads).map { _ in
      UnsafeMutablePointer<Int64>.allocate(capacity: count)
    }
    defer { for counter in counters { counter.deallocate() } }
    for counter in counters { counter.initialize(repeating: 0, count: count) }
    var optional = counters.map { Optional($0) }
    let clock = ContinuousClock()
    let start = clock.now
    var failure: EngineError?
    optional.withUnsafeMutableBufferPointer { pointers in
      state.pointee.nanoseconds = UnsafePointer(pointers.baseAddress)
      for _ in 0..<repetitions where failure == nil {
        do throws(EngineError) { try run() } catch { failure = error }
      }
      state.pointee.nanoseconds = nil
    }
    if let failure { throw failure }
    let elapsed = (clock.now - start) / repetitions
    return ExecutionProfile(
      elapsed: elapsed,
      entries: full.instructions.enumerated().map { index, instruction in
        let total = counters.reduce(0) { $0 + $1[index] }
        return ExecutionProfile.Entry(
          summary: instruction.summary, time: .nanoseconds(total) / repetitions,
          floatingPointOperations: instruction.floatingPointOperations * Double(rows / blockRows))
      })
  }

  /// The compiled block in words: one line an instruction, for people who tune the engine.
  public var planDescription: String { full.instructions.map(\.summary).joined(separator: "\n") }
}
