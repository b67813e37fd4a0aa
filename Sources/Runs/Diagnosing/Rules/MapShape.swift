// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Foundation
internal import Interpolants
internal import Networks
internal import Probing
internal import Training

// What is wrong with the map itself: too flat, or too large.

extension DiagnosisSubject {
  /// Far from the flow map, and flatter than at the start.
  ///
  /// The minimiser of direct training on one Gaussian of unit size is `f(x; T, 0) = c x` with `c = 1/(1 + π/2)` for the
  /// linear and `1/cosh(π/2)` for the trigonometric interpolant (claim 5), `(1 − c)²` of the data's size from the flow
  /// map: half of that is the bound. A map that is unfinished is as far away, but its variance term
  /// `E tr(∇f Σ ∇fᵀ)` grows towards that of the flow map; a degenerate one has bought a smaller one with LED
  /// (claims 3 and 4). The LED itself cannot be low there: `E‖f − f*‖² ≤ T² LED`, by the mean along trajectories.
  var degeneracy: Verdict {
    guard let dataSize, dataSize > 0, let error = readings(.flowMapError).last else {
      return .unknown("the flow-map error takes a source whose law is known")
    }
    let guidance = configuration.loss.guidance
    guard configuration.network.classCount == 0 || (guidance.scale == 1 && !guidance.isDrawn) else {
      return .unknown("the run is guided, so that the plain flow map is not what it learns")
    }
    let variances = readings(.varianceTermAtZero)
    guard let first = variances.first, let last = variances.last, variances.count >= 2 else {
      return .unknown("the variance term is not measured")
    }
    let shrink =
      configuration.interpolant == .linear ? 1 / (1 + Double.pi / 2) : 1 / cosh(Double.pi / 2)
    let evidence = [
      Diagnosis.Evidence(
        "flow-map error over E|x|²", error.value / dataSize,
        bound: .init(
          (1 - shrink) * (1 - shrink) / 2,
          "half of what direct training's minimiser on one Gaussian has, claim 5")),
      Diagnosis.Evidence(
        "variance term at the end over that at the start",
        last.value / max(first.value, .leastNormalMagnitude),
        bound: .init(1, "below it the map has become flatter; towards the flow map it grows")),
    ]
    let isFar = evidence[0].value > evidence[0].bound?.value ?? .infinity
    guard isFar && evidence[1].value < 1 else { return .clear(evidence) }
    let led = readings(.eulerianLossAtZero).last.map {
      Diagnosis.Evidence("LED at s = 0, which a flow map has not", $0.value)
    }
    return .found(evidence + [led].compactMap { $0 }, advice: degeneracyAdvice)
  }

  private var degeneracyAdvice: String {
    switch configuration.loss.objective {
    case .directFull:
      "Direct training pays for the scatter of single velocities by a flatter map. Stop its target (--objective "
        + "direct-semi) or distil the network's own velocity (--objective isd)."
    default:
      "The loss rewards a small Jacobian. Look for velocities of single pairs that pass the gradient (claim 4), and "
        + "for a weighting that is biased where targets scatter (claim 16): --weighting none."
    }
  }

  /// `E|f(z; T, 0)|²` against the larger of what the flow map begins and ends with, `d` and `E|x|²`: four times that is
  /// twice as far out. Where only the flow-map error is known, `√E|f|² ≥ √E‖f − f*‖² − √E|f*|²` says the same from nine
  /// times on.
  var mapSize: Verdict {
    guard let dataSize else { return .unknown("the size of the data is not measured") }
    let reference = max(dataSize, Double(configuration.network.dimension))
    var evidence: [Diagnosis.Evidence] = []
    if let size = mapSizes.last {
      evidence.append(
        Diagnosis.Evidence(
          "E|f(z; T, 0)|² at step \(size.step), over the larger of E|x|² and d",
          size.value / reference,
          bound: .init(4, "twice as far out as data and noise")))
    }
    if let error = readings(.flowMapError).last {
      evidence.append(
        Diagnosis.Evidence(
          "flow-map error at step \(error.step), over the larger of E|x|² and d",
          error.value / reference,
          bound: .init(9, "then E|f|² is above 4 by the triangle inequality")))
    }
    guard !evidence.isEmpty else { return .unknown("no checkpoint and no flow-map error") }
    guard evidence.contains(where: { !($0.value <= $0.bound?.value ?? .infinity) }) else {
      return .clear(evidence)
    }
    let course =
      mapSizes.count < 2
      ? []
      : [mapSizes[0], mapSizes[mapSizes.count / 2]].map {
        Diagnosis.Evidence("E|f(z; T, 0)|² at step \($0.step)", $0.value)
      }
    return .found(evidence + course, advice: sizeAdvice)
  }

  private var sizeAdvice: String {
    let loop = configuration.loss.objective.isSelfDistillation
    guard loop else {
      return "Take smaller steps, and look whether the loss is bounded below for a map that grows."
    }
    guard configuration.interpolant == .trigonometric else {
      return
        "The network's velocity teaches its map, and errors come back as targets. A teacher of its own (--teacher) or exact "
        + "velocities end the loop (seen in the lab); a smaller learning rate delays it."
    }
    // What the run has already is no advice.
    var helped = [
      "times below 0.9 T", "a teacher of its own (--teacher)", "the linear interpolant",
    ]
    if case .cosinePseudoHuber = configuration.loss.weighting {
    } else {
      helped.insert("--weighting cosine", at: 0)
    }
    return
      "Trigonometric self-distillation runs away through the corner t − s → π/2, where A' falls to 0; the loss looks calm "
      + "meanwhile (seen in the lab). What was seen to help: \(helped.joined(separator: ", "))."
  }
}
