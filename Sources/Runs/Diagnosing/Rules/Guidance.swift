// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Networks
internal import Probing
internal import Training

extension DiagnosisSubject {
  /// The share of samples within the modes below which guidance has carried most of them out; exact samples in two
  /// dimensions have 0.99.
  private static let leastShare = 0.5

  /// An error `e` of the unguided branch enters the target as `(1 − ω) e` (see `Guidance`): from `ω = 2` on training
  /// amplifies it instead of damping it. That alone is no fault; together with a guided map that is farther from the exact
  /// one than sending all noise to the origin, or with most samples outside the modes, it is.
  var guidance: Verdict {
    let guidance = configuration.loss.guidance
    let scale = guidance.largestScale ?? guidance.scale
    guard configuration.network.classCount > 0 else {
      return .unknown("the network is told no class")
    }
    var signs: [Diagnosis.Evidence] = []
    if let dataSize, let error = readings(.guidedMapError).last {
      signs.append(
        Diagnosis.Evidence(
          "guided flow-map error over E|x|²", error.value / dataSize,
          bound: .init(1, "a map that sends all noise to the origin is that far away")))
    }
    if let share = readings(.fractionInsideModes).last {
      signs.append(
        Diagnosis.Evidence(
          "fraction of samples inside modes", share.value,
          bound: .init(Self.leastShare, "below it most samples have left the modes")))
    }
    let evidence =
      [
        Diagnosis.Evidence(
          "guidance scale ω", scale,
          bound: .init(2, "above it errors of the unguided branch are amplified, |1 − ω| > 1"))
      ] + signs
    guard scale > 2 else { return .clear(evidence) }
    guard !signs.isEmpty else {
      return .unknown("neither a guided map nor modes to hold it against")
    }
    let isBad = signs.contains { sign in
      sign.bound.map {
        sign.quantity.hasPrefix("fraction") ? sign.value < $0.value : sign.value > $0.value
      }
        ?? false
    }
    guard isBad else { return .clear(evidence) }
    return .found(
      evidence,
      advice:
        "Train with a scale of 1.5 to 2 (--guidance) and strengthen it in sampling (sample --scale), where scales "
        + "multiply for velocities (seen in the lab); or train longer, so that the unguided branch has learnt its velocity."
    )
  }
}
