// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Foundation
internal import Measures

/// Claim 12: what a trained map's losses say about its samples (arXiv 2505.18825).
///
/// Linear interpolant, `T = 1`, `L` the Lipschitz constant of `F(·; t, t)`,
/// `L_FM = ∫ E‖F(x_t; t, t) − v*‖² dt`; `y` follows `v*` and `ŷ` the network's velocity, both from the noise
/// `z`. By `2ab ≤ a² + b²` and Grönwall's inequality along `y`, `E‖ŷ_0 − y_0‖² ≤ e^{1+2L} L_FM`.
///
/// LSD: `X_s = f(z; T, s)` obeys `dX/ds = F(X; s, s) + r_s`. Grönwall's inequality once more gives
/// `E‖X_0 − ŷ_0‖² ≤ e^{1+2L} L_D`, with `L_D = ∫ E‖r_s‖² ds`; so
/// `W₂² ≤ E‖f − f*‖² ≤ 2e^{1+2L} (L_FM + L_D)`, twice below the published `4e^{1+2L} ε`.
///
/// ESD: along the network's flow `d/dt f(ŷ_t; t, 0) = D_{v̂} f`, hence `f(z; T, 0) − ŷ_0 = ∫ D_{v̂} f dt`
/// exactly, and `E‖f − f*‖² ≤ 2(L_D + e^{1+2L} L_FM)` with the residual on the law of `ŷ_t`. The published
/// `2e(1 + e^{2L}) ε` takes it on the law of `x_t`, where the loss is trained. Both are measured.
///
/// The residuals needed are those of the map from noise (LSD, `t = T`) and to data (ESD, `s = 0`). Averages over
/// all `s < t` bound neither: the residual could hide in the thin set of pairs that matters.
///
/// A largest slope over samples, even after ascent, is at most `L`. The right sides only grow with `L`, so the
/// measured bounds lie below the true ones and holding them is the harder test. The assigned `W₂²` between
/// samples is, in the mean, at least that between the laws, since `W₂²` is jointly convex.
///
/// The bounds are loose, so a mistake in a residual would hardly break them. The two exact identities would:
/// integrals of the residuals must give the map back to the error of Simpson's rule.
enum ErrorBoundsCheck: TheoryCheck {
  static let number = 12
  static let claim = "W₂² ≤ 4e^{1+2L} ε (LSD) and ≤ 2e(1 + e^{2L}) ε (ESD) for trained maps"

  static func run(_ session: CheckSession) throws -> [Finding] {
    session.progress("training with LSD and ESD")
    let experiment = ErrorBoundExperiment(
      target: try ErrorBoundExperiment.mildTarget(), steps: session.isThorough ? 4000 : 800,
      points: session.isThorough ? 4096 : 1024, assigned: session.isThorough ? 2000 : 600,
      seed: session.seed)
    let objectives: [Objective] = [.lagrangianSelfDistillation, .eulerianSelfDistillation]
    let readings = try parallelMap(objectives, threads: session.pool.threads) {
      try experiment.run($0)
    }
    return zip(objectives, readings).flatMap { findings($0, $1) }
  }

  private static func findings(
    _ objective: Objective, _ reading: ErrorBoundReading
  ) -> [Finding] {
    let isLagrangian = objective == .lagrangianSelfDistillation
    let name = isLagrangian ? "LSD" : "ESD"
    let (bound, published, formula) =
      isLagrangian
      ? (reading.lagrangianBound, reading.publishedLagrangianBound, "4e^{1+2L} ε")
      : (reading.eulerianBound, reading.publishedEulerianBound, "2e(1 + e^{2L}) ε")
    let error = reading.mapError
    return [
      // Simpson's rule with 64 intervals on a smooth network.
      Finding(
        "\(name): f(z;T,0) less the integral of its Lagrangian residual, largest",
        measured: reading.lagrangianIdentity, .atMost(1e-4)),
      Finding(
        "\(name): f(z;T,0) less the integral of its Eulerian residual, largest",
        measured: reading.eulerianIdentity, .atMost(1e-4)),
      Finding(
        "\(name): E‖F − v_c‖² − E tr Σ − E‖F − v*‖²",
        measured: reading.velocityErrorDifference.value,
        standardError: reading.velocityErrorDifference.standardError,
        .agrees(0, standardErrors: 4)),
      Finding(
        "\(name): W₂² between images of the same noise over E‖f − f*‖²",
        measured: reading.pairedSquaredDistance / reading.pairedMapError, .atMost(1 + 1e-12)),
      Finding(
        "\(name): E‖f − f*‖² over the derived bound (L found: \(rounded(reading.lipschitz)))",
        measured: error.value / bound, standardError: error.standardError / bound, .atMost(1)),
      Finding(
        "\(name): E‖f − f*‖² over \(formula)", measured: error.value / published,
        standardError: error.standardError / published, .atMost(1)),
      Finding(
        "\(name): W₂² of samples over \(formula) (two samples of data: "
          + "\(rounded(reading.floor.value / published)))",
        measured: reading.squaredDistance / published, .atMost(1)),
    ]
  }

  private static func rounded(_ value: Double) -> String {
    let exponent = value == 0 || !value.isFinite ? 0 : Int(log10(abs(value)).rounded(.down))
    let scale = pow(10, Double(2 - exponent))
    return "\((value * scale).rounded() / scale)"
  }
}
