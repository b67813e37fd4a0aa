// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Measures
import Plotting
import Probing
import Theory
internal import Training

// The picture of figure 11, drawn from its data alone.

extension GuidanceInTraining {
  struct Picture: Codable {
    let target: String
    /// The range of both coordinates in the clouds.
    let plane: ClosedRange<Double>
    let steps: Int
    let seeds: Int
    let points: Int
    let density: ScalarGrid
    let classDensity: ScalarGrid
    /// One a scale, of the class drawn.
    let columns: [Column]
    let sweep: [Reading]
    let stacked: [Reading]
    let extrapolated: [Extrapolated]

    struct Column: Codable {
      let scale: Double
      let exact: [PlotPoint]
      let pre: [PlotPoint]
      let post: [PlotPoint]
    }

    struct Reading: Codable {
      let pair: Pair
      let effectiveScale: Estimate
      let velocity: Estimate
      let carriedVelocity: Estimate
      /// For each number of sampling steps.
      let map: [Estimate]

      /// Nothing if no run is left to measure.
      init?(_ results: Results, _ pair: Pair) {
        func over(_ value: (GuidedErrors) -> Double) -> Estimate {
          var estimate = results.over(pair, value)
          // One run has no spread to show.
          if !estimate.standardError.isFinite { estimate.standardError = 0 }
          return estimate
        }
        self.pair = pair
        effectiveScale = over { $0.effectiveScale }
        velocity = over { $0.velocity.value }
        carriedVelocity = over { $0.carriedVelocity.value }
        map = sampling.indices.map { place in over { $0.map[place].value } }
        let all = [effectiveScale, velocity, carriedVelocity] + map
        guard all.allSatisfy({ $0.value.isFinite }) else { return nil }
      }
    }

    func reading(_ pair: Pair) -> Reading? { (sweep + stacked).first { $0.pair == pair } }

    func exact(_ pair: Pair) -> [Estimate] {
      extrapolated.first { $0.pair == pair }?.errors ?? []
    }
  }
}

extension GuidanceInTraining.Experiment {
  func picture(_ results: GuidanceInTraining.Results) throws -> GuidanceInTraining.Picture {
    typealias Picture = GuidanceInTraining.Picture
    let extent = planeExtent(target)
    let columns = GuidanceInTraining.scales.compactMap { scale -> Picture.Column? in
      guard let set = sweep.sets[scale] else { return nil }
      func drawn(_ values: [Double]) -> [PlotPoint] {
        zip(planePoints(values), set.classes).compactMap {
          $1 == 0 && $0.x.isFinite && $0.y.isFinite ? $0 : nil
        }
      }
      func first(_ pair: GuidanceInTraining.Pair) -> [PlotPoint] {
        drawn(results.outcomes.first { $0.pair == pair }?.samples ?? [])
      }
      return Picture.Column(
        scale: scale, exact: drawn(set.mappedNoise), pre: first(GuidanceInTraining.pre(scale)),
        post: first(GuidanceInTraining.post(scale)))
    }
    // Wide enough for most of what training with guidance gives, if it has not diverged.
    let reach = columns.flatMap { $0.exact + $0.pre }.flatMap { [$0.x, $0.y] }
      .filter { abs($0) < 3 * extent }
    let plane = min(-extent, reach.min() ?? 0)...max(extent, reach.max() ?? 0)
    return Picture(
      target: target.name, plane: plane, steps: sweep.configuration.steps,
      seeds: sweep.seeds.count, points: sweep.sets[1]?.count ?? 0,
      density: densityGrid(target, extent: extent),
      classDensity: densityGrid(
        try target.restricted(toLabel: target.labels[0]), extent: extent), columns: columns,
      sweep: sweep.pairs.filter {
        ($0.training == 1 || $0.sampling == 1) && $0 != GuidanceInTraining.nullBranch
      }.compactMap { Picture.Reading(results, $0) },
      stacked: sweep.pairs.filter { $0.training != 1 && $0.sampling != 1 }.compactMap {
        Picture.Reading(results, $0)
      }, extrapolated: results.extrapolated)
  }
}

extension GuidanceInTraining {
  private static let preColor = Palette.green
  private static let postColor = Palette.purple
  private static let stackedColor = Palette.orange

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: "Guidance in training: one class of \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: [
            data.columns.map { cloud($0.exact, Method.exactColor, data, note: nil) },
            data.columns.map {
              cloud($0.pre, preColor, data, note: data.reading(pre($0.scale))?.map[0])
            },
            data.columns.map {
              cloud($0.post, postColor, data, note: data.reading(post($0.scale))?.map[0])
            },
          ],
          rowTitles: [
            GridTitle("exact", color: Method.exactColor),
            GridTitle("Pre-CFG, 1 step", color: preColor),
            GridTitle("Post-CFG, 1 step", color: postColor),
          ], columnTitles: data.columns.map { GridTitle("$\\omega$ = \(digits($0.scale))") },
          spacing: 8, lettering: .eachRow),
        PanelGrid(
          rows: [[velocityPanel(data), mapPanel(data), stepsPanel(data), scalePanel(data)]],
          rowHeights: [0.82]),
      ], caption: caption(data))
  }

  private static func cloud(
    _ points: [PlotPoint], _ color: Color, _ data: Picture, note: Estimate?
  ) -> Panel {
    .plane(
      x: data.plane, y: data.plane,
      notes: note.map { [CornerNote("error \(digits($0.value))")] } ?? [],
      layers: [
        .contours(
          Contours(
            grid: data.density, levels: .count(4),
            stroke: StrokeStyle(Color(gray: 0.8), width: 0.6))),
        .contours(
          Contours(
            grid: data.classDensity, levels: .count(3),
            stroke: StrokeStyle(Color(gray: 0.45), width: 0.7))),
        .scatter(
          Scatter(
            x: points.map(\.x), y: points.map(\.y), color: color.opacity(0.5),
            marker: Marker(.circle, size: 2))),
      ])
  }

  private static func curve(
    _ x: [Double], _ y: [Estimate], _ color: Color, _ label: String, _ dash: Dash = .solid
  ) -> Layer {
    .line(
      Line(
        x: Array(x.prefix(y.count)), mean: y.map(\.value),
        error: y.map { $0.standardError.isFinite ? $0.standardError : 0 }, color: color,
        dash: dash, marker: Marker(.circle, size: 3), label: label))
  }

  private static func velocityPanel(_ data: Picture) -> Panel {
    let trained = scales.compactMap { data.reading(pre($0)) }
    let sampled = scales.compactMap { data.reading(post($0)) }
    return Panel(
      title: "guided velocity", x: Axis("$\\omega$"),
      y: Axis("$E‖F-\\tilde{v}‖^2$", scale: .log10), legend: .shared,
      layers: [
        curve(trained.map(\.pair.product), trained.map(\.velocity), preColor, "Pre-CFG"),
        curve(sampled.map(\.pair.product), sampled.map(\.velocity), postColor, "Post-CFG"),
        curve(
          trained.map(\.pair.product), trained.map(\.carriedVelocity), preColor,
          "Pre-CFG, along the flow", .dashed),
        curve(
          sampled.map(\.pair.product), sampled.map(\.carriedVelocity), postColor,
          "Post-CFG, along the flow", .dashed),
      ])
  }

  private static func mapPanel(_ data: Picture) -> Panel {
    let trained = scales.compactMap { data.reading(pre($0)) }
    let sampled = scales.compactMap { data.reading(post($0)) }
    let guided = Array(scales.dropFirst())
    return Panel(
      title: "map in one step", x: Axis("$\\omega$"),
      y: Axis("$E‖f-f^*_\\omega‖^2$", scale: .log10), legend: .shared,
      layers: [
        curve(trained.map(\.pair.product), trained.map { $0.map[0] }, preColor, "Pre-CFG"),
        curve(sampled.map(\.pair.product), sampled.map { $0.map[0] }, postColor, "Post-CFG"),
        curve(
          guided, guided.compactMap { data.exact(post($0)).first }, Method.exactColor,
          "Post-CFG on exact maps", .dotted),
      ])
  }

  private static func stepsPanel(_ data: Picture) -> Panel {
    let compared = comparedScale
    let (network, exactSteps) = (sampling.map(Double.init), exactSampling.map(Double.init))
    func errors(_ pair: Pair) -> [Estimate] { data.reading(pair)?.map ?? [] }
    return Panel(
      title: "more steps, $\\omega$ = \(digits(compared))",
      x: Axis(
        "steps $N$", scale: .log10, ticks: .at(exactSampling.map { Tick(Double($0), "\($0)") })),
      y: Axis("$E‖f-f^*_\\omega‖^2$", scale: .log10), legend: .shared,
      layers: [
        curve(network, errors(pre(compared)), preColor, "Pre-CFG"),
        curve(network, errors(post(compared)), postColor, "Post-CFG"),
        curve(
          network, errors(comparedPair), stackedColor, "Post-CFG on Pre-CFG"),
        curve(
          exactSteps, data.exact(post(compared)), Method.exactColor, "Post-CFG on exact maps",
          .dotted),
        curve(
          exactSteps, data.exact(comparedPair), Color(gray: 0.5),
          "Post-CFG on exact guided maps", .dotted),
      ])
  }

  private static func scalePanel(_ data: Picture) -> Panel {
    func ratios(_ readings: [Picture.Reading], _ color: Color, _ label: String) -> Layer {
      .errorBars(
        ErrorBars(
          x: readings.map(\.pair.product),
          y: readings.map { $0.effectiveScale.value / $0.pair.product },
          errors: readings.map { $0.effectiveScale.standardError / $0.pair.product },
          color: color, marker: Marker(.circle, size: 4), label: label))
    }
    let pairs = data.stacked.map(\.pair)
    return Panel(
      title: "scales multiply", x: Axis("$\\omega_1\\omega_2$"),
      y: Axis("effective $\\omega$ / $\\omega_1\\omega_2$", range: 0.7...1.05),
      legend: .shared,
      layers: [
        .reference(ReferenceLine(.horizontal(1))),
        .scatter(
          Scatter(
            x: pairs.map(\.product), y: pairs.map { ($0.training + $0.sampling - 1) / $0.product },
            color: Color(gray: 0.55), marker: Marker(.diamond, size: 5),
            label: "if it were $\\omega_1+\\omega_2-1$")),
        ratios(data.sweep.filter { $0.pair.sampling == 1 }, preColor, "Pre-CFG"),
        ratios(
          data.sweep.filter { $0.pair.training == 1 && $0.pair.sampling != 1 }, postColor,
          "Post-CFG"),
        ratios(data.stacked, stackedColor, "Post-CFG on Pre-CFG"),
      ])
  }

  private static func caption(_ data: Picture) -> String {
    """
    Target "\(data.target)", linear interpolant, perceptron 3 × 64 \
    with a row of inputs for each class, iSD with relaxed times, batch 256, \(data.steps) steps of Adam, learning \
    rate 2·10^{−3} falling to 0, 10 % label dropout. Upper rows: the first class carried from noise, first seed; \
    contours: density of the data and, darker, of the class; error: $E‖f-f^*_\\omega‖^2$ over all classes; \
    points beyond the frame are not seen. Curves: mean over \(data.seeds) seeds, band: standard error of the mean, \(data.points) points of \
    evaluation. Post-CFG is applied to the network of $\\omega_1$ = 1, on Pre-CFG to that of \
    $\\omega_1$ = 1.5 (in (g) also 2). Along the flow: at points the exact guided flow visits. \
    Remake with: swift run toylab figure11
    """
  }
}
