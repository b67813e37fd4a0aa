// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Measures
import Plotting
import Probing
import Runs

/// The picture of a sweep's results: a number against the settings that were varied.
struct SweepPicture {
  private static let panelWidth = 380.0
  private static let largestPanelCount = 4
  private static let largestLineCount = 8
  /// From this ratio of the largest to the smallest value on an axis is logarithmic.
  private static let wideRatio = 15.0

  private let standing: SweepStanding
  private let metrics: [String]
  /// The places of the axes that take more than one value.
  private let varied: [Int]

  init(_ standing: SweepStanding) {
    self.standing = standing
    metrics = standing.plan.metrics.filter { metric in
      standing.entries.contains { $0.estimate(metric) != nil }
    }
    varied = standing.plan.sweep.axes.indices.filter { axis in
      Set(standing.entries.map { $0.trial.values[axis].brief }).count > 1
    }
  }

  /// nil as long as there is nothing to show.
  var figure: Plotting.Figure? {
    guard let first = metrics.first else { return nil }
    let numeric = varied.filter { axis in
      standing.entries.allSatisfy { number($0, axis) != nil }
    }
    let isWhole = standing.plan.sweep.expansion == .grid && standing.plan.sweep.halving == nil
    let shown = Array(metrics.prefix(Self.largestPanelCount))
    let panels: [Panel]
    var showsErrors = true
    if isWhole, varied.count == 2, numeric == varied {
      panels = shown.map { heatMap($0, x: varied[0], y: varied[1]) }
      showsErrors = false
    } else if isWhole, let x = numeric.first, lines(along: x).count <= Self.largestLineCount {
      panels = shown.map { curves($0, along: x) }
    } else if !numeric.isEmpty {
      panels = numeric.prefix(Self.largestPanelCount).map { scatter(first, against: $0) }
    } else {
      panels = shown.map(categories)
    }
    let columns = min(panels.count, 2)
    return Plotting.Figure(
      width: Double(columns) * Self.panelWidth + 20, panels: panels, columns: columns,
      caption: caption(showsErrors: showsErrors))
  }

  private func caption(showsErrors: Bool) -> String {
    let seeds = standing.plan.trials[0].runs.count
    let diverged = standing.entries.reduce(0) { $0 + $1.diverged.count }
    let errors = showsErrors ? " with their standard errors" : ""
    var sentences = [
      seeds > 1 ? "Means over \(seeds) seeds\(errors)." : "One seed, without an error over seeds."
    ]
    if standing.plan.sweep.halving != nil {
      sentences.append("Each setting at the last step to which it was kept.")
    }
    if diverged > 0 {
      sentences.append("\(diverged) of \(standing.plan.runs.count) runs diverged and are left out.")
    }
    return sentences.joined(separator: " ")
  }

  // MARK: Numbers

  private func number(_ entry: SweepStanding.Entry, _ axis: Int) -> Double? {
    guard case .number(let value, _) = entry.trial.values[axis].content else { return nil }
    return value
  }

  /// The numbers that an axis takes, ascending, each with its text.
  private func values(_ axis: Int) -> [(number: Double, text: String)] {
    var seen: Set<Double> = []
    return standing.entries.compactMap { entry in
      number(entry, axis).map { (number: $0, text: entry.trial.values[axis].brief) }
    }.filter { seen.insert($0.number).inserted }.sorted { $0.number < $1.number }
  }

  private func name(_ axis: Int) -> String { Markup.escaped(standing.plan.axisNames[axis]) }

  private func title(_ metric: String) -> String {
    Metric(rawValue: metric)?.symbol ?? Markup.escaped(metric)
  }

  private func scale(_ values: [Double]) -> AxisScale {
    guard let least = values.min(), let most = values.max(), least > 0 else { return .linear }
    return most / least >= Self.wideRatio ? .log10 : .linear
  }

  private func axis(_ place: Int) -> Axis {
    Axis(name(place), scale: scale(standing.entries.compactMap { number($0, place) }))
  }

  private func axis(_ metric: String) -> Axis {
    Axis(title(metric), scale: scale(standing.entries.compactMap { $0.estimate(metric)?.value }))
  }

  private func bars(
    _ metric: String, _ points: [(x: Double, entry: SweepStanding.Entry)], color: Color,
    label: String?
  ) -> ErrorBars {
    let found = points.compactMap { point in
      point.entry.estimate(metric).map { (x: point.x, estimate: $0) }
    }
    return ErrorBars(
      x: found.map(\.x), y: found.map(\.estimate.value),
      errors: found.map { $0.estimate.standardError.isFinite ? $0.estimate.standardError : 0 },
      color: color, label: label)
  }

  // MARK: Panels

  /// The settings that differ in one axis alone, by the others' values.
  private func lines(along x: Int) -> [(label: String, entries: [SweepStanding.Entry])] {
    let others = varied.filter { $0 != x }
    var order: [String] = []
    var members: [String: [SweepStanding.Entry]] = [:]
    for entry in standing.entries {
      let label = others.map { axis in
        let value = entry.trial.values[axis].brief
        return number(entry, axis) == nil ? value : "\(standing.plan.axisNames[axis]) \(value)"
      }.joined(separator: ", ")
      if members[label] == nil { order.append(label) }
      members[label, default: []].append(entry)
    }
    return order.map { ($0, members[$0] ?? []) }
  }

  private func curves(_ metric: String, along x: Int) -> Panel {
    let layers = zip(lines(along: x), Palette.categorical).flatMap { line, color -> [Layer] in
      let points = line.entries.compactMap { entry in
        number(entry, x).map { (x: $0, entry: entry) }
      }.sorted { $0.x < $1.x }
      let bars = bars(
        metric, points, color: color,
        label: line.label.isEmpty ? nil : Markup.escaped(line.label))
      return [.line(Line(x: bars.x, y: bars.y, color: color, width: 1.2)), .errorBars(bars)]
    }
    return Panel(x: axis(x), y: axis(metric), legend: .shared, layers: layers)
  }

  private func scatter(_ metric: String, against x: Int) -> Panel {
    let steps = Set(standing.entries.map(\.step)).sorted()
    let layers = steps.enumerated().map { place, step -> Layer in
      let points = standing.entries.filter { $0.step == step }.compactMap { entry in
        number(entry, x).map { (x: $0, entry: entry) }
      }
      return .errorBars(
        bars(
          metric, points, color: Palette.categorical[place % Palette.categorical.count],
          label: steps.count > 1 ? "step \(step)" : nil))
    }
    return Panel(x: axis(x), y: axis(metric), legend: .shared, layers: layers)
  }

  /// Settings that have no numbers, side by side.
  private func categories(_ metric: String) -> Panel {
    let entries = standing.entries
    let ticks = entries.enumerated().map { place, entry in
      let values = varied.map { entry.trial.values[$0].brief }
      return Tick(
        Double(place),
        Markup.escaped(values.isEmpty ? entry.trial.name : values.joined(separator: ", ")))
    }
    let points = entries.enumerated().map { (x: Double($0.offset), entry: $0.element) }
    return Panel(
      x: Axis(
        varied.map(name).joined(separator: ", "), range: -0.5...(Double(entries.count) - 0.5),
        ticks: .at(ticks)),
      y: axis(metric), layers: [.errorBars(bars(metric, points, color: Palette.blue, label: nil))])
  }

  /// Every value of two axes has a cell of one size.
  private func heatMap(_ metric: String, x: Int, y: Int) -> Panel {
    let (columns, rows) = (values(x), values(y))
    var cells = [Double](repeating: .nan, count: columns.count * rows.count)
    for entry in standing.entries {
      guard let column = columns.firstIndex(where: { $0.number == number(entry, x) }),
        let row = rows.firstIndex(where: { $0.number == number(entry, y) })
      else { continue }
      cells[row * columns.count + column] = entry.estimate(metric)?.value ?? .nan
    }
    func ticks(_ values: [(number: Double, text: String)]) -> AxisTicks {
      .at(values.enumerated().map { Tick(Double($0.offset), Markup.escaped($0.element.text)) })
    }
    let grid = ScalarGrid(
      x: 0...Double(columns.count - 1), y: 0...Double(rows.count - 1), columns: columns.count,
      rows: rows.count, values: cells)
    let colors = ColorScale(scale: scale(cells.filter(\.isFinite)))
    return Panel(
      x: Axis(name(x), ticks: ticks(columns)), y: Axis(name(y), ticks: ticks(rows)), frame: .box,
      colorBar: ColorBar(title(metric)),
      layers: [.heatMap(HeatMap(grid: grid, colors: colors, shading: .cells))])
  }
}
