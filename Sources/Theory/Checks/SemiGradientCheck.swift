// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
import Measures
internal import Networks
internal import RandomStreams
import Training

/// Claim 7: with the target stopped, conditional velocities change the variance of an update and not its mean.
///
/// The gradient of `‖F − sg(F + D_w f)‖²` is `−2 Jᵀ D_w f`, `J = ∂F/∂θ`, and affine in `w`. With `w = v_c`
/// instead of `v*` it gains `δ = −2 Jᵀ ∇f (v_c − v*)`, and `E[v_c − v* | x_t] = 0` gives `E δ = 0`:
/// directSemi and eulerianSemi have the same expected update. Being a martingale difference, `δ` is
/// uncorrelated with the gradient of eulerianSemi, and its covariance is `4 E[Jᵀ ∇f Σ ∇fᵀ J]`; so
/// `E‖g_direct‖² − E‖g_eulerian‖² = 4 E tr(∇f Σ ∇fᵀ J Jᵀ)`, which is computed sample by sample and held against
/// the gradients themselves. A batch of `B` divides it by `B`.
///
/// With the full gradient the means do differ (claim 4): the same measurement finds that, so it has power.
enum SemiGradientCheck: TheoryCheck {
  static let number = 7
  static let claim = "directSemi and eulerianSemi: equal mean updates, predicted extra variance"

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { try findings($0, session) }
  }

  private static func findings(
    _ kind: InterpolantKind, _ session: CheckSession
  ) throws -> [Finding] {
    session.progress(kind.rawValue)
    let target = try MixturePreset.skewed3.mixture()
    let network = MultilayerPerceptron(width: 16, depth: 2)
    let configuration = TrainingConfiguration(
      interpolant: kind, network: network, loss: TrainingLoss(objective: .eulerianSemi),
      batch: 128, steps: 200, seed: session.seed)
    let parameters = try trainingStages(
      configuration, target: target, stages: [100], pool: session.pool)[0]
    let experiment = SampleGradients(
      network: network, parameters: parameters, target: target, interpolant: kind)
    let batch = PairBatch(
      target: target, interpolant: kind, count: session.isThorough ? 60_000 : 25_000,
      times: .triangle, stream: RandomStream(seed: session.seed, purpose: .check7Pairs))
    let threads = session.pool.threads
    let semi = try experiment.evaluate([.directSemi, .eulerianSemi], batch, threads: threads)
    let full = try experiment.evaluate([.directFull, .eulerianFull], batch, threads: threads)
    let predicted = try experiment.predictedExtraVariance(batch, threads: threads)
    return means(kind, semi, full) + variances(kind, semi, predicted)
  }

  // MARK: Means

  private static func means(
    _ kind: InterpolantKind, _ semi: [SampleGradients.Losses], _ full: [SampleGradients.Losses]
  ) -> [Finding] {
    let (noise, bias) = (Difference(semi[0], semi[1]), Difference(full[0], full[1]))
    // A hundred batches, so that means over them are normal whatever the tails of single samples.
    let alongUpdate = noise.projection(on: semi[1].meanGradient)
    let updateSize = semi[1].meanGradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return [
      Finding(
        "\(kind.rawValue): directSemi − eulerianSemi along the mean update",
        measured: alongUpdate.value, standardError: alongUpdate.standardError,
        .agrees(0, standardErrors: 4)),
      Finding(
        "\(kind.rawValue): the mean update in those standard errors",
        measured: updateSize / alongUpdate.standardError, .atLeast(20)),
      // P(|z| > 5.5) = 4e-8; over some four hundred parameters, 2e-5.
      Finding(
        "\(kind.rawValue): largest |mean difference| of a parameter, in standard errors",
        measured: noise.largestScore, .atMost(5.5)),
      Finding(
        "\(kind.rawValue): the same for directFull − eulerianFull, which are not equal",
        measured: bias.largestScore, .atLeast(10)),
    ]
  }

  /// Differences of two gradients, sample by sample.
  private struct Difference {
    private let left: SampleGradients.Losses
    private let right: SampleGradients.Losses

    init(_ left: SampleGradients.Losses, _ right: SampleGradients.Losses) {
      self.left = left
      self.right = right
    }

    /// The mean difference along a direction, with its error over batches of samples.
    func projection(on vector: [Double]) -> Estimate {
      let size = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let count = left.parameterCount
      return batched { row in
        vector.indices.reduce(0) { sum, index in
          let place = row * count + index
          return sum + vector[index] / size * (left.gradients[place] - right.gradients[place])
        }
      }
    }

    /// The largest mean difference of any parameter that has one, in its standard errors.
    var largestScore: Double {
      let count = left.parameterCount
      var largest = 0.0
      for index in 0..<count {
        let mean = Estimate(
          meanOf: left.values.indices.map {
            left.gradients[$0 * count + index] - right.gradients[$0 * count + index]
          })
        if mean.standardError > 0 { largest.take(abs(mean.value) / mean.standardError) }
      }
      return largest
    }

    private func batched(_ value: (Int) -> Double) -> Estimate {
      let (batches, rows) = (100, left.values.count)
      return Estimate(
        meanOf: (0..<batches).map { batch in
          let range = rows * batch / batches..<rows * (batch + 1) / batches
          return range.reduce(0) { $0 + value($1) } / Double(range.count)
        })
    }
  }

  // MARK: Variances

  private static func variances(
    _ kind: InterpolantKind, _ semi: [SampleGradients.Losses], _ predicted: [Double]
  ) -> [Finding] {
    let measured = zip(semi[0].squaredNorms, semi[1].squaredNorms).map { $0 - $1 }
    let mean = Estimate(meanOf: predicted)
    // The ratio of two means over the same samples, by the delta method.
    let gap = Estimate(meanOf: zip(measured, predicted).map { $0 - $1 })
    let ratio = 1 + gap.value / mean.value
    let error = gap.standardError / mean.value
    return [
      Finding(
        "\(kind.rawValue): extra variance of the gradient, measured over predicted",
        measured: ratio, standardError: error, .agrees(1, standardErrors: 4)),
      Finding(
        "\(kind.rawValue): relative standard error of that ratio", measured: error, .atMost(0.1)),
      Finding(
        "\(kind.rawValue): predicted extra variance over that of eulerianSemi itself",
        measured: mean.value / Estimate(meanOf: semi[1].squaredDeviations).value, .atLeast(0.1)),
    ]
  }
}
