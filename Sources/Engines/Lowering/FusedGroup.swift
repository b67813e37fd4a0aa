// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels
internal import Tensors

/// Elementwise values evaluated tile by tile: what is loaded, computed on registers and stored.
struct FusedGroup {
  struct Access {
    /// A view with the group's extents.
    var view: View
    var register: Int
    var kind: Kind
  }

  /// How the kernel reaches an operand; the numbers are the kernel's.
  enum Kind: Int32 {
    case contiguous = 0
    case scalar = 1
    case rowVector = 2
    case strided = 3
  }

  struct Operation {
    let opcode: Int32
    let destination: Int
    let operands: [Int]
  }

  /// A register reduced along the group's last axes.
  struct RowReduction {
    let operation: Reduction
    /// The result under the group's extents: it does not move along the reduced axes.
    var view: View
    let register: Int
  }

  var extents: [Int]
  var loads: [Access] = []
  var stores: [Access] = []
  var immediates: [(register: Int, value: Double)] = []
  var operations: [Operation] = []
  var reductions: [RowReduction] = []
  var registerCount = 0
  /// Elements a register holds.
  var tile = 0

  /// A copy from one view to another of the same extents.
  static func copy(from source: View, to destination: View, elementSize: Int) -> FusedGroup {
    var group = FusedGroup(extents: source.extents)
    group.loads = [Access(view: source, register: 0, kind: .strided)]
    group.stores = [Access(view: destination, register: 0, kind: .strided)]
    group.registerCount = 1
    group.collapseAxes()
    // A strided load may fill the destination directly; a contiguous one is only a pointer, so a
    // contiguous destination needs a copying operation.
    if group.loads[0].kind != .strided && group.stores[0].kind == .contiguous {
      group.stores[0].register = 1
      group.operations = [Operation(opcode: Int32(TOYLAB_OP_COPY), destination: 1, operands: [0])]
      group.registerCount = 2
    }
    group.chooseTile(elementSize: elementSize)
    return group
  }

  /// Merges axes that every access walks as one, drops those of extent 1, and classifies the accesses.
  mutating func collapseAxes() {
    var kept = extents.indices.filter { extents[$0] != 1 }
    if kept.isEmpty && !extents.isEmpty { kept = [extents.count - 1] }
    let all = loads.map(\.view) + stores.map(\.view) + reductions.map(\.view)
    var axes: [[Int]] = []  // runs of original axes that merge
    for axis in kept {
      if let previous = axes.last?.last,
        all.allSatisfy({ $0.strides[previous] == $0.strides[axis] * extents[axis] })
      {
        axes[axes.count - 1].append(axis)
      } else {
        axes.append([axis])
      }
    }
    let merged = axes.map { run in run.reduce(1) { $0 * extents[$1] } }
    let newExtents = merged.isEmpty ? [1] : merged
    func collapse(_ view: inout View) {
      view.strides = axes.isEmpty ? [1] : axes.map { view.strides[$0[$0.count - 1]] }
      view.extents = newExtents
    }
    func collapsed(_ access: Access) -> Access {
      var access = access
      collapse(&access.view)
      access.kind = FusedGroup.kind(of: access.view)
      return access
    }
    loads = loads.map(collapsed)
    stores = stores.map(collapsed)
    for index in reductions.indices { collapse(&reductions[index].view) }
    extents = newExtents
  }

  private static func kind(of view: View) -> Kind {
    if view.isContiguous { return .contiguous }
    if view.strides.allSatisfy({ $0 == 0 }) { return .scalar }
    if view.strides.last == 1 && view.strides.dropLast().allSatisfy({ $0 == 0 }) {
      return .rowVector
    }
    return .strided
  }

  /// Registers together should stay well inside the first-level cache.
  mutating func chooseTile(elementSize: Int) {
    let budget = 48 * 1024 / elementSize
    let wanted = budget / max(registerCount, 1) / 64 * 64
    tile = min(max(wanted, 128), 1024)
  }
}

extension Primitive {
  /// The kernel operation of an elementwise primitive.
  var opcode: Int32 {
    switch self {
    case .unary(let operation): return operation.opcode
    case .binary(let operation): return operation.opcode
    case .compare(.less): return Int32(TOYLAB_OP_LESS)
    case .compare(.lessOrEqual): return Int32(TOYLAB_OP_LESS_OR_EQUAL)
    case .compare(.equal): return Int32(TOYLAB_OP_EQUAL)
    case .select: return Int32(TOYLAB_OP_SELECT)
    case .input, .constant, .broadcast, .reduce, .reshape, .transpose, .slice, .pad, .concatenate,
      .matmul, .gather, .scatterAdd, .stopGradient:
      preconditionFailure("\(name) is not elementwise")
    }
  }
}

extension UnaryOperation {
  var opcode: Int32 {
    switch self {
    case .negate: return Int32(TOYLAB_OP_NEGATE)
    case .reciprocal: return Int32(TOYLAB_OP_RECIPROCAL)
    case .exponential: return Int32(TOYLAB_OP_EXPONENTIAL)
    case .logarithm: return Int32(TOYLAB_OP_LOGARITHM)
    case .sine: return Int32(TOYLAB_OP_SINE)
    case .cosine: return Int32(TOYLAB_OP_COSINE)
    case .tanh: return Int32(TOYLAB_OP_TANH)
    case .sigmoid: return Int32(TOYLAB_OP_SIGMOID)
    case .squareRoot: return Int32(TOYLAB_OP_SQUARE_ROOT)
    case .reciprocalSquareRoot: return Int32(TOYLAB_OP_RECIPROCAL_SQUARE_ROOT)
    case .erf: return Int32(TOYLAB_OP_ERF)
    case .absolute: return Int32(TOYLAB_OP_ABSOLUTE)
    case .sign: return Int32(TOYLAB_OP_SIGN)
    }
  }
}

extension BinaryOperation {
  var opcode: Int32 {
    switch self {
    case .add: return Int32(TOYLAB_OP_ADD)
    case .subtract: return Int32(TOYLAB_OP_SUBTRACT)
    case .multiply: return Int32(TOYLAB_OP_MULTIPLY)
    case .divide: return Int32(TOYLAB_OP_DIVIDE)
    case .maximum: return Int32(TOYLAB_OP_MAXIMUM)
    case .minimum: return Int32(TOYLAB_OP_MINIMUM)
    }
  }
}
