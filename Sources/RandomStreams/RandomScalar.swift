// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// An element type that streams can fill: Float or Double.
public protocol RandomScalar: BinaryFloatingPoint, Sendable {
  /// See ``RandomStream/fillUniform(_:rows:draws:firstDraw:)``.
  static func fillUniform(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>, draws: Int)
  /// See ``RandomStream/fillNormal(_:rows:draws:firstDraw:)``.
  static func fillNormal(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>, draws: Int)
  /// See ``RandomStream/fillBeta(_:rows:draws:a:b:)``.
  static func fillBeta(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>, draws: Int,
    a: Double, b: Double)
  /// Multiplies every value by `factor`.
  static func scale(_ values: UnsafeMutableBufferPointer<Self>, by factor: Self)
  /// Adds `offset` to every value, and lowers to `limit` what rounding put above it.
  static func shift(
    _ values: UnsafeMutableBufferPointer<Self>, by offset: Self, atMost limit: Self)
  /// Of each of `larger.count` pairs, the larger and the smaller number times `factor`.
  static func sortPairs(
    _ pairs: UnsafeBufferPointer<Self>, larger: UnsafeMutableBufferPointer<Self>,
    smaller: UnsafeMutableBufferPointer<Self>, scaledBy factor: Self)
}

extension Float: RandomScalar {
  public static func fillUniform(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>, draws: Int
  ) {
    stream.fillUniform(out, rows: rows, draws: draws)
  }

  public static func fillNormal(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>, draws: Int
  ) {
    stream.fillNormal(out, rows: rows, draws: draws)
  }

  public static func fillBeta(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>, draws: Int,
    a: Double, b: Double
  ) {
    stream.fillBeta(out, rows: rows, draws: draws, a: a, b: b)
  }

  public static func scale(_ values: UnsafeMutableBufferPointer<Float>, by factor: Float) {
    toylab_scale_f32(values.baseAddress, Int64(values.count), factor)
  }

  public static func shift(
    _ values: UnsafeMutableBufferPointer<Float>, by offset: Float, atMost limit: Float
  ) {
    for index in values.indices { values[index] = min(values[index] + offset, limit) }
  }

  public static func sortPairs(
    _ pairs: UnsafeBufferPointer<Float>, larger: UnsafeMutableBufferPointer<Float>,
    smaller: UnsafeMutableBufferPointer<Float>, scaledBy factor: Float
  ) {
    precondition(
      pairs.count >= 2 * larger.count && smaller.count == larger.count,
      "\(pairs.count) numbers, \(larger.count) and \(smaller.count) places for pairs")
    toylab_sort_pairs_f32(
      pairs.baseAddress, Int64(larger.count), factor, larger.baseAddress, smaller.baseAddress)
  }
}

extension Double: RandomScalar {
  public static func fillUniform(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>, draws: Int
  ) {
    stream.fillUniform(out, rows: rows, draws: draws)
  }

  public static func fillNormal(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>, draws: Int
  ) {
    stream.fillNormal(out, rows: rows, draws: draws)
  }

  public static func fillBeta(
    _ stream: RandomStream, _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>, draws: Int,
    a: Double, b: Double
  ) {
    stream.fillBeta(out, rows: rows, draws: draws, a: a, b: b)
  }

  public static func scale(_ values: UnsafeMutableBufferPointer<Double>, by factor: Double) {
    toylab_scale_f64(values.baseAddress, Int64(values.count), factor)
  }

  public static func shift(
    _ values: UnsafeMutableBufferPointer<Double>, by offset: Double, atMost limit: Double
  ) {
    for index in values.indices { values[index] = min(values[index] + offset, limit) }
  }

  public static func sortPairs(
    _ pairs: UnsafeBufferPointer<Double>, larger: UnsafeMutableBufferPointer<Double>,
    smaller: UnsafeMutableBufferPointer<Double>, scaledBy factor: Double
  ) {
    precondition(
      pairs.count >= 2 * larger.count && smaller.count == larger.count,
      "\(pairs.count) numbers, \(larger.count) and \(smaller.count) places for pairs")
    toylab_sort_pairs_f64(
      pairs.baseAddress, Int64(larger.count), factor, larger.baseAddress, smaller.baseAddress)
  }
}
