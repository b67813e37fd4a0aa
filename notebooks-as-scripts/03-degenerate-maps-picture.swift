// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
internal import Measures
import Plotting
import Probing

// The picture of figure 3, drawn from its data alone.

extension DegenerateMaps {
  struct Picture: Codable {
    let target: String
    let extent: Double
    let steps: Int
    let seeds: [UInt64]
    let density: ScalarGrid
    let gridSide: Int
    /// Every run; the first seed of each method is drawn.
    let outcomes: [Outcome]
    let exactSamples: [PlotPoint]
    let exactTrajectories: [[PlotPoint]]
    let exactGrid: [PlotPoint]
  }
}

extension DegenerateMaps.Experiment {
  func picture(_ outcomes: [DegenerateMaps.Outcome]) throws -> DegenerateMaps.Picture {
    let interpolant = LinearInterpolant()
    let exact = ExactFlowMap(
      of: target, interpolant: interpolant, relativeTolerance: 1e-8)
    let images = try trajectoryTimes.map {
      try exact.maps(trajectoryStarts, from: 1, to: 1 - $0, threads: session.threads)
    }
    let extent = planeExtent(target)
    return DegenerateMaps.Picture(
      target: target.name, extent: extent, steps: steps, seeds: seeds,
      density: densityGrid(target, extent: extent), gridSide: Self.gridSide, outcomes: outcomes,
      exactSamples: planePoints(evaluation.mappedNoise), exactTrajectories: planePaths(images),
      exactGrid: planePoints(
        try exact.maps(
          squareNodes(side: Self.gridSide, extent: 2.5), from: 1, to: 0, threads: session.threads)))
  }
}

extension DegenerateMaps {
  static func draw(_ data: Picture) -> Figure {
    let columns = methods.compactMap { method in
      data.outcomes.first { $0.method == method.name }.map { outcome in
        Column(
          title: GridTitle(method.name, color: method.color), color: method.color,
          samples: outcome.samples, trajectories: outcome.trajectories, grid: outcome.grid,
          note: "LED \(digits(mean(of: data, method, .eulerianLossAtZero)))")
      }
    }
    let exact = Column(
      title: GridTitle("exact", color: Method.exactColor), color: Method.exactColor,
      samples: data.exactSamples, trajectories: data.exactTrajectories, grid: data.exactGrid,
      note: "LED 0")
    let all = columns + [exact]
    return Figure(
      width: 1180, title: "Degenerate solutions: six objectives on \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: [
            all.map { samplePanel($0, data) }, all.map { trajectoryPanel($0, data) },
            all.map { gridPanel($0, data) },
          ], rowTitles: ["samples", "trajectories", "deformed grid"],
          columnTitles: all.map(\.title), spacing: 8, lettering: .eachRow),
        PanelGrid(
          rows: [
            [
              metricPanel(
                "LED at $s$ = 0", "$E‖D_{v*}f‖^2$", Metric.eulerianLossAtZero.rawValue, data),
              metricPanel(
                "distance from the flow map", "$E‖f-f^*‖^2$", Metric.flowMapError.rawValue, data),
              metricPanel("gradient norm", "$‖\\nabla_\\theta{}L‖$", "gradientNorm", data),
            ]
          ], rowHeights: [0.6]),
      ], caption: caption(data))
  }

  private struct Column {
    let title: GridTitle
    let color: Color
    let samples: [PlotPoint]
    let trajectories: [[PlotPoint]]
    let grid: [PlotPoint]
    let note: String
  }

  private static func samplePanel(_ column: Column, _ data: Picture) -> Panel {
    .plane(
      x: -data.extent...data.extent, y: -data.extent...data.extent,
      notes: [CornerNote(column.note)],
      layers: [
        densityContours(data.density),
        .scatter(
          Scatter(
            x: column.samples.map(\.x), y: column.samples.map(\.y),
            color: column.color.opacity(0.45), marker: Marker(.circle, size: 1.8))),
      ])
  }

  private static func trajectoryPanel(_ column: Column, _ data: Picture) -> Panel {
    .plane(
      x: -data.extent...data.extent, y: -data.extent...data.extent,
      layers: [
        densityContours(data.density),
        .paths(
          Paths(
            column.trajectories, stroke: StrokeStyle(column.color.opacity(0.7), width: 0.8),
            endMarker: Marker(.circle, size: 2.4))),
      ])
  }

  private static func gridPanel(_ column: Column, _ data: Picture) -> Panel {
    .plane(
      x: -data.extent...data.extent, y: -data.extent...data.extent,
      layers: [
        .deformedGrid(
          DeformedGrid(
            columns: data.gridSide, rows: data.gridSide, nodes: column.grid, stride: 2,
            rowStroke: StrokeStyle(column.color, width: 0.6),
            columnStroke: StrokeStyle(column.color, width: 0.6)))
      ])
  }

  private static func metricPanel(
    _ title: String, _ label: String, _ name: String, _ data: Picture
  ) -> Panel {
    Panel(
      title: title, x: Axis("training step"), y: Axis(label, scale: .log10), legend: .shared,
      layers: methods.map { method in
        let runs = data.outcomes.filter { $0.method == method.name }
        // A run that stopped early leaves the mean to those that went on.
        let steps = Set(runs.flatMap { $0.rows.map(\.step) }).sorted()
        let estimates = steps.map { step in
          acrossSeeds(
            runs.compactMap { run in
              run.rows.first { $0.step == step }.flatMap { $0.values[name] }
            })
        }
        return .line(
          Line(
            x: steps.map(Double.init), mean: estimates.map(\.value),
            error: estimates.map { $0.standardError.isFinite ? $0.standardError : 0 },
            color: method.color, label: method.name))
      })
  }

  private static func mean(of data: Picture, _ method: Method, _ metric: Metric) -> Double {
    acrossSeeds(data.outcomes.filter { $0.method == method.name }.map { $0.last(metric) }).value
  }

  private static func caption(_ data: Picture) -> String {
    """
    Target "\(data.target)", linear interpolant, perceptron 3 × 64 with SiLU, batch 256, \(data.steps) \
    steps of Adam, learning rate 2·10^{−3} falling to 0; relaxed times (Beta(0.8, 1)) except where $s$ = 0 \
    is said. Pictures: first seed; contours: exact density of the data; the grid is the square \
    [−2.5, 2.5]^2 of noise. Trajectories: $f(z;T,s)$ for $s$ from $T$ to 0. Curves: mean over \(data.seeds.count) seeds, band: standard error of the mean. \
    ESD with $s$ = 0 is not trained for $s$ > 0. \
    Remake with: swift run toylab figure3
    """
  }
}
