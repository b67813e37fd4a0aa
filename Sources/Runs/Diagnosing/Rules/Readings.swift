// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Measures
internal import Probing

// Numbers that mean less than they seem to.

extension DiagnosisSubject {
  var eigenvalues: Verdict {
    guard !spectra.isEmpty else { return .unknown("no spectrum or landscape in the folder") }
    let evidence = spectra.map {
      Diagnosis.Evidence(
        "\($0.file), \($0.isConverged ? "converged" : "not converged"): largest residual over its eigenvalue",
        $0.largestRelativeResidual)
    }
    guard spectra.contains(where: { !$0.isConverged }) else { return .clear(evidence) }
    return .found(
      evidence,
      advice:
        "A residual bounds how far an exact eigenvalue can be; directions of a cluster mix freely within it. Probe "
        + "again for fewer eigenvalues (--largest, --smallest) or with a looser --tolerance.")
  }

  /// Within two standard errors of what two exact samples score.
  var noiseFloor: Verdict {
    let key = Metric.slicedWasserstein.key()
    guard let floor = floors[key], let value = rows.last?.estimate(of: .slicedWasserstein) else {
      return .unknown("sliced W2 or its floor is not measured")
    }
    let error =
      (value.standardError * value.standardError + floor.standardError * floor.standardError)
      .squareRoot()
    let evidence = [
      Diagnosis.Evidence(
        "sliced W2", value.value,
        bound: .init(
          floor.value + 2 * error, "between two exact samples of this size, and two standard errors"
        ))
    ]
    guard value.value <= floor.value + 2 * error else { return .clear(evidence) }
    return .found(
      evidence,
      advice:
        "Samples cannot be told from data with so many points: choose between runs by the flow-map error, or "
        + "measure with more (--evaluation-points).")
  }
}
