// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
internal import Measures
import Plotting
internal import Probing
import Theory

// The picture of figure 10, drawn from its data alone.

extension DiscreteToContinuous {
  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: "From discrete to continuous",
      grids: [
        PanelGrid(
          rows: [[gapPanel(data), trainedPanel(data), stabilizerPanel(data)]],
          columnWidths: [1.1, 1.1, 0.9], rowHeights: [0.85])
      ],
      caption: """
        a: differences of updates of a random perceptron 2 × 24 per unit of $Δ$, relative to the continuous \
        update; linear interpolant, $s$ = 0; conditional means by quadrature, “drawn”: one draw behind each of as \
        many points. b: trained maps, linear interpolant, weight 1/$Δ$, $t$ uniform; dashed: the continuous objectives \
        (oracle and direct with a stopped target), which weigh times as residuals of $F$ and not of $f$; iCT and ECT end at their own schedules. c: sCM, trigonometric interpolant, log-normal \
        times. Target "\(data.target)", perceptron 3 × 64, batch 256, \(data.steps) steps of Adam, \(data.seeds) \
        seeds: mean and standard error. Remake with: swift run toylab figure10
        """)
  }

  private static func gapPanel(_ data: Picture) -> Panel {
    guard let gap = data.gaps.first else { return Panel(layers: []) }
    let curves: [(KeyPath<ConsistencyGap.Point, Double>, String, Color, Dash)] = [
      (\.sampled, "CT − CD, drawn", Palette.orange, .dashed),
      (\.training, "CT − CD", Palette.vermilion, .solid),
      (\.limit, "CT − limit", Palette.black, .solid),
      (\.euler, "CD, Euler − exact step", Palette.blue, .solid),
      (\.heun, "CD, Heun − exact step", Palette.skyBlue, .solid),
    ]
    return Panel(
      title: "updates", x: Axis("step $Δ$", scale: .log10),
      y: Axis("relative difference of updates", scale: .log10), legend: .shared,
      layers: curves.map { path, name, color, dash in
        .line(
          Line(
            x: gap.points.map(\.step), y: gap.points.map { $0[keyPath: path] }, color: color,
            dash: dash, marker: Marker(.circle, size: 3), label: name))
      } + [reference(1, gap.points, \.euler), reference(2, gap.points, \.heun)])
  }

  /// A power law below a curve.
  private static func reference(
    _ order: Double, _ points: [ConsistencyGap.Point],
    _ path: KeyPath<ConsistencyGap.Point, Double>
  ) -> Layer {
    let middle = points[points.count / 2]
    return .reference(
      ReferenceLine(
        .slope(order, through: PlotPoint(x: middle.step, y: 0.4 * middle[keyPath: path])),
        stroke: StrokeStyle(Color(gray: 0.5), width: 0.9, dash: .dotted),
        label: "slopes 1 and 2"))
  }

  private static func trainedPanel(_ data: Picture) -> Panel {
    let curves = discreteMethods.map { method -> Layer in
      let ends = discreteSteps.map { error(data, "\(method.name) \($0)") }
      return .line(
        Line(
          x: discreteSteps, mean: ends.map(\.value), error: ends.map(\.standardError),
          color: method.color, marker: Marker(.circle, size: 3), label: method.name))
    }
    let limits = [("limit of CD", Palette.blue), ("limit of CT", Palette.vermilion)].map {
      name, color -> Layer in
      .reference(
        ReferenceLine(
          .horizontal(error(data, name).value),
          stroke: StrokeStyle(color, width: 1, dash: .dashed), label: name))
    }
    let scheduled = zip(schedules, [0.00045, 0.00025]).flatMap { schedule, place -> [Layer] in
      let end = error(data, schedule.name)
      return [
        .errorBars(
          ErrorBars(
            x: [place], y: [end.value], errors: [end.standardError], color: Palette.purple)),
        .text(
          Annotation(schedule.name, x: place, y: end.value + end.standardError, side: .above)),
      ]
    }
    return Panel(
      title: "trained maps", x: Axis("step $Δ$", scale: .log10, range: 1.5e-4...0.3),
      y: Axis("flow-map error", scale: .log10), legend: .shared,
      layers: limits + curves + scheduled)
  }

  private static func stabilizerPanel(_ data: Picture) -> Panel {
    let count = Double(stabilizerNames.count)
    let ticks = stabilizerNames.enumerated().map { Tick(count - Double($0.offset), $0.element) }
    let ends = stabilizerNames.map { error(data, "sCM " + $0) }
    let runs = stabilizerNames.enumerated().flatMap { index, name in
      data.runs.filter { $0.name == "sCM " + name && $0.failure == nil }.map {
        (x: $0.value(.flowMapError), y: count - Double(index) - 0.22)
      }
    }
    let bars = ends.enumerated().flatMap { index, end -> [Layer] in
      let y = count - Double(index)
      let reach = end.standardError.isFinite ? end.standardError : 0
      return [
        .line(
          Line(
            x: [max(end.value - reach, 0.2 * end.value), end.value + reach], y: [y, y],
            color: Palette.green, width: 1.4)),
        .scatter(
          Scatter(x: [end.value], y: [y], color: Palette.green, marker: Marker(.circle, size: 5))),
      ]
    }
    return Panel(
      title: "sCM: stabilisers", x: Axis("flow-map error", scale: .log10),
      y: Axis(range: 0.4...count + 0.6, ticks: .at(ticks)), legend: .hidden,
      layers: [.scatter(Scatter(x: runs.map(\.x), y: runs.map(\.y), color: Color(gray: 0.6)))]
        + bars)
  }
}
