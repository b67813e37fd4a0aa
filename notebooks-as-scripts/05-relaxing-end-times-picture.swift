// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Measures
import Plotting
import Theory

// The picture of figure 5, drawn from its data alone.

extension RelaxingEndTimes {
  struct Picture: Codable {
    let target: String
    let pairs: Int
    let seeds: [UInt64]
    let steps: Int
    let floor: Estimate
    let profiles: [NoiseProfile]
    let parts: [Parts]
    let outcomes: [RelaxedTraining.Outcome]
  }

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1000, title: "Relaxing $s$ = 0: \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: [
            [
              scatterPanel("variance of the loss", "Var ℓ", data) { $0.lossVariance },
              scatterPanel("variance of the gradient", "tr Cov \\nabla_\\theta{}ℓ", data) {
                $0.gradientVariance
              }, partsPanel(data),
            ]
          ], rowHeights: [0.8]),
        PanelGrid(
          rows: [
            [
              qualityPanel("calm: sliced $W$_2", "sliced $W$_2", .calm, data) {
                $0.slicedWasserstein
              },
              qualityPanel("calm: flow-map error", "$E‖f-f^*‖^2$", .calm, data) {
                $0.flowMapError
              },
              qualityPanel("stressed: sliced $W$_2", "sliced $W$_2", .stressed, data) {
                $0.slicedWasserstein
              },
            ]
          ], rowHeights: [0.8]),
      ], caption: caption(data))
  }

  private static func method(_ objective: Objective) -> Method {
    switch objective {
    case .directSemi: return .directSemi
    case .eulerianSelfDistillation: return .eulerian
    default: return .improved
    }
  }

  private static func scatterPanel(
    _ title: String, _ label: String, _ data: Picture,
    _ value: (NoiseProfile.Point) -> Estimate
  ) -> Panel {
    Panel(
      title: title, x: Axis("$s/t$"), y: Axis(label, scale: .log10), legend: .shared,
      layers: data.profiles.map { profile in
        let method = method(profile.objective)
        let values = profile.points.map(value)
        return .line(
          Line(
            x: profile.points.map(\.ratio), mean: values.map(\.value),
            error: values.map(\.standardError), color: method.color,
            marker: Marker(.circle, size: 3), label: method.name))
      })
  }

  /// Direct training's and iSD's parts; those of ESD are defined as iSD's.
  private static func partsPanel(_ data: Picture) -> Panel {
    let shown = data.parts.filter { $0.objective != .eulerianSelfDistillation }
    return Panel(
      title: "parts of $D_w f$", x: Axis("$s/t$"),
      y: Axis("mean square", scale: .log10), legend: .bottomLeft,
      layers: shown.flatMap { parts -> [Layer] in
        let method = method(parts.objective)
        func line(_ values: [Estimate], _ dash: Dash, _ name: String) -> Layer {
          .line(
            Line(
              x: ratios, mean: values.map(\.value), error: values.map(\.standardError),
              color: method.color, dash: dash, label: "\(method.name): \(name)"))
        }
        return [
          line(parts.flowMatching, .solid, "$A'(w-F)$"),
          line(parts.linearization, .dashed, "$A dF_w$"),
        ]
      })
  }

  private static func qualityPanel(
    _ title: String, _ label: String, _ setting: RelaxedTraining.Setting, _ data: Picture,
    _ value: (RelaxedTraining.Outcome) -> Double?
  ) -> Panel {
    var layers: [Layer] = []
    var ticks: [Tick] = []
    let all = data.outcomes.filter { $0.cell.setting == setting }.compactMap(value)
    let top = (all.max() ?? 1) * 1.5
    for (group, objective) in RelaxedTraining.objectives.enumerated() {
      let color = method(objective).color
      for isRelaxed in [false, true] {
        let x = Double(3 * group) + (isRelaxed ? 1 : 0)
        ticks.append(Tick(x, isRelaxed ? "$s<t$" : "$s=0$"))
        let cell = RelaxedTraining.Cell(objective, isRelaxed: isRelaxed, setting: setting)
        let runs = data.outcomes.filter { $0.cell == cell }
        let values = runs.compactMap(value)
        let places = values.indices.map {
          x + 0.4 * ((Double($0) + 0.5) / Double(values.count) - 0.5)
        }
        layers.append(
          .scatter(
            Scatter(
              x: places, y: values, color: color.opacity(0.55),
              marker: Marker(.circle, size: 4))))
        if values.count > 1 {
          let mean = acrossSeeds(values)
          layers.append(
            .errorBars(
              ErrorBars(
                x: [x], y: [mean.value], errors: [mean.standardError], color: Palette.black,
                width: 1.4, marker: Marker(.square, size: 4))))
        }
        let stopped = runs.count - values.count
        if stopped > 0 {
          layers.append(
            .text(
              Annotation("\(stopped)/\(runs.count) stopped", x: x, y: top, side: .below, size: 7.5))
          )
        }
      }
    }
    if label.hasPrefix("sliced") {
      layers.insert(.reference(ReferenceLine(.horizontal(data.floor.value))), at: 0)
    }
    let low = min(all.min() ?? 0.01, label.hasPrefix("sliced") ? data.floor.value : .infinity)
    return Panel(
      title: title, x: Axis(range: -0.8...7.8, ticks: .at(ticks)),
      y: Axis(label, scale: .log10, range: 0.8 * low...top * 1.1), legend: .hidden,
      layers: layers)
  }

  private static func caption(_ data: Picture) -> String {
    """
    Target "\(data.target)", linear interpolant. Top: \(data.pairs) pairs, the same for every $s/t$, on maps \
    trained by each objective with relaxed times (perceptron 2 × 32, 600 steps); bands: standard error; \
    $w$ is $v_c$ for direct training and $F(x_t;t,t)$ for iSD. Bottom: \(data.seeds.count) seeds (dots), mean and \
    standard error (black); perceptron 3 × 64; calm: batch 256, Adam 2·10^{−3} falling to 0, \(data.steps) steps; \
    stressed: batch 32, Adam 10^{−2} constant, \(2 * data.steps) steps; dashed: two exact samples. \
    Remake with: swift run toylab figure5
    """
  }
}
