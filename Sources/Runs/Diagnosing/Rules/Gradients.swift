// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Foundation
internal import Measures
internal import Training

extension DiagnosisSubject {
  /// Rows before the one that is looked at: fewer have no median to speak of.
  private static let fewestRows = 4

  /// The largest gradient norm of a row's steps against the median of the rows up to it.
  ///
  /// Gradients that fall from a large start are no explosion, hence the median of what came before. If norms scatter
  /// about their median by their own size, which is much, the largest of `N` of them is expected at
  /// `1 + √(2 ln N)`; the bound is twice that.
  var gradients: Verdict {
    let means = readings("gradientNorm").filter { $0.step > 0 }
    let largest = readings("gradientNormMaximum").filter { $0.step > 0 }
    guard means.count >= Self.fewestRows, means.count == largest.count else {
      return .unknown("fewer than \(Self.fewestRows) rows of gradient norms")
    }
    let worst = (Self.fewestRows - 1..<means.count).map { index in
      (
        step: largest[index].step,
        ratio: largest[index].value
          / max(median(means[...index].map(\.value)), .leastNormalMagnitude)
      )
    }.max { $0.ratio < $1.ratio }
    guard let worst else { return .unknown("no rows of gradient norms") }
    let count = Double(max(lastStep, 2))
    let bound = 2 * (1 + (2 * log(count)).squareRoot())
    let evidence = [
      Diagnosis.Evidence(
        "largest gradient norm up to step \(worst.step) over the median before it", worst.ratio,
        bound: .init(
          bound, "2(1 + √(2 ln N)), twice the largest of N norms that scatter by their own size"))
    ]
    guard worst.ratio > bound else { return .clear(evidence) }
    return .found(
      evidence, advice: "\(placementAdvice) Limiting the gradient (--clip 1) buys time.")
  }

  /// What to change, by where the objective stops the gradient.
  private var placementAdvice: String {
    switch configuration.loss.objective {
    case .eulerianSelfDistillation:
      "ESD stops the gradient of the spatial derivative alone, which makes its update ill-posed: errors of high frequency "
        + "grow, the faster the finer the network resolves (claim 15). iSD (--objective isd) has the same fixed point "
        + "and a coercive update."
    case .directFull, .eulerianFull, .eulerianSelfDistillationUnstopped, .lagrangianFull:
      "The objective has no stopped target: its second variation is not negative, but stiff (claim 15). The same with "
        + "the target stopped (--objective \(stopped)) is not; otherwise take smaller steps."
    default:
      "The target is stopped as a whole, so that the placement of the stop is not the cause: a smaller learning rate, "
        + "relaxed times and a larger batch calm the gradient."
    }
  }

  private var stopped: String {
    let objective: Objective =
      switch configuration.loss.objective {
      case .directFull: .directSemi
      case .eulerianFull: .eulerianSemi
      case .lagrangianFull: .lagrangianSelfDistillation
      default: .improvedSelfDistillation
      }
    return objective.shortName
  }
}

/// The middle of some numbers, of an even count the mean of the two in the middle; not a number for none.
private func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
