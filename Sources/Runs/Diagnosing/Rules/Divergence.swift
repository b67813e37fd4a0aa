// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Foundation
internal import Training

// A number that is not finite ends a run (see `NonFiniteError`). Until the optimiser's running moments have forgotten
// their start its steps are as large as the learning rate, whatever the gradients are; a run that breaks there breaks on
// that, and one that breaks later on its objective.

extension DiagnosisSubject {
  var earlyDivergence: Verdict {
    divergence(where: lastStep <= settlingSteps) {
      if lastStep == 0 {
        return
          "No step was made, so that the learning rate is not the cause: look at the settings of the loss and the scale "
          + "of the data."
      }
      return String(
        format:
          "Begin with a smaller learning rate: %.2g in the place of %.2g, or let it rise over %d steps "
          + "(--warm-up). If that is not enough, limit the gradient (--clip 1).",
        configuration.schedule.peak / 10, configuration.schedule.peak,
        max(settlingSteps / 10, 1))
    }
  }

  var lateDivergence: Verdict {
    divergence(where: lastStep > settlingSteps) {
      let rate = "Let the learning rate fall towards the end, or limit the gradient (--clip 1)."
      guard configuration.loss.objective.isSelfDistillation else { return rate }
      return
        "The network teaches itself here: errors of its velocity come back as targets (seen in long runs of the lab). "
        + "A teacher of its own (--teacher) ends the loop. \(rate)"
    }
  }

  /// Steps until the running second moment, or without one the momentum, is made of the run's own gradients:
  /// `1/(1 − β₂)`; the steps of the warm-up where those are more.
  private var settlingSteps: Int {
    let decay: Double
    switch configuration.optimizer {
    case .adam(_, let beta2, _), .adamW(_, let beta2, _, _), .radam(_, let beta2, _),
      .muon(_, _, _, _, let beta2, _):
      decay = beta2
    case .sgd(let momentum): decay = momentum
    }
    let memory = decay < 1 ? (1 / (1 - decay)).rounded() : 1
    return max(Int(min(memory, 1e9)), configuration.schedule.warmUpSteps)
  }

  private func divergence(where isHere: Bool, advice: () -> String) -> Verdict {
    guard let state else { return .unknown("the folder does not record how the run fared") }
    let evidence = [
      Diagnosis.Evidence(
        "last finite step", Double(lastStep),
        bound: .init(
          Double(settlingSteps),
          "steps in which the optimiser's moments settle, 1/(1 − β₂), or the warm-up")
      ),
      Diagnosis.Evidence("steps asked for", Double(configuration.steps)),
    ]
    guard state == .diverged else { return .clear([]) }
    guard isHere else { return .clear(evidence) }
    let losses = readings("loss")
    let course = [losses.first, losses.dropFirst().last].compactMap { $0 }.map {
      Diagnosis.Evidence("loss at step \($0.step)", $0.value)
    }
    return .found(evidence + course, advice: advice())
  }
}
