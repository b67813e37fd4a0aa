// Part of toylab. Licensed under Apache-2.0; see LICENSE.

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
      Scalar.fillBeta(stream, scratch, rows: rows, draws: 2, a: a, b: b)
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
}
