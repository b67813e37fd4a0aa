// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import FlowMaps
internal import GroundTruth
public import Measures
public import RandomStreams

/// How much single samples of an objective scatter, as a function of `s/t`.
///
/// All ratios see the same data, noise and `t`, so that they differ by the end time alone and their
/// differences are measured pairwise.
public struct NoiseProfile: Sendable, Codable {
  /// One ratio `s/t`.
  public struct Point: Sendable, Codable {
    public let ratio: Double
    /// The variance of the per-sample loss.
    public let lossVariance: Estimate
    /// The trace of the covariance of the per-sample gradient.
    public let gradientVariance: Estimate
    /// What the variances at `s = 0` have above those here, pair by pair.
    public let lossExcessAtZero: Estimate
    public let gradientExcessAtZero: Estimate
  }

  public let objective: Objective
  public let points: [Point]

  /// - Parameters:
  ///   - ratios: values of `s/t`, the first of them 0.
  ///   - count: pairs, two or more.
  /// - Throws: `EngineError`.
  public init(
    _ objective: Objective, _ experiment: SampleGradients, ratios: [Double], count: Int,
    stream: RandomStream, threads: Int
  ) throws {
    precondition(ratios.first == 0, "the ratios \(ratios) do not start at 0")
    precondition(count > 1, "standard errors need two pairs or more, not \(count)")
    var reference: (loss: [Double], gradient: [Double])?
    var points: [Point] = []
    for ratio in ratios {
      let batch = PairBatch(
        target: experiment.target, interpolant: experiment.interpolant, count: count,
        times: .ratio(ratio), stream: stream)
      let losses = try experiment.evaluate([objective], batch, threads: threads)[0]
      let (loss, gradient) = (losses.squaredLossDeviations, losses.squaredDeviations)
      let zero = reference ?? (loss, gradient)
      reference = zero
      func excess(_ above: [Double], _ here: [Double]) -> Estimate {
        Estimate(meanOf: zip(above, here).map { $0 - $1 })
      }
      points.append(
        Point(
          ratio: ratio, lossVariance: Estimate(meanOf: loss),
          gradientVariance: Estimate(meanOf: gradient),
          lossExcessAtZero: excess(zero.loss, loss),
          gradientExcessAtZero: excess(zero.gradient, gradient)))
    }
    self.objective = objective
    self.points = points
  }
}
