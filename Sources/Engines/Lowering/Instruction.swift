// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// A part of a buffer seen as an array: element `(i, j, …)` lies at `offset + i·strides[0] + …`.
struct View: Hashable {
  var buffer: Int
  var offset: Int
  var extents: [Int]
  var strides: [Int]

  init(buffer: Int, offset: Int = 0, extents: [Int], strides: [Int]) {
    self.buffer = buffer
    self.offset = offset
    self.extents = extents
    self.strides = strides
  }

  /// The whole of a buffer in row-major order.
  init(buffer: Int, shape: Shape) {
    self.init(buffer: buffer, extents: shape.dimensions, strides: shape.strides)
  }

  var count: Int { extents.reduce(1, *) }

  /// Makes axes `first` and `second`, adjacent in memory, one axis.
  mutating func join(_ first: Int, _ second: Int, extent: Int) {
    extents[second] = extent
    remove(first)
  }

  mutating func remove(_ axis: Int) {
    extents.remove(at: axis)
    strides.remove(at: axis)
  }

  var isContiguous: Bool {
    var expected = 1
    for axis in extents.indices.reversed() where extents[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= extents[axis]
    }
    return true
  }
}

/// Where a buffer lives while a block runs.
enum Storage: Equatable {
  /// In the worker's arena, at an offset the buffer plan decides.
  case arena
  case constants(offset: Int)
  /// In the memory shared by all blocks and workers, written once a run.
  case shared(offset: Int)
  /// In the partial sums of the outputs that are reduced over blocks.
  case slot(offset: Int)
  /// An input or a per-row output of the run.
  case bound(Int)
}

struct PlannedBuffer {
  let count: Int
  let storage: Storage
}

/// What a block executes, in order.
enum Instruction {
  case fused(FusedGroup)
  case matmul(MatmulInstruction)
  /// The middle axis of contiguous `[outer, extent, inner]`.
  case reduce(
    Reduction, source: View, destination: View, outer: Int, extent: Int, inner: Int, scale: Double,
    accumulate: Bool)
  case gather(table: View, indices: View, destination: View, rowSize: Int)
  case scatter(values: View, indices: View, destination: View, rowSize: Int)
  case fill(destination: View, value: Double)
  /// `destination += scale · source`, both contiguous.
  case accumulate(source: View, destination: View, scale: Double)

  /// The buffers the instruction touches.
  var buffers: [Int] {
    switch self {
    case .fused(let group):
      return group.loads.map(\.view.buffer) + group.stores.map(\.view.buffer)
        + group.reductions.map(\.view.buffer)
    case .matmul(let product):
      return [product.left.buffer, product.right.buffer, product.destination.buffer]
        + (product.packedRight.map { [$0.buffer] } ?? [])
    case .reduce(_, let source, let destination, _, _, _, _, _):
      return [source.buffer, destination.buffer]
    case .gather(let table, let indices, let destination, _):
      return [table.buffer, indices.buffer, destination.buffer]
    case .scatter(let values, let indices, let destination, _):
      return [values.buffer, indices.buffer, destination.buffer]
    case .fill(let destination, _):
      return [destination.buffer]
    case .accumulate(let source, let destination, _):
      return [source.buffer, destination.buffer]
    }
  }

  /// The instruction in a line.
  var summary: String {
    switch self {
    case .fused(let group):
      return "elementwise \(group.extents): \(group.loads.count) loads, "
        + "\(group.operations.count) operations, \(group.stores.count) stores, "
        + (group.reductions.isEmpty ? "" : "\(group.reductions.count) reductions, ")
        + "\(group.registerCount) registers of \(group.tile)"
    case .matmul(let product):
      return "matmul \(product.m) × \(product.k) × \(product.n)"
        + (product.transposeLeft ? ", left transposed" : "")
        + (product.transposeRight ? ", right transposed" : "")
        + (product.accumulate ? ", accumulated" : "")
    case .reduce(let reduction, _, _, let outer, let extent, let inner, _, let accumulate):
      return "reduce \(reduction.rawValue) [\(outer), \(extent), \(inner)]"
        + (accumulate ? ", accumulated" : "")
    case .gather(_, let indices, _, let rowSize):
      return "gather \(indices.count) rows of \(rowSize)"
    case .scatter(_, let indices, _, let rowSize):
      return "scatter \(indices.count) rows of \(rowSize)"
    case .fill(let destination, let value): return "fill \(destination.count) with \(value)"
    case .accumulate(let source, _, _): return "accumulate \(source.count)"
    }
  }

  /// Multiplications and additions of a matrix product; 0 for everything else.
  var floatingPointOperations: Double {
    guard case .matmul(let product) = self else { return 0 }
    return product.work
  }

  /// Elements of scratch memory the instruction needs beside its buffers.
  var scratch: Int {
    switch self {
    case .fused(let group): return group.registerCount * group.tile
    case .matmul(let product): return 32 * product.k + 8 * max(product.m, product.n, product.k)
    case .reduce, .gather, .scatter, .fill, .accumulate: return 0
    }
  }
}

/// `C = α op(A) op(B)`, or `C += …`, for every entry of a batch. The views' leading axes are the batch;
/// the last two axes of `left` and `right` are as stored.
struct MatmulInstruction {
  var left: View
  var right: View
  var destination: View
  var m: Int
  var n: Int
  var k: Int
  var transposeLeft: Bool
  var transposeRight: Bool
  var alpha: Double
  var accumulate: Bool
  /// The right operand rearranged for the kernels, if it is.
  var packedRight: View?

  /// Multiplications and additions.
  var work: Double { 2 * Double(k) * Double(destination.count) }

  /// Takes leading axes over which the right operand does not move as further rows of the left one.
  mutating func joinRows() {
    while destination.extents.count > 2, !transposeLeft {
      let axis = destination.extents.count - 3
      let (row, column) = (axis + 1, axis + 2)
      let extent = destination.extents[axis]
      guard right.strides[axis] == 0 || extent == 1,
        left.strides[column] == 1 || left.extents[column] == 1,
        left.strides[axis] == m * left.strides[row] || extent == 1,
        destination.strides[axis] == m * destination.strides[row] || extent == 1
      else { return }
      m *= extent
      left.join(axis, row, extent: m)
      destination.join(axis, row, extent: m)
      right.remove(axis)
    }
  }
}
