// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Foundation
internal import GroundTruth
internal import Measures

/// Claim 16: adaptive weighting `ℓ/sg(ℓ + η)^p` is biased for targets with conditional noise, and the
/// relative bias falls like `1/d`.
///
/// The gradient is that of `w ‖F − v_c‖²` with `w` held, so training rests where
/// `F(x) = E[w v_c|x]/E[w|x]`. For `p = 1` this is a stationary point of `E[log(ℓ + η)|x]`: not the mean of
/// the velocities but the location of a heavy-tailed law fitted to them. Both agree if the law of `v_c` given
/// `x_t` is symmetric about its mean, as for one Gaussian. Otherwise, with `ℓ` the mean over `d`
/// independent coordinates, `ℓ = ℓ̄ + O(d^{−1/2})` and
///
///     F_j − v*_j = −p κ_j / (d (ℓ̄ + η)) · (1 + O(1/d)),    κ_j = E[(v_j − v*_j)³ | x].
///
/// So the relative bias is `a/d (1 + c/d + …)`, and its slope between `d` and `2d` is
/// `−1 − c/(2 d ln 2) + …`. The dimension that counts is the number of independent scattering coordinates:
/// data in a plane of a space of dimension `d` keep their bias until `ℓ`, which falls like `1/d`,
/// is below `η`.
///
/// The exact fixed point is solved by quadrature (see ``ConditionalVelocity/fixedPoint(_:dimension:)``),
/// by sampling, which shares nothing with it but the law, and by training.
enum AdaptiveWeightingCheck: TheoryCheck {
  static let number = 16
  static let claim =
    "adaptive weighting rests at E[w v_c|x]/E[w|x], not v*; the relative bias falls like 1/d"

  static func run(_ session: CheckSession) throws -> [Finding] {
    let experiment = WeightingExperiment(
      coordinate: try WeightingExperiment.skewed(), seed: session.seed,
      threads: session.pool.threads)
    return try symmetricFindings(session) + asymptoticFindings(experiment, session)
      + sampledFindings(experiment, session) + planeFindings(experiment, session)
      + trainedFindings(experiment, session)
  }

  /// One Gaussian: no bias, in any dimension, though the law scatters.
  private static func symmetricFindings(_ session: CheckSession) throws -> [Finding] {
    let gaussian = WeightingExperiment(
      coordinate: try GaussianMixture(weights: [1], means: [[0.5]], deviation: 0.7),
      seed: session.seed, threads: session.pool.threads)
    let bias = try gaussian.predicted(gaussian.points(count: 8, dimension: 3, largest: 3))
    return [
      Finding(
        "relative bias for one Gaussian, d = 3", measured: bias.relative.value, .atMost(1e-9))
    ]
  }

  /// The law of large dimensions: amplitude against `κ`, and the slope `−1`.
  private static func asymptoticFindings(
    _ experiment: WeightingExperiment, _ session: CheckSession
  ) throws -> [Finding] {
    session.progress("quadrature in high dimension")
    // The coordinates of d = 512, and each of them twice: with the same coordinates in both, their scatter
    // cancels in the slope.
    let half = experiment.points(
      count: session.isThorough ? 32 : 6, dimension: 512, largest: 512)
    let readings = try [half, half.map { $0 + $0 }].map { points in
      (exact: try experiment.predicted(points), leading: try experiment.leading(points))
    }
    let slope = WeightingBias.slope(readings.map(\.exact))
    let ratios = readings.map { $0.exact.relative.value / $0.leading.relative.value }
    return [
      // Of the next order, c/(2·512 ln 2) and c/1024, allowing |c| = 10; quadrature gives about 1.
      Finding(
        "predicted slope of the relative bias, d = 512 to 1024", measured: slope.value,
        .equals(-1, tolerance: 10 / (1024 * log(2)))),
      Finding(
        "bias over −p κ/(d (ℓ̄ + η)), d = 1024", measured: ratios[1],
        .equals(1, tolerance: 10 / 1024)),
      // R = 1 + c/d + O(1/d²): the term in c drops out of 2 R(2d) − R(d).
      Finding(
        "the same extrapolated from d = 512 and 1024", measured: 2 * ratios[1] - ratios[0],
        .equals(1, tolerance: 100 / (512 * 512))),
    ]
  }

  static let dimensions = [1, 2, 4, 8, 16, 32, 64]

  /// Fixed points of drawn velocities against quadrature for `d = 1…64`, and the measured slope.
  private static func sampledFindings(
    _ experiment: WeightingExperiment, _ session: CheckSession
  ) throws -> [Finding] {
    let count = session.isThorough ? 512 : 96
    var predicted: [WeightingBias] = []
    var sampled: [WeightingBias] = []
    for dimension in dimensions {
      session.progress("sampled fixed points, d = \(dimension)")
      let points = experiment.points(count: count, dimension: dimension, largest: 64)
      predicted.append(try experiment.predicted(points))
      sampled.append(try experiment.sampled(points, draws: session.isThorough ? 16384 : 4096))
    }
    var findings = zip(predicted, sampled).map { predicted, sampled in
      let difference = WeightingBias.ratio(sampled, to: predicted)
      return Finding(
        "sampled over predicted squared bias, d = \(predicted.dimension)",
        measured: difference.value, standardError: difference.standardError,
        .agrees(1, standardErrors: 4))
    }
    let large = zip(predicted, sampled).filter { $0.0.dimension >= 16 }
    let (expected, slope) = (
      WeightingBias.slope(large.map(\.0)), WeightingBias.slope(large.map(\.1))
    )
    // Slopes of the exact law over these dimensions differ from −1 by c (1/16 − 1/64)/ln 4, allowing
    // |c| = 2; quadrature gives about 1.
    let beyondLeading = 2 * (1.0 / 16 - 1.0 / 64) / log(4)
    findings += [
      Finding(
        "sampled slope of the relative bias, d = 16 to 64", measured: slope.value,
        standardError: slope.standardError,
        .equals(-1, tolerance: beyondLeading + 4 * slope.standardError)),
      Finding(
        "sampled slope against the predicted one, d = 16 to 64",
        measured: slope.value - expected.value, standardError: slope.standardError,
        .agrees(0, standardErrors: 4)),
    ]
    return findings
  }

  /// Two scattering coordinates in a space of dimension 64: `ℓ` shrinks, but does not concentrate.
  private static func planeFindings(
    _ experiment: WeightingExperiment, _ session: CheckSession
  ) throws -> [Finding] {
    let points = experiment.points(
      count: session.isThorough ? 512 : 96, dimension: 2, largest: 2)
    let alone = try experiment.predicted(points).relative.value
    let within = try experiment.predicted(points, dimension: 64).relative.value
    return [
      // Independent coordinates would have made it 32 times smaller.
      Finding(
        "bias of a plane in d = 64 over that of the plane alone", measured: within / alone,
        .atLeast(4.0 / 32))
    ]
  }

  /// Networks leave `v*` towards the predicted field by more than they miss `v*` without the weight.
  ///
  /// Training of finite length need not arrive: where the law of `v_c` has two humps, `E[log(ℓ + η)]` is nearly
  /// flat between them.
  private static func trainedFindings(
    _ experiment: WeightingExperiment, _ session: CheckSession
  ) throws -> [Finding] {
    let experiment = WeightingExperiment(
      coordinate: experiment.coordinate, time: WeightingExperiment.trainingTime,
      seed: session.seed, threads: session.pool.threads)
    return try [2, 4].map { dimension in
      session.progress("training, d = \(dimension)")
      let trained = try experiment.trained(
        experiment.points(count: 512, dimension: dimension, largest: 8),
        seeds: session.isThorough ? 5 : 2, steps: session.isThorough ? 16000 : 4000)
      let (share, control) = (trained.share, trained.control)
      return Finding(
        "share of the predicted bias in a trained network, d = \(dimension) (error of one without "
          + "the weight: \((control.value * 1000).rounded() / 1000))",
        measured: share.value, standardError: share.standardError,
        .atLeast(abs(control.value) + 4 * (share.standardError + control.standardError)))
    }
  }
}
