// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth
public import Interpolants
public import RandomStreams

/// Pairs of data and noise with times, as an experiment feeds them to a program traced with
/// `TrainingSample.inputs`.
public struct PairBatch: Sendable {
  /// Where times come from, in units of `T`.
  public enum Times: Sendable, Equatable {
    /// `(t, s)` uniform on the triangle `0 ≤ s ≤ t ≤ T`.
    case triangle
    /// `t` uniform on `[0, T]` and `s = ratio · t`, `ratio` in `[0, 1]`.
    case ratio(Double)
    /// One `t` and one `s` for every row, `0 ≤ s ≤ t ≤ 1`.
    case fixed(t: Double, s: Double)
  }

  public let count: Int
  /// Data, row-major, `count × d`.
  public let data: [Double]
  /// Noise, row-major, `count × d`.
  public let noise: [Double]
  /// `t` and `s` of every row, in the interpolant's unit.
  public let times: [Double]
  public let endTimes: [Double]

  /// Batches of one stream share data and noise, and `t` where it is drawn alone: they differ in what
  /// `times` says and in nothing else.
  ///
  /// - Precondition: `count` is positive and the times are in range.
  public init(
    target: GaussianMixture, interpolant kind: InterpolantKind, count: Int, times: Times,
    stream: RandomStream
  ) {
    precondition(count > 0, "a batch has at least one pair, not \(count)")
    let end = kind.interpolant.endTime
    let uniforms = stream.appending("times").uniforms(rows: count, draws: 2)
    func column(_ time: (Double, Double) -> Double) -> [Double] {
      (0..<count).map { end * time(uniforms[2 * $0], uniforms[2 * $0 + 1]) }
    }
    self.count = count
    data = target.samples(count: count, stream: stream.appending("data"))
    noise = stream.appending("noise").normals(rows: count, draws: target.dimension)
    switch times {
    case .triangle:
      self.times = column { max($0, $1) }
      endTimes = column { min($0, $1) }
    case .ratio(let ratio):
      precondition((0...1).contains(ratio), "s/t = \(ratio) is outside [0, 1]")
      self.times = column { first, _ in first }
      endTimes = column { first, _ in ratio * first }
    case .fixed(let t, let s):
      precondition(0 <= s && s <= t && t <= 1, "times (\(t), \(s)) are not 0 ≤ s ≤ t ≤ 1")
      self.times = column { _, _ in t }
      endTimes = column { _, _ in s }
    }
  }

  /// Values of the inputs of `TrainingSample.inputs`, by name.
  public var inputs: [String: [Double]] {
    [
      "data": data, "noise": noise, "time": times, "endTime": endTimes,
      "fraction": Array(repeating: 0.5, count: count),
    ]
  }
}
