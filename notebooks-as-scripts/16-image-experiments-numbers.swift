// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import FlowMaps
import Foundation
import Interpolants
import Measures
import Probing

// The tables and the claims of figure 16.

/// How LED along the teacher's velocity goes with the Fréchet distance in one step, both in the logarithm.
struct LossCorrelations: Codable, Sendable {
  /// Over every run at every stage that was measured.
  let throughTraining: Correlation
  /// Over the ends of the runs.
  let atEnd: Correlation
  /// The mean of both over the seeds taken off, so that only differences of objectives and seeds at one stage count.
  let withinStages: Correlation

  /// - Precondition: three runs or more that ended.
  init(_ objectives: [String: [MeasuredImages]]) {
    let runs = objectives.sorted { $0.key < $1.key }.flatMap(\.value).filter { $0.failure == nil }
    func pairs(_ run: MeasuredImages) -> [(x: Double, y: Double)] {
      run.stages.compactMap { stage in
        guard let loss = stage.teacherLoss?.value, let distance = stage.readings[1]?.frechet,
          loss > 0, distance > 0
        else { return nil }
        return (log(loss), log(distance))
      }
    }
    let all = runs.map(pairs)
    throughTraining = Correlation(ofGroups: all)
    atEnd = Correlation(ofGroups: all.map { Array($0.suffix(1)) })
    let stages = all.map(\.count).min() ?? 0
    let means = (0..<stages).map { stage in
      (
        x: all.reduce(0) { $0 + $1[stage].x } / Double(all.count),
        y: all.reduce(0) { $0 + $1[stage].y } / Double(all.count)
      )
    }
    withinStages = Correlation(
      ofGroups: all.map { run in
        (0..<stages).map { (run[$0].x - means[$0].x, run[$0].y - means[$0].y) }
      })
  }

  var text: String {
    func line(_ name: String, _ correlation: Correlation) -> String {
      "  \(name): \(correlation.words)\n"
    }
    return
      "(i) Correlation of log LED, along the velocity of the teacher and told no class, with the log Fréchet\n"
      + "distance in one step; two standard errors of a jackknife over runs:\n\n"
      + line("all runs, all stages", throughTraining) + line("ends of all runs", atEnd)
      + line("differences at one stage", withinStages)
  }
}

extension Correlation {
  /// The number with its interval.
  var words: String {
    String(format: "%.2f", value)
      + String(format: " (%.2f to %.2f)", interval.lowerBound, interval.upperBound)
  }
}

extension [MeasuredImages] {
  /// The runs that ended.
  var ended: [MeasuredImages] { filter { $0.failure == nil } }

  /// The mean of the Fréchet distance over runs that ended.
  func frechet(_ steps: Int) -> Estimate { acrossSeeds(ended.map { $0.frechet(steps) }) }

  /// The deviation over runs, with the standard error it has for normal values.
  func spread(_ steps: Int) -> Estimate {
    let moments = RunningMoments(ended.map { $0.frechet(steps) })
    let deviation = moments.variance.squareRoot()
    return Estimate(
      value: deviation, standardError: deviation / Double(2 * (ended.count - 1)).squareRoot(),
      count: ended.count)
  }
}

extension ImageStudies {
  private static var columns: [String] {
    ImageExperiments.sampledSteps.map { "\($0) step\($0 == 1 ? "" : "s")" }
  }

  static func spreadTable(_ spread: [String: [MeasuredImages]]) -> String {
    let rows = ImageExperiments.spreadTimes.flatMap { setting in
      ImageExperiments.sampledSteps.map { steps -> [String] in
        let runs = spread[setting.name] ?? []
        return [
          setting.name, "\(steps)", "\(runs.frechet(steps))", "\(runs.spread(steps))",
          "\(runs.ended.count) of \(runs.count)",
        ]
      }
    }
    return "(a) The end of the interval at 0, or anywhere:\n\n"
      + textTable(["end time", "steps", "Fréchet", "deviation over seeds", "ended"], rows) + "\n"
  }

  static func guidanceTable(_ runs: [ImageExperiments.GuidedRun]) -> String {
    let rows = runs.map { run -> [String] in
      let measured = run.measured
      let guided = measured.guided.first?.readings[1]
      return [
        run.interpolant.rawValue, "\(run.width)", digits(run.scale),
        measured.failure == nil ? digits(measured.frechet(1)) : "diverged",
        digits(measured.frechet(2)), digits(measured.frechet(4)),
        measured.accuracy(1).map { "\($0)" } ?? "", measured.recall(1).map { "\($0)" } ?? "",
        guided.map { digits($0.frechet) } ?? "",
        guided?.agreement.map { "\($0.accuracy)" } ?? "",
      ]
    }
    return
      "(d) to (g) Guidance in training, and with \(digits(ImageExperiments.samplingScale)) in sampling on top (one step):\n\n"
      + textTable(
        ["interpolant", "width", "ω"] + columns
          + ["class accuracy", "recall", "Fréchet on top", "accuracy on top"], rows) + "\n"
  }

  static func objectivesTable(
    _ objectives: [String: [MeasuredImages]], teacher: MeasuredImages
  ) -> String {
    func row(_ name: String, _ runs: [MeasuredImages]) -> [String] {
      let seconds = runs.compactMap(\.secondsPerStep)
      return [name]
        + ImageExperiments.sampledSteps.map { "\(runs.frechet($0))" } + [
          "\(acrossSeeds(runs.ended.compactMap { $0.stages.last?.teacherLoss?.value }))",
          "\(runs.ended.count) of \(runs.count)",
          seconds.isEmpty ? "" : digits(1000 * seconds.reduce(0, +) / Double(seconds.count)),
        ]
    }
    return "(h) Objectives, an equal number of steps:\n\n"
      + textTable(
        ["objective"] + columns + ["LED, teacher's", "ended", "ms a step"],
        ImageExperiments.contenders.map { row($0.name, objectives[$0.name] ?? []) })
      + "\n\n  The teacher, flow matching twice as long, reads \(digits(teacher.frechet(1))), \(digits(teacher.frechet(2))) and "
      + "\(digits(teacher.frechet(4))).\n"
  }

  static func gridTable(_ cells: [GridCell], _ spaces: [LatentSpace]) -> String {
    let rows = cells.map { cell in
      [cell.space, cell.network, cell.weighting, "\(cell.parameterCount)"]
        + ImageExperiments.sampledSteps.map { "\(cell.measured.frechet($0))" }
    }
    let kept = spaces.map { space in
      "  \(space.name): error of a pixel \(digits(space.squaredError.value.squareRoot())) of a range of 2"
        + (space.sameClass.map { ", the classifier sees the same class in \($0)" } ?? "") + "\n"
    }
    return
      "(j) Networks, spaces and weightings, every row matched and distilled; distances of images of 28 × 28 pixels:\n\n"
      + textTable(["space", "network", "weighting", "parameters"] + columns, rows) + "\n\n"
      + kept.joined()
  }

  static func startTable(scratch: [MeasuredImages], _ initialized: [MeasuredImages]) -> String {
    let rows = [("from scratch", scratch), ("from flow matching", initialized)].map { name, runs in
      [name] + ImageExperiments.sampledSteps.map { "\(runs.frechet($0))" }
    }
    return "(k) iSD, from scratch and from where flow matching ended, equal time in all:\n\n"
      + textTable(["start"] + columns, rows) + "\n"
  }
}

// MARK: - Claims

extension ImageStudies {
  static func claims(_ data: Picture) -> [Claim] {
    spreadClaims(data.spread) + guidanceClaims(data.guidance) + objectiveClaims(data)
      + gridClaims(data.cells) + startClaims(data)
  }

  private static func spreadClaims(_ spread: [String: [MeasuredImages]]) -> [Claim] {
    guard let zero = spread["s=0"], let relaxed = spread["s<t"] else { return [] }
    let (wide, narrow) = (zero.spread(1), relaxed.spread(1))
    return [
      Claim(
        statement: "(a) With s = 0 the one-step distance spreads more over seeds than with s < t.",
        isShown: wide.isShown(above: narrow),
        evidence:
          "deviations \(wide) and \(narrow), a ratio of \(digits(wide.value / narrow.value))"
      ),
      Claim(
        statement: "(a) With s < t the one-step distance is smaller.",
        isShown: zero.frechet(1).isShown(above: relaxed.frechet(1)),
        evidence: "\(relaxed.frechet(1)) and \(zero.frechet(1))"),
    ]
  }

  private static func guidanceClaims(_ runs: [ImageExperiments.GuidedRun]) -> [Claim] {
    let middle = Set(runs.map(\.width)).sorted()
    guard middle.count == 3 else { return [] }
    let linear = runs.filter { $0.interpolant == .linear && $0.width == middle[1] }
      .filter { $0.measured.failure == nil }
    guard let weak = linear.first, let strong = linear.last,
      let low = weak.measured.accuracy(1), let high = strong.measured.accuracy(1),
      let wide = weak.measured.recall(1), let narrow = strong.measured.recall(1),
      let onTop = weak.measured.guided.first?.readings[1]?.agreement?.accuracy
    else { return [] }
    return [
      Claim(
        statement: "(f) A larger scale in training gives more samples their class.",
        isShown: high.isShown(above: low),
        evidence: "ω = \(digits(weak.scale)): \(low), \(digits(strong.scale)): \(high)"),
      Claim(
        statement: "(f) It costs coverage.", isShown: wide.isShown(above: narrow),
        evidence: "recall \(wide) and \(narrow)"),
      Claim(
        statement: "(g) Guidance in sampling on top of training's gives more samples their class.",
        isShown: onTop.isShown(above: low),
        evidence: "ω = \(digits(weak.scale)), without \(low), with \(onTop)"),
    ]
  }

  private static func objectiveClaims(_ data: Picture) -> [Claim] {
    let distances = ImageExperiments.contenders.compactMap { contender in
      data.objectives[contender.name].map { (name: contender.name, value: $0.frechet(1)) }
    }.filter { $0.value.value.isFinite }
    guard let best = distances.min(by: { $0.value.value < $1.value.value }),
      let matching = data.objectives[ImageExperiments.flowMatching],
      let ofBest = data.objectives[best.name]?.frechet(4)
    else { return [] }
    let beaten = distances.filter { $0.value.isShown(above: best.value) }.map(\.name)
    return [
      Claim(
        statement:
          "(h) In one step \(best.name) is nearer to the data than every other objective.",
        isShown: beaten.count == distances.count - 1,
        evidence:
          "\(best.value); shown of \(beaten.isEmpty ? "none" : beaten.joined(separator: ", "))"),
      Claim(
        statement: "(h) In four steps flow matching of as many steps is nearer than \(best.name).",
        isShown: ofBest.isShown(above: matching.frechet(4)),
        evidence: "\(matching.frechet(4)) and \(ofBest)"),
      Claim(
        statement: "(i) LED along the teacher's velocity goes with the one-step Fréchet distance.",
        isShown: data.correlations.throughTraining.interval.lowerBound > 0,
        evidence: data.correlations.throughTraining.words),
      Claim(
        statement: "(i) So it does at one stage of training, where it could choose an objective.",
        isShown: data.correlations.withinStages.interval.lowerBound > 0,
        evidence: data.correlations.withinStages.words),
    ]
  }

  /// Of one seed no claim can be made: an error over seeds is wanted.
  private static func gridClaims(_ cells: [GridCell]) -> [Claim] {
    guard cells.allSatisfy({ $0.measured.ended.count > 1 }) else { return [] }
    func difference(
      _ name: String, _ first: (GridCell) -> Bool, _ second: (GridCell) -> Bool
    ) -> Claim {
      let pairs = zip(cells.filter(first), cells.filter(second)).flatMap { left, right in
        zip(left.measured, right.measured).filter { $0.failure == nil && $1.failure == nil }
          .map { log($0.frechet(1) / $1.frechet(1)) }
      }
      let mean = acrossSeeds(pairs)
      return Claim(
        statement: "(j) \(name)", isShown: mean.isShown(below: 0),
        evidence: "mean log ratio of one-step distances \(mean), \(pairs.count) pairs")
    }
    return [
      difference("A U-Net is nearer than a transformer.") {
        $0.network == "U-Net"
      } _: {
        $0.network == "transformer"
      },
      difference("Adaptive weights are better than cosine weights.") {
        $0.weighting == "adaptive"
      } _: {
        $0.weighting == "cosine"
      },
      difference("Aligned latents are better than plain ones.") {
        $0.space == "aligned latents"
      } _: {
        $0.space == "latents"
      },
    ]
  }

  private static func startClaims(_ data: Picture) -> [Claim] {
    let scratch = data.objectives[ImageExperiments.improved] ?? []
    let gains = zip(scratch, data.initialized).filter { $0.failure == nil && $1.failure == nil }
      .map { log($1.frechet(1) / $0.frechet(1)) }
    let gain = acrossSeeds(gains)
    return [
      Claim(
        statement: "(k) Begun from flow matching iSD is nearer in one step after equal time.",
        isShown: gain.isShown(below: 0),
        evidence: "mean log ratio \(gain) over \(gains.count) seeds")
    ]
  }
}
