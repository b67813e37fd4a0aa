// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import FlowMaps
internal import GroundTruth
internal import Networks
internal import Probing
internal import Training

extension ResolvedRun {
  /// The names of the numbers that rows of metrics of the run have, as far as they are known before; readings of
  /// samples in features by what they begin with, `steps.2/…`.
  var measuredNames: [String] {
    let metrics = Metric.allCases.filter(canMeasure)
    var names = TrainingStatistics.names + configuration.loss.parts.map(\.rawValue)
    let decays: [Double?] = [nil] + configuration.averageDecays
    for decay in decays {
      names += metrics.map { $0.key(average: decay) }
      for steps in features?.steps ?? [] {
        names.append(FeatureSettings.prefix(steps: steps, average: decay) + "…")
      }
    }
    return names
  }

  private func canMeasure(_ metric: Metric) -> Bool {
    if configuration.alwaysTellsClass && metric.asksUntold { return false }
    let hasLaw = source.law != nil
    switch metric.need {
    case .samples: return true
    case .exact: return hasLaw
    case .matrices:
      return hasLaw && source.data.dimension <= MeasurementNeed.largestMatrixDimension
    case .teacher: return configuration.teacher != nil
    case .classes: return hasLaw && configuration.network.classCount > 0
    }
  }
}
