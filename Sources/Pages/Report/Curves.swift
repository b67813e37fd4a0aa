// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Foundation
internal import Measures
internal import Plotting
internal import Probing
internal import Runs
internal import Training

/// A number of the metrics over the steps of a run.
private struct Series {
  /// In the markup of plots.
  let label: String
  let steps: [Double]
  let values: [Double]
  /// Standard errors; empty where they are not known.
  let errors: [Double]

  init?(_ label: String, _ rows: [MetricsRow], _ key: String) {
    let known = rows.filter { $0[key] != nil }
    guard !known.isEmpty else { return nil }
    self.label = label
    steps = known.map { Double($0.step) }
    values = known.map { $0[key] ?? .nan }
    let errors = known.map { $0["\(key).standardError"] ?? .nan }
    self.errors = errors.contains { $0.isFinite } ? errors.map { $0.isFinite ? $0 : 0 } : []
  }
}

/// A picture of some series.
private struct Chart {
  /// In the markup of plots.
  let title: String
  /// In plain words.
  let name: String
  let series: [Series]
  var floor: Estimate?

  func node(id: String) throws -> PageNode {
    let finite = series.flatMap(\.values).filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    let isLogarithmic = low > 0 && high > 10 * low
    var layers = series.enumerated().map { index, series -> Layer in
      let style = lineStyle(index)
      // A line of one point is no line.
      let marker = series.steps.count < 2 ? Marker(.circle, size: 5) : nil
      let label = self.series.count > 1 || floor != nil ? series.label : nil
      return .line(
        series.errors.isEmpty
          ? Line(
            x: series.steps, y: series.values, color: style.color, dash: style.dash,
            marker: marker, label: label)
          : Line(
            x: series.steps, mean: series.values, error: series.errors, color: style.color,
            dash: style.dash, marker: marker, label: label))
    }
    if let floor, !isLogarithmic || floor.value > 0 {
      layers.append(.reference(ReferenceLine(.horizontal(floor.value), label: "noise floor")))
    }
    let figure = Plotting.Figure(
      width: 320,
      grids: [
        PanelGrid(
          rows: [
            [
              Panel(
                title: title, x: Axis("training step"),
                y: Axis("", scale: isLogarithmic ? .log10 : .linear), legend: .automatic,
                layers: layers)
            ]
          ], lettering: .none)
      ])
    return try .picture(figure, id: id, label: words)
  }

  /// What is to be seen.
  private var words: String {
    let courses = series.map { series in
      let (first, last) = (series.values.first ?? .nan, series.values.last ?? .nan)
      return String(format: "%@ from %.3g to %.3g", plain(series.label), first, last)
    }
    let floor = self.floor.map { String(format: "; noise floor %.3g", $0.value) } ?? ""
    return "\(name) over training steps: \(courses.joined(separator: ", "))\(floor)"
  }
}

/// Lines that are told apart by colour and by dash.
private func lineStyle(_ index: Int) -> (color: Color, dash: Dash) {
  let colors = [
    Palette.blue, Palette.vermilion, Palette.green, Palette.purple, Palette.orange, Palette.black,
  ]
  let dashes: [Dash] = [.solid, .dashed, .dashDotted, .dotted]
  return (colors[index % colors.count], dashes[index % dashes.count])
}

private func plain(_ markup: String) -> String { markup.replacingOccurrences(of: "\\", with: "") }

/// The curves of some runs, and their last numbers in a table.
///
/// - Throws: `PlottingError`
func curves(of portraits: [RunPortrait]) throws -> [PageNode] {
  guard portraits.contains(where: { !$0.rows.isEmpty }) else {
    return [paragraph("There are no metrics yet.")]
  }
  let charts = charts(of: portraits)
  let pictures = try charts.enumerated().map { index, chart in
    try chart.node(id: "curve\(index)")
  }
  return [
    tag("div", ["class": "grid"], pictures),
    paragraph(
      "Bands: standard errors of the measurement. Noise floor: what two exact samples of the same size score, below which "
        + "no map can be seen to do better.", class: "quiet"),
    lastNumbers(of: portraits),
  ]
}

private func charts(of portraits: [RunPortrait]) -> [Chart] {
  let isAlone = portraits.count == 1
  func series(_ keys: [(key: String, label: String)]) -> [Series] {
    portraits.flatMap { portrait in
      keys.compactMap { key, label in
        Series(isAlone ? label : Markup.escaped(portrait.summary.path), portrait.rows, key)
      }
    }
  }
  var charts: [Chart] = []
  func add(
    _ title: String, _ name: String, _ keys: [(key: String, label: String)], floor: Estimate? = nil
  ) {
    // Several runs share a picture by their first number alone.
    let found = series(isAlone ? keys : Array(keys.prefix(1)))
    if !found.isEmpty {
      charts.append(Chart(title: title, name: name, series: found, floor: floor))
    }
  }
  add(
    "loss", "loss",
    [
      ("loss", "loss"), (TrainingLoss.Part.flowMatching.rawValue, "flow matching"),
      (TrainingLoss.Part.distillation.rawValue, "distillation"),
      (TrainingLoss.Part.unweighted.rawValue, "unweighted"),
    ])
  add(
    "gradient norm", "gradient norm",
    [("gradientNorm", "mean"), ("gradientNormMaximum", "largest")])
  if !isAlone {
    add("largest gradient norm", "largest gradient norm", [("gradientNormMaximum", "largest")])
  }
  let decays = portraits[0].summary.run.configuration.averageDecays
  for metric in Metric.allCases {
    add(
      metric.symbol, metric.label,
      [(metric.key(), "parameters")] + decays.map { (metric.key(average: $0), "average \($0)") },
      floor: portraits.lazy.compactMap { $0.floors[metric.key()] }.first)
  }
  let readings = [
    ("frechet", "Fréchet distance"), ("kernelDistance", "kernel distance"),
    ("precision", "precision"), ("recall", "recall"), ("classAccuracy", "class accuracy"),
  ]
  let steps = portraits[0].summary.run.features?.steps ?? []
  for (reading, name) in readings {
    add(
      name, name,
      steps.map {
        (
          FeatureSettings.prefix(steps: $0, average: decays.first) + reading,
          "\($0) step\($0 == 1 ? "" : "s")"
        )
      })
  }
  return charts
}

private func lastNumbers(of portraits: [RunPortrait]) -> PageNode {
  var keys: [String] = []
  for portrait in portraits {
    for key in portrait.summary.keys where !keys.contains(key) { keys.append(key) }
  }
  let hasFloors = portraits.contains { !$0.floors.isEmpty }
  let rows = keys.map { key -> [String] in
    let name = Metric(rawValue: key)?.label ?? key
    return [name]
      + portraits.map { portrait in
        guard let estimate = portrait.summary.estimate(key) else { return "" }
        return estimate.standardError.isFinite
          ? "\(estimate)" : String(format: "%.4g", estimate.value)
      }
      + (hasFloors
        ? [portraits.lazy.compactMap { $0.floors[key] }.first.map { "\($0)" } ?? ""] : [])
  }
  return tag(
    "details", ["open": portraits.count == 1 ? "" : nil],
    [
      tag("summary", [:], ["Last numbers"]),
      table(
        "The last row of metrics, with standard errors of the measurement",
        ["number"]
          + portraits.map { "\($0.summary.path), step \($0.summary.lastRow?.step ?? 0)" }
          + (hasFloors ? ["noise floor"] : []), rows),
    ])
}
