// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Measures
import Plotting

// The picture of figure 9, drawn from its data alone.

extension SelfDistillationFamily {
  struct Picture: Codable {
    let target: String
    let settings: String
    let stepCounts: [Int]
    let seeds: [UInt64]
    let samples: Int
    /// Every run; densities are those of the first seed.
    let outcomes: [Outcome]
    /// The exact probability of each cell.
    let exact: [Double]
    /// What exact samples read, with its standard error.
    let floor: Double
    /// The published numbers by method, if the target is theirs.
    let published: [String: [Double]]
  }
}

extension SelfDistillationFamily.Experiment {
  func picture(
    _ outcomes: [SelfDistillationFamily.Outcome]
  ) -> SelfDistillationFamily.Picture {
    let grid = PlaneGrid.checkerboard
    let isCheckerboard = target.name == ShapePreset.checkerboard.rawValue
    return SelfDistillationFamily.Picture(
      target: target.name, settings: settings.replacingOccurrences(of: "\n", with: " "),
      stepCounts: SelfDistillationFamily.stepCounts, seeds: seeds, samples: Self.samples,
      outcomes: outcomes,
      exact: (0..<grid.count).map {
        let corners = grid.corners(of: $0)
        return target.probability(lower: corners.lower, upper: corners.upper)
      }, floor: floor().value, published: isCheckerboard ? SelfDistillationFamily.published : [:])
  }
}

extension SelfDistillationFamily {
  static func draw(_ data: Picture) -> Figure {
    let first = data.seeds.first ?? 0
    let columns = methods.compactMap { method in
      data.outcomes.first { $0.method == method.name && $0.seed == first }.map { (method, $0) }
    }
    let rows = Experiment.drawnSteps.enumerated().map { index, steps in
      columns.map { method, outcome -> Panel in
        let place = data.stepCounts.firstIndex(of: steps) ?? 0
        return densityPanel(
          outcome.histograms[index].map { Double($0) / Double(data.samples) },
          note: "KL \(digits(outcome.divergences[place]))")
      } + [densityPanel(data.exact, note: nil)]
    }
    return Figure(
      width: 1180, title: "The self-distillation family on \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: rows, rowTitles: ["1 step", "4 steps"],
          columnTitles: columns.map { GridTitle($0.0.name, color: $0.0.color) }
            + [GridTitle("exact", color: Method.exactColor)], spacing: 8, lettering: .eachRow,
          colorBar: ColorBar("density", colors: densityColors)),
        PanelGrid(rows: [[measuredPanel(data)] + publishedPanel(data)], rowHeights: [0.6]),
      ], caption: caption(data))
  }

  /// A uniform density on half the board is 1/2; samples scatter above it.
  private static let densityColors = ColorScale(range: 0...1)

  private static func densityPanel(_ probabilities: [Double], note: String?) -> Panel {
    let grid = PlaneGrid.checkerboard
    let (columns, rows) = (grid.cells[0], grid.cells[1])
    let area = 4 / Double(grid.count)
    let half = 1 / Double(columns)
    // Cells of the grid run along the first axis slowest; nodes lie at their centres.
    let values = (0..<rows).flatMap { row in
      (0..<columns).map { probabilities[$0 * rows + row] / area }
    }
    return .plane(
      x: -1...1, y: -1...1,
      notes: note.map { [CornerNote($0)] } ?? [],
      layers: [
        .heatMap(
          HeatMap(
            grid: ScalarGrid(
              x: (-1 + half)...(1 - half), y: (-1 + half)...(1 - half), columns: columns,
              rows: rows, values: values), colors: densityColors, shading: .cells))
      ])
  }

  private static func axes(_ data: Picture) -> (x: Axis, y: Axis) {
    let all = data.outcomes.flatMap(\.divergences) + data.published.values.flatMap { $0 }
    let high = (all.filter(\.isFinite).max() ?? 1) * 1.2
    return (
      Axis(
        "steps", scale: .log10, range: 0.85...19,
        ticks: .at(data.stepCounts.map { Tick(Double($0), "\($0)") })),
      Axis("KL (nats)", scale: .log10, range: (data.floor * 0.8)...high)
    )
  }

  private static func measuredPanel(_ data: Picture) -> Panel {
    let (x, y) = axes(data)
    return Panel(
      title: "this budget", x: x, y: y, legend: .shared,
      layers: methods.enumerated().flatMap { index, method -> [Layer] in
        let runs = data.outcomes.filter { $0.method == method.name }
        let estimates = data.stepCounts.indices.map { step in
          acrossSeeds(runs.map { $0.divergences[step] })
        }
        // Side by side, so that error bars can be told apart.
        let places = data.stepCounts.map { Double($0) * (1 + 0.03 * Double(index - 2)) }
        return [
          .line(
            Line(
              x: places, y: estimates.map(\.value), color: method.color, label: method.name)),
          .errorBars(
            ErrorBars(
              x: places, y: estimates.map(\.value), errors: estimates.map(\.standardError),
              color: method.color)),
        ]
      } + [floorLine(data)])
  }

  private static func publishedPanel(_ data: Picture) -> [Panel] {
    guard !data.published.isEmpty else { return [] }
    let (x, y) = axes(data)
    return [
      Panel(
        title: "published (4 × 512, batch 100,000, 150,000 steps)", x: x, y: y, legend: .shared,
        layers: methods.compactMap { method in
          data.published[method.name].map { values in
            .line(
              Line(
                x: data.stepCounts.map(Double.init), y: values, color: method.color,
                dash: .dashed, marker: Marker(.circle, size: 4)))
          }
        } + [floorLine(data)])
    ]
  }

  private static func floorLine(_ data: Picture) -> Layer {
    .reference(
      ReferenceLine(
        .horizontal(data.floor), stroke: StrokeStyle(Method.exactColor, width: 1, dash: .dotted)))
  }

  private static func caption(_ data: Picture) -> String {
    """
    \(data.settings) Above: density of \(data.samples) samples of the first seed on 50 × 50 cells. Below left: KL \
    of the exact law from the histogram, mean over \(data.seeds.count) seeds with the standard error of the mean \
    (points moved sideways for legibility). Below right: Table 1 of arXiv 2505.18825, in which iSD does not \
    stand. Dotted: what as many exact samples read. PSD is trained on the residual of $F$. \
    Remake with: swift run toylab figure9
    """
  }
}
