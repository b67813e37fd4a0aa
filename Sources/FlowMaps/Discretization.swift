// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
public import Interpolants

/// How far apart the two times of a discrete consistency loss lie, and how that changes in training.
///
/// Published schedules speak of noise levels; they are used here as laws of `σ(t)/α(t)`, the clock that
/// all interpolants share, for data of unit scale.
public enum Discretization: Sendable, Hashable, Codable {
  /// `u = t − step`, in the interpolant's unit of time; at least `s`.
  case constant(step: Double)
  /// iCT (arXiv 2310.14189): the drawn time is rounded out to its interval of the grid of Karras et al.
  /// (noise levels 0.002…80, ρ = 7), whose number of intervals doubles from `first` to `last` in equal
  /// shares of training. With log-normal draws an interval is chosen with the published probability; draws
  /// beyond the grid belong to its last intervals, and the lowest interval reaches down to 0.
  case doubling(first: Int = 10, last: Int = 1280)
  /// ECT (arXiv 2406.14548): `Δ/t = min(n(t)/q^k, 1)` in noise levels, `n(t) = 1 + 8/(1 + e^t)`, with `k`
  /// rising from 1 to `stages` in equal shares of training: from one step to 0 towards the continuous loss.
  case shrinking(ratio: Double = 2, stages: Int = 8)

  /// The two times of a sample.
  ///
  /// - Parameters:
  ///   - time: `t`, drawn; `s ≤ t ≤ T`.
  ///   - progress: the share of training that is done, from 0 to 1.
  /// - Returns: `t`, moved onto the grid where there is one, and `u`, with `s ≤ u ≤ t`.
  public func times(
    from time: Double, to endTime: Double, progress: Double, _ kind: InterpolantKind
  ) -> (time: Double, intermediate: Double) {
    switch self {
    case .constant(let step):
      return (time, max(time - step, endTime))
    case .doubling(let first, let last):
      let ratio = kind.noiseToSignal(at: time)
      let interval = KarrasGrid(intervals: intervals(first, last, progress)).interval(of: ratio)
      return (
        kind.time(noiseToSignal: interval.upper),
        max(kind.time(noiseToSignal: interval.lower), endTime)
      )
    case .shrinking(let base, let stages):
      let ratio = kind.noiseToSignal(at: time)
      let share = (1 + 8 / (1 + exp(ratio))) / pow(base, Double(1 + stage(progress, of: stages)))
      let lower = share < 1 ? ratio * (1 - share) : 0
      return (time, max(kind.time(noiseToSignal: lower), endTime))
    }
  }

  /// The number of intervals of ``doubling(first:last:)``: `min(first · 2^⌊k/K'⌋, last)`.
  private func intervals(_ first: Int, _ last: Int, _ progress: Double) -> Int {
    let stages = Int(log2(Double(last) / Double(first))) + 1
    return min(first << stage(progress, of: stages), last)
  }

  /// The stage of training, from 0 to `count − 1`.
  private func stage(_ progress: Double, of count: Int) -> Int {
    min(Int(progress * Double(count)), count - 1)
  }

  /// Moves drawn times onto the discretisation and puts `u` into the fractions.
  ///
  /// A fraction is at most `1 − 2⁻²⁰`, so that `t − u` is not zero even in single precision.
  public func apply<Scalar: BinaryFloatingPoint>(
    times: UnsafeMutableBufferPointer<Scalar>, endTimes: UnsafeMutableBufferPointer<Scalar>,
    fractions: UnsafeMutableBufferPointer<Scalar>, progress: Double, interpolant: InterpolantKind
  ) {
    for row in times.indices {
      let end = Double(endTimes[row])
      let (time, intermediate) = self.times(
        from: Double(times[row]), to: end, progress: progress, interpolant)
      let fraction = time > end ? (intermediate - end) / (time - end) : 0
      times[row] = Scalar(time)
      fractions[row] = Scalar(min(fraction, 1 - 0x1p-20))
    }
  }
}

/// Noise levels `(a + i (b − a)/N)^ρ` with `a^ρ = 0.002`, `b^ρ = 80`, `ρ = 7` (arXiv 2206.00364).
private struct KarrasGrid {
  private static let exponent = 7.0
  private static let lowest = pow(0.002, 1 / exponent)
  private static let highest = pow(80, 1 / exponent)
  let intervals: Int

  /// The interval that holds a level; the first reaches down to 0, the last up to any level.
  func interval(of level: Double) -> (lower: Double, upper: Double) {
    let span = (Self.highest - Self.lowest) / Double(intervals)
    let place = (pow(level, 1 / Self.exponent) - Self.lowest) / span
    let index = Int(min(max(place, 0), Double(intervals - 1)))
    func node(_ index: Int) -> Double {
      pow(Self.lowest + Double(index) * span, Self.exponent)
    }
    return (index == 0 ? 0 : node(index), max(node(index + 1), level))
  }
}

extension Discretization {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate(for interpolant: any Interpolant) throws(ConfigurationError) {
    switch self {
    case .constant(let step):
      if !(step >= 1e-4 && step <= interpolant.endTime) {
        throw ConfigurationError(
          setting: "discretisation step", value: "\(step)",
          accepted: "a number from 0.0001 to the duration \(interpolant.endTime)")
      }
    case .doubling(let first, let last):
      if !(first >= 2 && first <= last && last <= 1_000_000) {
        throw ConfigurationError(
          setting: "doubling discretisation", value: "\(first) to \(last) intervals",
          accepted: "whole numbers from 2 to 1000000, the first not above the last")
      }
    case .shrinking(let ratio, let stages):
      if !(ratio > 1 && ratio <= 100 && (1...64).contains(stages)) {
        throw ConfigurationError(
          setting: "shrinking discretisation", value: "ratio \(ratio), \(stages) stages",
          accepted: "a ratio above 1 and at most 100, 1 to 64 stages")
      }
    }
  }
}
