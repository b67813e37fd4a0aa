// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import RandomStreams

/// How training times are drawn (theory: times). Times are drawn as fractions of `T`.
public enum TimeSampler: Sendable, Hashable, Codable {
  /// `t` uniform on `[0, T]`, `s = 0`.
  case endAtZero
  /// Two draws of Beta(a, b); `t` the larger, `s` the smaller: relaxed times.
  case relaxed(a: Double = 0.8, b: Double = 1)
  /// `(t, s)` uniform on the triangle `0 ≤ s ≤ t ≤ T`.
  case uniformTriangle

  /// Names on command lines.
  public static let names = ["zero", "relaxed", "uniform"]

  public init?(named name: String) {
    switch name {
    case "zero": self = .endAtZero
    case "relaxed": self = .relaxed()
    case "uniform": self = .uniformTriangle
    default: return nil
    }
  }

  /// Draws times for rows of a batch, each a function of the stream and the row.
  ///
  /// - Parameters:
  ///   - times: receives `t` in the unit of `endTime`, one a row.
  ///   - endTimes: receives `s`, one a row.
  ///   - scratch: two elements a row.
  public func fill<Scalar: RandomScalar>(
    times: UnsafeMutableBufferPointer<Scalar>, endTimes: UnsafeMutableBufferPointer<Scalar>,
    scratch: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, stream: RandomStream,
    duration: Double
  ) {
    let span = Scalar(duration)
    switch self {
    case .endAtZero:
      Scalar.fillUniform(stream, scratch, rows: rows, draws: 1)
      for row in 0..<rows.count {
        times[row] = span * scratch[row]
        endTimes[row] = 0
      }
    case .relaxed(let a, let b):
      if b == 1 {
        // Beta(a, 1) has the distribution function x^a.
        Scalar.fillUniform(stream, scratch, rows: rows, draws: 2)
        let power = Scalar(1 / a)
        for i in 0..<2 * rows.count { scratch[i] = Scalar.power(scratch[i], power) }
      } else {
        fillBeta(scratch, a, b, rows: rows, stream: stream)
      }
      order(times, endTimes, scratch, rows.count, span)
    case .uniformTriangle:
      Scalar.fillUniform(stream, scratch, rows: rows, draws: 2)
      order(times, endTimes, scratch, rows.count, span)
    }
  }

  private func order<Scalar: RandomScalar>(
    _ times: UnsafeMutableBufferPointer<Scalar>, _ endTimes: UnsafeMutableBufferPointer<Scalar>,
    _ pairs: UnsafeMutableBufferPointer<Scalar>, _ count: Int, _ span: Scalar
  ) {
    for row in 0..<count {
      let (first, second) = (pairs[2 * row], pairs[2 * row + 1])
      times[row] = span * max(first, second)
      endTimes[row] = span * min(first, second)
    }
  }

  /// Jöhnk's method: `U^{1/a} / (U^{1/a} + V^{1/b})` given that the sum is at most 1. Suited to
  /// parameters of order 1.
  private func fillBeta<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, _ a: Double, _ b: Double, rows: Range<Int>,
    stream: RandomStream
  ) {
    for (place, row) in rows.enumerated() {
      var generator = stream.generator(row: row)
      for draw in 0..<2 {
        while true {
          let x = pow(generator.uniform(), 1 / a)
          let y = pow(generator.uniform(), 1 / b)
          if x + y <= 1 && x + y > 0 {
            out[2 * place + draw] = Scalar(x / (x + y))
            break
          }
        }
      }
    }
  }
}
