// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// An element type that streams can fill: Float or Double.
public protocol RandomScalar: BinaryFloatingPoint, Sendable {
  /// The compiled loops of this type.
  static var randomKernels: RandomKernels<Self> { get }
  /// Adds `offset` to every value, and lowers to `limit` what rounding put above it.
  static func shift(
    _ values: UnsafeMutableBufferPointer<Self>, by offset: Self, atMost limit: Self)
}

/// Compiled loops over numbers of one type.
public struct RandomKernels<Scalar: Sendable>: Sendable {
  typealias Places = UnsafeMutablePointer<Scalar>?

  let uniform: @Sendable (toylab_stream, UInt64, Int64, UInt32, Int64, Places) -> Void
  let normal: @Sendable (toylab_stream, UInt64, Int64, UInt32, Int64, Places) -> Void
  let beta: @Sendable (toylab_stream, UInt64, Int64, Int64, Double, Double, Places) -> Void
  let scale: @Sendable (Places, Int64, Scalar) -> Void
  let sortPairs: @Sendable (UnsafePointer<Scalar>?, Int64, Scalar, Places, Places) -> Void
}

extension Float: RandomScalar {
  public static let randomKernels = RandomKernels<Float>(
    uniform: toylab_uniform_f32, normal: toylab_normal_f32, beta: toylab_beta_f32,
    scale: toylab_scale_f32, sortPairs: toylab_sort_pairs_f32)
}

extension Double: RandomScalar {
  public static let randomKernels = RandomKernels<Double>(
    uniform: toylab_uniform_f64, normal: toylab_normal_f64, beta: toylab_beta_f64,
    scale: toylab_scale_f64, sortPairs: toylab_sort_pairs_f64)
}

extension RandomScalar {
  /// See ``RandomStream/fillUniform(_:rows:draws:firstDraw:)``.
  public static func fillUniform(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>, draws: Int
  ) {
    stream.fillUniform(out, rows: rows, draws: draws)
  }

  /// See ``RandomStream/fillNormal(_:rows:draws:firstDraw:)``.
  public static func fillNormal(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>, draws: Int
  ) {
    stream.fillNormal(out, rows: rows, draws: draws)
  }

  /// See ``RandomStream/fillBeta(_:rows:draws:a:b:)``.
  public static func fillBeta(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>, draws: Int,
    a: Double, b: Double
  ) {
    stream.fillBeta(out, rows: rows, draws: draws, a: a, b: b)
  }

  /// Multiplies every value by `factor`.
  public static func scale(_ values: UnsafeMutableBufferPointer<Self>, by factor: Self) {
    randomKernels.scale(values.baseAddress, Int64(values.count), factor)
  }

  public static func shift(
    _ values: UnsafeMutableBufferPointer<Self>, by offset: Self, atMost limit: Self
  ) {
    for index in values.indices { values[index] = min(values[index] + offset, limit) }
  }

  /// Of each of `larger.count` pairs, the larger and the smaller number times `factor`.
  public static func sortPairs(
    _ pairs: UnsafeBufferPointer<Self>, larger: UnsafeMutableBufferPointer<Self>,
    smaller: UnsafeMutableBufferPointer<Self>, scaledBy factor: Self
  ) {
    precondition(
      pairs.count >= 2 * larger.count && smaller.count == larger.count,
      "\(pairs.count) numbers, \(larger.count) and \(smaller.count) places for pairs")
    randomKernels.sortPairs(
      pairs.baseAddress, Int64(larger.count), factor, larger.baseAddress, smaller.baseAddress)
  }
}
