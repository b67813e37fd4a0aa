// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import GroundTruth
internal import Interpolants

/// Claim 9: consistency training is consistency distillation up to `O(Δ)`; solvers of order `p` leave a bias
/// `O(Δ^p)` (arXiv 2303.01469, theorem 2).
///
/// The statement is about updates per unit of `Δ`, `G = ∇L/Δ`; see ``ConsistencyGap`` for the derivation. It
/// needs the exact conditional expectation over the data behind `x_t`: with one draw a point the difference
/// of the targets is `Δ ∇f (v_c − v*)`, of order `Δ`, and only its mean vanishes. Of the loss values it does
/// not hold: `(L_CT − L_CD)/Δ²` tends to `E tr(∇f Σ ∇fᵀ)`, the variance term of claim 3. That ratio is
/// extrapolated to `Δ = 0` from the two smallest steps, which leaves an error `O(Δ²)`.
enum ConsistencyCheck: TheoryCheck {
  static let number = 9
  static let claim = "CD = CT + O(Δ) for updates per Δ; Euler bias O(Δ), Heun O(Δ²)"

  static func run(_ session: CheckSession) throws -> [Finding] {
    let target = try MixturePreset.four.mixture()
    return try InterpolantKind.allCases.flatMap { kind -> [Finding] in
      session.progress(kind.rawValue)
      let steps = (5...(session.isThorough ? 10 : 9)).map { kind.endTime / Double(1 << $0) }
      let gap = try ConsistencyGap(
        kind, target: target, steps: steps, count: session.isThorough ? 96 : 24,
        seed: session.seed, pool: session.pool)
      func slope(
        _ quantity: String, _ difference: KeyPath<ConsistencyGap.Point, Double>, _ order: Double,
        tolerance: Double
      ) -> Finding {
        let slope = gap.slope(of: difference)
        return Finding(
          "\(kind.rawValue): slope of \(quantity)", measured: slope.value,
          standardError: slope.standardError, .equals(order, tolerance: tolerance))
      }
      let ratios = gap.points.suffix(2).map(\.lossRatio)
      return [
        slope("‖CT − CD‖ in Δ", \.training, 1, tolerance: 0.1),
        slope("‖CT − its limit‖ in Δ", \.limit, 1, tolerance: 0.1),
        slope("the bias of Euler steps", \.euler, 1, tolerance: 0.1),
        slope("the bias of Heun steps", \.heun, 2, tolerance: 0.1),
        Finding(
          "\(kind.rawValue): (L_CT − L_CD)/Δ² over E tr(∇f Σ ∇fᵀ), Δ → 0",
          measured: 2 * ratios[1] - ratios[0], .equals(1, tolerance: 0.005)),
      ]
    }
  }
}
