// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// An element type the native engine compiles for: Float or Double.
public protocol EngineScalar: BinaryFloatingPoint, Sendable {
  /// "float32" or "float64".
  static var name: String { get }
  /// Runs a bound program; returns a kernel status.
  static func execute(_ run: OpaqueRun, _ pool: WorkerPool) -> Int32
  /// Applies one elementwise kernel to whole arrays.
  static func apply(
    _ opcode: Int32, on instructionSet: InstructionSet, _ result: UnsafeMutablePointer<Self>,
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ c: UnsafePointer<Self>, _ count: Int)
}

extension EngineScalar {
  /// Applies one elementwise kernel, of the widest instruction set, to whole arrays.
  static func apply(
    _ opcode: Int32, _ result: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>,
    _ b: UnsafePointer<Self>, _ c: UnsafePointer<Self>, _ count: Int
  ) {
    apply(opcode, on: .best, result, a, b, c, count)
  }
}

/// A bound program as the kernels see it.
public struct OpaqueRun {
  let pointer: UnsafePointer<toylab_run>
}

extension Float: EngineScalar {
  public static let name = "float32"

  public static func execute(_ run: OpaqueRun, _ pool: WorkerPool) -> Int32 {
    toylab_run_f32(run.pointer, pool.handle)
  }

  public static func apply(
    _ opcode: Int32, on instructionSet: InstructionSet, _ result: UnsafeMutablePointer<Float>,
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>, _ count: Int
  ) {
    toylab_apply_f32(instructionSet.rawValue, opcode, result, a, b, c, Int64(count))
  }
}

extension Double: EngineScalar {
  public static let name = "float64"

  public static func execute(_ run: OpaqueRun, _ pool: WorkerPool) -> Int32 {
    toylab_run_f64(run.pointer, pool.handle)
  }

  public static func apply(
    _ opcode: Int32, on instructionSet: InstructionSet, _ result: UnsafeMutablePointer<Double>,
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, _ count: Int
  ) {
    toylab_apply_f64(instructionSet.rawValue, opcode, result, a, b, c, Int64(count))
  }
}
