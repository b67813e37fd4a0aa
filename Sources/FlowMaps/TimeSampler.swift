// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
public import Interpolants
public import RandomStreams

/// How training times are drawn (theory: times). Times are drawn as fractions of `T`.
public enum TimeSampler: Sendable, Hashable, Codable {
  /// `t` uniform on `[0, T]`, `s = 0`.
  case endAtZero
  /// Two draws of Beta(a, b); `t` the larger, `s` the smaller: relaxed times.
  case relaxed(a: Double = 0.8, b: Double = 1)
  /// `(t, s)` uniform on the triangle `0 ≤ s ≤ t ≤ T`.
  case uniformTriangle
  /// `t` uniform on `[s, T]`, `s` the same fraction of `T` in every row, from 0 to below 1.
  case fixedEnd(fraction: Double = 0.3)

  /// `log(σ(t)/α(t))` normal, `s = 0`: the laws of iCT (mean −1.1, deviation 2; arXiv 2310.14189) and sCM
  /// (−1, 1.4; arXiv 2410.11081), both for data of unit scale.
  case logNormal(mean: Double = -1, deviation: Double = 1.4)
  /// Two draws of a logit-normal law; `t` the larger, `s` the smaller, but `s = t` in a share of the rows, spread
  /// evenly over the batch: the law of MeanFlow (arXiv 2505.13447).
  case logitNormal(mean: Double = -0.4, deviation: Double = 1, diagonalShare: Double = 0.75)

  /// Draws times for rows of a batch, each a function of the stream and the row.
  ///
  /// - Parameters:
  ///   - times: receives `t` in the interpolant's unit, one a row.
  ///   - endTimes: receives `s`, one a row.
  ///   - scratch: two elements a row.
  public func fill<Scalar: RandomScalar>(
    times: UnsafeMutableBufferPointer<Scalar>, endTimes: UnsafeMutableBufferPointer<Scalar>,
    scratch: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, stream: RandomStream,
    interpolant: InterpolantKind
  ) {
    let span = Scalar(interpolant.endTime)
    let (times, endTimes) = (first(rows.count, of: times), first(rows.count, of: endTimes))
    switch self {
    case .endAtZero:
      Scalar.fillUniform(stream, times, rows: rows, draws: 1)
      Scalar.scale(times, by: span)
      UnsafeMutableRawBufferPointer(endTimes).initializeMemory(as: UInt8.self, repeating: 0)
    case .relaxed(let a, let b):
      Scalar.fillBeta(stream, scratch, rows: rows, draws: 2, a: a, b: b)
      Scalar.sortPairs(
        UnsafeBufferPointer(scratch), larger: times, smaller: endTimes, scaledBy: span)
    case .uniformTriangle:
      Scalar.fillUniform(stream, scratch, rows: rows, draws: 2)
      Scalar.sortPairs(
        UnsafeBufferPointer(scratch), larger: times, smaller: endTimes, scaledBy: span)
    case .fixedEnd(let fraction):
      precondition(
        fraction >= 0 && fraction < 1, "the end time is a fraction in [0, 1), not \(fraction)")
      let end = Scalar(fraction * interpolant.endTime)
      Scalar.fillUniform(stream, times, rows: rows, draws: 1)
      Scalar.scale(times, by: span - end)
      Scalar.shift(times, by: end, atMost: span)
      endTimes.update(repeating: end)
    case .logNormal(let mean, let deviation):
      Scalar.fillNormal(stream, times, rows: rows, draws: 1)
      for row in times.indices {
        let ratio = exp(mean + deviation * Double(times[row]))
        times[row] = Scalar(interpolant.time(noiseToSignal: ratio))
      }
      UnsafeMutableRawBufferPointer(endTimes).initializeMemory(as: UInt8.self, repeating: 0)
    case .logitNormal(let mean, let deviation, let diagonalShare):
      Scalar.fillNormal(stream, scratch, rows: rows, draws: 2)
      for place in 0..<2 * rows.count {
        scratch[place] = Scalar(1 / (1 + exp(-mean - deviation * Double(scratch[place]))))
      }
      Scalar.sortPairs(
        UnsafeBufferPointer(scratch), larger: times, smaller: endTimes, scaledBy: span)
      for (place, row) in rows.enumerated() where isDiagonal(row, share: diagonalShare) {
        endTimes[place] = times[place]
      }
    }
  }
}

/// Whether a row is of the share that is spread evenly over the rows.
private func isDiagonal(_ row: Int, share: Double) -> Bool {
  (Double(row + 1) * share).rounded(.down) > (Double(row) * share).rounded(.down)
}

private func first<Element>(
  _ count: Int, of buffer: UnsafeMutableBufferPointer<Element>
) -> UnsafeMutableBufferPointer<Element> {
  UnsafeMutableBufferPointer(rebasing: buffer[..<count])
}

extension TimeSampler {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    if case .fixedEnd(let fraction) = self, !(fraction >= 0 && fraction < 1) {
      throw ConfigurationError(
        setting: "end fraction", value: "\(fraction)", accepted: "a number from 0 to below 1")
    }
    if case .logNormal(let mean, let deviation) = self,
      !(abs(mean) <= 20 && deviation > 0 && deviation <= 20)
    {
      throw ConfigurationError(
        setting: "log-normal times", value: "mean \(mean), deviation \(deviation)",
        accepted: "a mean from -20 to 20, a deviation above 0 and at most 20")
    }
    if case .logitNormal(let mean, let deviation, let share) = self,
      !(abs(mean) <= 20 && deviation > 0 && deviation <= 20 && share >= 0 && share < 1)
    {
      throw ConfigurationError(
        setting: "logit-normal times",
        value: "mean \(mean), deviation \(deviation), diagonal share \(share)",
        accepted:
          "a mean from -20 to 20, a deviation above 0 and at most 20, a share from 0 to below 1")
    }
    if case .relaxed(let a, let b) = self, !(a > 0 && b > 0 && a <= 20 && b <= 20) {
      throw ConfigurationError(
        setting: "relaxed times", value: "Beta(\(a), \(b))",
        accepted: "parameters above 0 and at most 20")
    }
  }
}
