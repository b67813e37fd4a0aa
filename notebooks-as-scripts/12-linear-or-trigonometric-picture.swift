// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Measures
import Plotting
import Probing

// The picture of figure 12, drawn from its data alone.

extension LinearOrTrigonometric {
  struct Picture: Codable {
    let target: String
    let extent: Double
    let seeds: Int
    let steps: Int
    /// Sliced W₂ of an exact sample.
    let floor: Estimate
    let density: ScalarGrid
    let runs: [TrainedRun]
    /// Exact trajectories by interpolant, linear first.
    let exactTrajectories: [[[PlotPoint]]]
  }

  static func picture(
    _ target: GaussianMixture, _ runs: [TrainedRun], floor: Estimate?, seeds: Int, steps: Int,
    threads: Int
  ) throws -> Picture {
    let extent = planeExtent(target)
    let trajectories = try InterpolantKind.allCases.map { kind in
      let exact = ExactFlowMap(
        of: target, interpolant: kind.interpolant, relativeTolerance: 1e-8)
      return planePaths(
        try trajectoryTimes.map {
          try exact.maps(
            trajectoryStarts, from: kind.endTime, to: kind.endTime * (1 - $0), threads: threads)
        })
    }
    return Picture(
      target: target.name, extent: extent, seeds: seeds, steps: steps,
      floor: floor ?? Estimate(value: .nan, standardError: .nan, count: 0),
      density: densityGrid(target, extent: extent), runs: runs, exactTrajectories: trajectories)
  }

  private static let shownTrajectories: [(name: String, color: Color)] = [
    (Method.directSemi.name, Method.directSemi.color),
    (Method.eulerian.name, Method.eulerian.color),
    ("LSD", Palette.skyBlue), (Method.improved.name, Method.improved.color),
    ("sCM", Palette.purple),
  ]

  static func draw(_ data: Picture) -> Figure {
    let rows = InterpolantKind.allCases.enumerated().map { index, kind in
      shownTrajectories.map { shown -> Panel in
        let paths = data.runs.first {
          $0.name == shown.name && $0.interpolant == kind && !$0.trajectories.isEmpty
        }
        return trajectoryPanel(paths?.trajectories ?? [], shown.color, data)
      } + [trajectoryPanel(data.exactTrajectories[index], Method.exactColor, data)]
    }
    return Figure(
      width: 1180, title: "Linear or trigonometric: the same budget on \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: rows, rowTitles: [GridTitle("linear"), GridTitle("trigonometric")],
          columnTitles: shownTrajectories.map { GridTitle($0.name, color: $0.color) }
            + [GridTitle("exact", color: Method.exactColor)], spacing: 8, lettering: .eachRow),
        PanelGrid(
          rows: [
            [
              metricPanel("flow-map error", .flowMapError, data),
              metricPanel("sliced $W$_2 to data", .slicedWasserstein, data),
              publishedPanel(data),
            ]
          ], columnWidths: [1.2, 1.2, 0.8], rowHeights: [0.6]),
      ],
      caption: """
        Perceptron 3 × 64, batch 256, \(data.steps) steps of Adam, relaxed times (Beta(0.8, 1)), CD and CT with \
        $Δ$ = $T$/50 and weight 1/$Δ$. Trajectories: $f(z;T,s)$ for $s$ from $T$ to 0, first seed; contours: \
        density of the data. A run that diverges is drawn as it ended. Below: every other run (small) and the mean over \(data.seeds) seeds with its standard error; \
        dashed: sliced $W$_2 of an exact sample. Last panel: trigonometric interpolant, the published tangent \
        moves $x$ per radian and $t$ per unit of $t/T$. Remake with: swift run toylab figure12
        """)
  }

  private static func trajectoryPanel(
    _ paths: [[PlotPoint]], _ color: Color, _ data: Picture
  ) -> Panel {
    .plane(
      x: -data.extent...data.extent, y: -data.extent...data.extent,
      layers: [
        densityContours(data.density),
        .paths(
          Paths(
            paths, stroke: StrokeStyle(color.opacity(0.7), width: 0.8),
            endMarker: Marker(.circle, size: 2.4))),
      ])
  }

  private static let colors: [InterpolantKind: Color] = [
    .linear: Palette.blue, .trigonometric: Palette.orange,
  ]

  private static func metricPanel(_ title: String, _ metric: Metric, _ data: Picture) -> Panel {
    let ticks = methods.enumerated().map { Tick(Double($0.offset), short($0.element.name)) }
    let layers = InterpolantKind.allCases.flatMap { kind -> [Layer] in
      dots(
        methods.map { ($0.name, kind) }, metric, shift: kind == .linear ? -0.16 : 0.16,
        color: colors[kind] ?? Palette.black, label: kind.rawValue, data)
    }
    let floor: [Layer] =
      metric == .slicedWasserstein ? [.reference(ReferenceLine(.horizontal(data.floor.value)))] : []
    return Panel(
      title: title, x: Axis(range: -0.6...Double(methods.count) - 0.4, ticks: .at(ticks)),
      y: Axis(metric.symbol, scale: .log10), legend: .shared, layers: floor + layers)
  }

  private static func publishedPanel(_ data: Picture) -> Panel {
    let ticks = publishedMethods.enumerated().map { Tick(Double($0.offset), short($0.element)) }
    let kind = InterpolantKind.trigonometric
    return Panel(
      title: "published tangent",
      x: Axis(range: -0.6...Double(publishedMethods.count) - 0.4, ticks: .at(ticks)),
      y: Axis(Metric.flowMapError.symbol, scale: .log10), legend: .shared,
      layers: dots(
        publishedMethods.map { ($0, kind) }, .flowMapError, shift: -0.16,
        color: colors[kind] ?? Palette.black, label: kind.rawValue, data)
        + dots(
          publishedMethods.map { ($0 + ", published", kind) }, .flowMapError, shift: 0.16,
          color: Palette.vermilion, label: "trigonometric, published tangent", data))
  }

  /// Every run small, and means with errors.
  private static func dots(
    _ names: [(name: String, kind: InterpolantKind)], _ metric: Metric, shift: Double,
    color: Color, label: String, _ data: Picture
  ) -> [Layer] {
    let runs = names.enumerated().flatMap { index, entry in
      data.runs.filter {
        $0.name == entry.name && $0.interpolant == entry.kind && $0.failure == nil
      }.map { (x: Double(index) + shift - 0.1, y: $0.value(metric)) }
    }
    let means = names.map { data.runs.estimate($0.name, $0.kind, metric) }
    return [
      .scatter(
        Scatter(
          x: runs.map(\.x), y: runs.map(\.y), color: color.opacity(0.45),
          marker: Marker(.circle, size: 2))),
      .errorBars(
        ErrorBars(
          x: means.indices.map { Double($0) + shift }, y: means.map(\.value),
          errors: means.map { $0.standardError.isFinite ? $0.standardError : 0 }, color: color,
          label: label)),
    ]
  }

  /// Names that fit under a narrow column.
  private static func short(_ name: String) -> String {
    switch name {
    case "direct, sg": return "direct"
    case "CD, Heun": return "CD"
    default: return name
    }
  }
}
