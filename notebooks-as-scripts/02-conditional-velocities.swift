// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Plotting
import RandomStreams
import Theory
import Training

// # Figure 2: What conditional velocities add
//
// Direct training asks D_{v_c} f = 0 along the velocity v_c of a single pair of data and noise, because the
// marginal velocity v* = E[v_c | x_t] is unknown. The price is a second term in the loss. This walkthrough
// measures both sides of the identity on three maps that have nothing in common.

public enum ConditionalVelocities: Walkthrough {
  public static let number = 2
  public static let title = "What conditional velocities add"
  public static let summary = """
    The direct loss is LED plus the variance term tr(∇f Σ ∇fᵀ), against t, for a random, a half-trained and \
    a trained map; and where in the plane the variance term lies.
    """

  static let stages = [("random", 0), ("half-trained", 250), ("trained", 2000)]

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue(target))

    // ## The maps
    //
    // One network, before, amid and after training with iSD.
    let pool = WorkerPool(threads: session.threads)
    let network = MultilayerPerceptron(width: 64, depth: 2)
    let maps = try trainingStages(
      TrainingConfiguration(
        network: network, steps: stages.last?.1 ?? 1, seed: session.seed),
      target: target, stages: stages.map(\.1), pool: pool)

    // ## The numbers
    //
    // Both sides at s = 0 for fixed t, from the same pairs for every map.
    let curves = try zip(stages, maps).map { stage, parameters in
      try curve(stage.0, parameters, network, target, session, pool)
    }
    session.print(results(curves))
    session.print(claim(curves))
    session.print(epilogue)

    // ## The picture
    try session.deliver(
      Picture(
        target: target.name, extent: planeExtent(target), pairs: pairs(session),
        steps: stages.map(\.1), curves: curves,
        density: densityGrid(target, extent: planeExtent(target), side: 81, at: mapTime),
        maps: try zip(stages, maps).map { stage, parameters in
          try varianceMap(parameters, network, target, pool)
        }), number: number, draw: draw)
  }

  private static func prologue(_ target: GaussianMixture) -> String {
    """
    Figure 2 · What conditional velocities add

    A map's total derivative is affine in its direction: D_{v_c} f = D_{v*} f + ∇f (v_c − v*). Given x_t the
    second part has mean zero, so the squares add:

        E‖D_{v_c} f‖² = E‖D_{v*} f‖² + E tr(∇f Σ ∇fᵀ),    Σ = Cov[v_c | x_t].

    The last term is no noise that more samples would average away. It is part of the loss, and a map can make
    it smaller by being flat. Target "\(target.name)", linear interpolant, s = 0; one network of width 64,
    depth 2, at steps \(stages.map { "\($0.1)" }.joined(separator: ", ")) of iSD.

    """
  }

  private static let epilogue = """


    What to look at: no curve of the direct loss comes near zero, however well the map is trained. Where LED
    is small the variance term is the whole loss, and it lies between the modes, where a point does not know which mode
    it came from. This picture supports claim 3; what the term does to a minimiser is claim 4, not shown here.

    """
}

// MARK: - The experiment

extension ConditionalVelocities {
  /// Both sides of the identity of one map, against `t`.
  struct Curve: Codable {
    let name: String
    let times: [Double]
    let direct: [Estimate]
    let eulerian: [Estimate]
    let variance: [Estimate]
    /// Left side minus right side, from the same pairs.
    let gap: [Estimate]

    /// The largest gap in its standard errors.
    var largestScore: Double { gap.map { abs($0.value) / $0.standardError }.max() ?? .nan }
  }

  private static let times = [0.02] + (1...19).map { Double($0) / 20 } + [0.98]
  private static let mapTime = 0.6
  private static let mapSide = 81

  private static func pairs(_ session: WalkthroughSession) -> Int {
    session.isThorough ? 200_000 : 20_000
  }

  private static func curve(
    _ name: String, _ parameters: [Double], _ network: MultilayerPerceptron,
    _ target: GaussianMixture, _ session: WalkthroughSession, _ pool: WorkerPool
  ) throws -> Curve {
    let rows = pairs(session)
    let identity = LossIdentity(
      network: network, parameters: parameters, target: target, interpolant: .linear, rows: rows,
      pool: pool)
    let terms = try times.enumerated().map { index, t in
      try identity.terms(
        PairBatch(
          target: target, interpolant: .linear, count: rows, times: .fixed(t: t, s: 0),
          stream: RandomStream(seed: session.seed, purpose: .figure2Pairs, number: index)))
    }
    return Curve(
      name: name, times: times, direct: terms.map { Estimate(meanOf: $0.direct) },
      eulerian: terms.map { Estimate(meanOf: $0.eulerian) },
      variance: terms.map { Estimate(meanOf: $0.variance) }, gap: terms.map(\.gap))
  }

  /// The variance term over the plane, at one time.
  private static func varianceMap(
    _ parameters: [Double], _ network: MultilayerPerceptron, _ target: GaussianMixture,
    _ pool: WorkerPool
  ) throws -> ScalarGrid {
    let side = mapSide
    let extent = planeExtent(target)
    let identity = LossIdentity(
      network: network, parameters: parameters, target: target, interpolant: .linear,
      rows: side * side, pool: pool)
    return ScalarGrid(
      x: -extent...extent, y: -extent...extent, columns: side, rows: side,
      values: try identity.varianceTerm(
        at: squareNodes(side: side, extent: extent), t: mapTime, s: 0, interpolant: .linear))
  }

  private static func results(_ curves: [Curve]) -> String {
    let shown = curves[0].times.indices.filter { $0 % 5 == 0 }
    let rows = curves.flatMap { curve in
      shown.map { index in
        [
          curve.name, digits(curve.times[index]), curve.direct[index].description,
          curve.eulerian[index].description, curve.variance[index].description,
          curve.gap[index].description,
        ]
      }
    }
    return textTable(
      ["map", "t", "E‖D_v_c f‖²", "LED", "E tr(∇fΣ∇fᵀ)", "left − right"], rows) + "\n"
  }

  private static func claim(_ curves: [Curve]) -> Claim {
    let largest = curves.map(\.largestScore).max() ?? .nan
    let count = curves.reduce(0) { $0 + $1.times.count }
    let smallest =
      curves.flatMap { curve in
        curve.times.indices.map { curve.variance[$0].value / curve.gap[$0].standardError }
      }.min() ?? .nan
    return Claim(
      statement: "The direct loss is LED plus the variance term, whatever the map (claim 3).",
      isShown: curves.allSatisfy { curve in
        zip(curve.gap, curve.variance).allSatisfy { gap, variance in
          gap.isShown(within: 0.1 * variance.value, of: 0)
        }
      },
      evidence:
        "largest |left − right| of \(count): \(digits(largest)) standard errors; the variance "
        + "term, a tenth of which must exceed it by \(shownErrorsText), is at least "
        + "\(digits(smallest)) of them everywhere")
  }
}

// MARK: - The picture

extension ConditionalVelocities {
  struct Picture: Codable {
    let target: String
    let extent: Double
    let pairs: Int
    let steps: [Int]
    let curves: [Curve]
    let density: ScalarGrid
    let maps: [ScalarGrid]
  }

  static func draw(_ data: Picture) -> Figure {
    let largest = data.curves.flatMap { $0.direct.map(\.value) }.max() ?? 1
    let smallest = data.curves.flatMap { $0.eulerian.map(\.value) }.filter { $0 > 0 }.min() ?? 0.001
    let range = max(smallest * 0.7, largest * 1e-5)...largest * 1.6
    return Figure(
      width: 1000, title: "What conditional velocities add: \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: [data.curves.map { curvePanel($0, range) }],
          columnTitles: zip(data.curves, data.steps).map {
            GridTitle("\($0.name), step \($1)")
          }, rowHeights: [0.8]),
        PanelGrid(rows: [data.maps.map { mapPanel($0, data) }], spacing: 10),
      ], caption: caption(data))
  }

  private static func curvePanel(_ curve: Curve, _ range: ClosedRange<Double>) -> Panel {
    func line(_ values: [Estimate], _ color: Color, _ dash: Dash, _ label: String) -> Layer {
      .line(
        Line(
          x: curve.times, mean: values.map(\.value), error: values.map(\.standardError),
          color: color, dash: dash, label: label))
    }
    let sum = zip(curve.eulerian, curve.variance).map { $0.value + $1.value }
    return Panel(
      x: Axis("$t$", range: 0...1), y: Axis("mean of squares", scale: .log10, range: range),
      legend: .shared,
      layers: [
        .line(
          Line(
            x: curve.times, y: sum, color: Palette.orange, width: 4.5,
            label: "LED + variance term")),
        line(curve.eulerian, Palette.blue, .dashed, "LED, $E‖D_{v*}f‖^2$"),
        line(
          curve.variance, Palette.green, .solid,
          "variance term, $E$ tr(\\nabla$f$ \\Sigma \\nabla$f$^T)"
        ),
        .errorBars(
          ErrorBars(
            x: curve.times, y: curve.direct.map(\.value),
            errors: curve.direct.map { 2 * $0.standardError }, color: Palette.black,
            marker: Marker(.circle, size: 3.2), label: "direct loss, $E‖D_{v_c}f‖^2$")),
      ])
  }

  private static func mapPanel(_ map: ScalarGrid, _ data: Picture) -> Panel {
    let axis = Axis(range: -data.extent...data.extent, ticks: .none)
    return Panel(
      x: axis, y: axis, frame: .box, hasEqualAspect: true, legend: .hidden,
      colorBar: ColorBar("tr(\\nabla$f$ \\Sigma \\nabla$f$^T)"),
      layers: [
        .heatMap(
          HeatMap(
            grid: map, colors: ColorScale(.magma, range: 0...(map.values.max() ?? 1)))),
        .contours(
          Contours(
            grid: data.density, levels: .count(5),
            stroke: StrokeStyle(Color(gray: 1, alpha: 0.7), width: 0.7))),
      ])
  }

  private static func caption(_ data: Picture) -> String {
    """
    Target "\(data.target)", linear interpolant, $s$ = 0, perceptron 2 × 64 trained with iSD (batch 256, Adam, \
    learning rate 2·10^{−3} falling to 0, one seed). Top: direct loss over \(data.pairs) pairs at each $t$ \
    (bars: two standard errors), on the sum of the two terms it splits into (bands: standard error). Bottom: \
    the variance term at $t$ = \(digits(mapTime)), each panel with its own colours; contours: density of $x_t$. \
    Remake with: swift run toylab figure2
    """
  }
}
