// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Plotting
internal import Probing
import Theory

// The picture of figure 15, drawn from its data alone.

extension WeightingAndDimension {
  struct Picture: Codable {
    let curves: Curves
    let plane: Plane
    let isThorough: Bool
  }

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: "Adaptive weighting: bias against dimension, and in the plane",
      grids: [
        PanelGrid(rows: [[biasPanel(data.curves), trainingPanel(data.curves)]]),
        PanelGrid(
          rows: [
            [fieldPanel(data.plane)]
              + weightings.indices.map { samplePanel(data.plane, $0) }
          ]),
      ], caption: caption(data))
  }

  private static var colors: [Color] { [Palette.green, Palette.vermilion] }

  private static func biasPanel(_ curves: Curves) -> Panel {
    let d = dimensions.map(Double.init)
    return Panel(
      title: "relative bias at $t$ = ½", x: Axis("dimension $d$", scale: .log10),
      y: Axis("$‖F-v^*‖/‖v^*‖$", scale: .log10),
      layers: [
        .line(
          Line(
            x: d, y: curves.leading.map(\.value), color: Color.gray, dash: .dashed,
            label: "first term, slope −1")),
        .line(
          Line(
            x: d, y: curves.predicted.map(\.value), color: Palette.black,
            label: "predicted (quadrature)")),
        .errorBars(
          ErrorBars(
            x: d, y: curves.sampled.map(\.value), errors: curves.sampled.map(\.standardError),
            color: Palette.blue, label: "fixed point of draws")),
        .line(
          Line(
            x: Array(d.dropFirst()), y: curves.embedded.map(\.value), color: Palette.purple,
            marker: Marker(.circle, size: 3), label: "plane within dimension $d$")),
      ])
  }

  private static func trainingPanel(_ curves: Curves) -> Panel {
    let d = curves.trained.map { Double($0.dimension) }
    func bars(_ estimates: [Estimate], _ color: Color, _ label: String) -> Layer {
      .errorBars(
        ErrorBars(
          x: d, y: estimates.map(\.value), errors: estimates.map(\.standardError), color: color,
          label: label))
    }
    return Panel(
      title: "trained networks", x: Axis("dimension $d$", scale: .log10),
      y: Axis("share of the predicted bias", range: -0.4...1.3),
      layers: [
        .reference(ReferenceLine(.horizontal(1), stroke: StrokeStyle(Color.gray, width: 1))),
        .reference(ReferenceLine(.horizontal(0), stroke: StrokeStyle(Color.gray, width: 1))),
        bars(curves.trained.map(\.share), colors[1], "with the weight, less without"),
        bars(curves.trained.map(\.control), colors[0], "without, less $v^*$"),
      ])
  }

  private static func fieldPanel(_ plane: Plane) -> Panel {
    let range = -plane.extent...plane.extent
    return Panel(
      title: "predicted $F-v^*$ on \"four\", $t$ = ½", x: Axis(range: range, ticks: .none),
      y: Axis(range: range, ticks: .none), frame: .box, hasEqualAspect: true, legend: .hidden,
      colorBar: ColorBar("$‖F-v^*‖$"),
      layers: [
        .heatMap(HeatMap(grid: plane.bias, colors: ColorScale(.viridis))),
        .quiver(
          Quiver(
            points: arrows(plane).map(\.0), vectors: arrows(plane).map(\.1),
            stroke: StrokeStyle(Color(gray: 1), width: 0.8), scale: 0.14)),
      ])
  }

  /// Every fourth node of the field.
  private static func arrows(_ plane: Plane) -> [(PlotPoint, PlotPoint)] {
    let grid = plane.biasField
    let nodes = (0..<grid.columns * grid.rows).filter {
      ($0 % grid.columns) % 4 == 2 && ($0 / grid.columns) % 4 == 2
    }
    return nodes.map { node in
      let share = { (index: Int) in
        plane.extent * (2 * Double(index) / Double(grid.columns - 1) - 1)
      }
      return (
        PlotPoint(x: share(node % grid.columns), y: share(node / grid.columns)),
        PlotPoint(x: grid.u[node], y: grid.v[node])
      )
    }
  }

  private static func samplePanel(_ plane: Plane, _ index: Int) -> Panel {
    let name = weightings[index].name
    let samples = plane.outcomes.first { $0.weighting == name }?.samples ?? []
    return .plane(
      title: name, x: -2...2, y: -2...2,
      notes: [
        CornerNote("flow-map error \(estimate(plane, name, .flowMapError))")
      ],
      layers: [
        densityContours(plane.density),
        .scatter(
          Scatter(
            x: samples.map(\.x), y: samples.map(\.y), color: colors[index].opacity(0.45),
            marker: Marker(.circle, size: 1.8))),
      ])
  }

  private static func caption(_ data: Picture) -> String {
    let seeds = data.plane.outcomes.count / weightings.count
    let trainedSeeds = data.curves.trained.first?.shares.count ?? 0
    return """
      Weight $w$ = 1/(\\ell + 0.01). (a), (b): independent coordinates ¾ N(−0.4, 0.5^2) + ¼ N(1.2, 0.5^2), linear \
      interpolant; bars: standard error over points (a) and over \(trainedSeeds) seeds (b). Slope of the points over \
      $d$ = 16 to 64: \(data.curves.slope). (b): perceptron 2 × 64 trained by flow matching on times about 0.54, 1: rests at the \
      predicted field, 0: at $v^*$. Below: weighted fixed point, and one-step samples of iSD maps, first of \
      \(seeds) seeds; contours: exact density. Remake with: swift run toylab figure15\
      \(data.isThorough ? " --thorough" : "")
      """
  }
}
