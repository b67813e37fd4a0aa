// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

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
  /// `x^y` for positive `x`.
  static func power(_ x: Self, _ y: Self) -> Self
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

  public static func power(_ x: Float, _ y: Float) -> Float { powf(x, y) }
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

  public static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
}
