// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Foundation
import GroundTruth
import Measures
import Plotting
import Theory

// The picture of figure 4, drawn from its data alone.

extension ExactDegenerateMap {
  struct Picture: Codable {
    let target: String
    let steps: Int
    let profiles: [Profile]
    let labels: [Double]
    let degenerate: [Double]
    let flowMap: [Double]
    let outcomes: [Outcome]
    let balance: [BalancePoint]
    let lossTimes: [Double]
    /// `E (Df)²` of the minimiser at those times.
    let loss: [Double]
  }

  static func picture(
    _ profiles: [Profile], _ experiment: MixtureMinimizerExperiment, _ outcomes: [Outcome],
    _ balance: [BalancePoint], steps: Int
  ) -> Picture {
    Picture(
      target: experiment.map.trajectories.mixture.name, steps: steps, profiles: profiles,
      labels: experiment.nodes.labels, degenerate: experiment.degenerate,
      flowMap: experiment.flowMap, outcomes: outcomes, balance: balance,
      lossTimes: experiment.quadrature.distinctTimes,
      loss: LineDerivatives(experiment.map, on: experiment.quadrature)
        .eulerianLossByTime(on: experiment.quadrature))
  }

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 900, title: "The degenerate map, exactly",
      grids: [
        PanelGrid(
          rows: [
            [profilePanel(data), mapPanel(data)], [balancePanel(data), lossPanel(data)],
          ], lettering: .eachPanel)
      ], caption: caption(data))
  }

  private static func profilePanel(_ data: Picture) -> Panel {
    let colors = [Palette.skyBlue, Palette.blue, Palette.purple]
    let layers = zip(data.profiles, colors).flatMap { profile, color -> [Layer] in
      let means = profile.trainedTimes.indices.map { index in
        acrossSeeds(profile.trained.map { $0[index] })
      }
      return [
        .line(
          Line(
            x: profile.times, y: profile.y, color: color,
            label: "$\\sigma_d$ = \(digits(profile.deviation))")),
        .errorBars(
          ErrorBars(
            x: profile.trainedTimes, y: means.map(\.value),
            errors: means.map { $0.standardError.isFinite ? $0.standardError : 0 },
            color: color, marker: Marker(.circle, size: 4.5))),
      ]
    }
    return Panel(
      title: "one Gaussian: closed form (lines), trained (dots)", x: Axis("$t$"),
      y: Axis("$y(t)$", range: 0.25...1.05), legend: .bottomLeft,
      layers: layers + [
        .line(
          Line(
            x: [0, 1], y: [1, 1], color: Method.exactColor, width: 1.2, dash: .dashed,
            label: "flow map"))
      ])
  }

  private static func mapPanel(_ data: Picture) -> Panel {
    let shown = data.labels.indices.filter { abs(data.labels[$0]) <= 3.01 }
    let x = shown.map { data.labels[$0] }
    func mean(_ objective: Objective) -> [Estimate] {
      let runs = data.outcomes.filter { $0.objective == objective }
      return shown.map { index in acrossSeeds(runs.map { $0.map[index] }) }
    }
    func dots(
      _ objective: Objective, _ color: Color, _ label: String, offset: Int, _ shape: Marker.Shape
    ) -> Layer {
      let means = mean(objective)
      let some = means.indices.filter { $0 % 4 == offset }
      return .errorBars(
        ErrorBars(
          x: some.map { x[$0] }, y: some.map { means[$0].value },
          errors: some.map {
            means[$0].standardError.isFinite ? means[$0].standardError : 0
          }, color: color, marker: Marker(shape, size: 4.5), label: label))
    }
    return Panel(
      title: "\(data.target): maps at $T$", x: Axis("$x$"), y: Axis("$f(x;T,0)$"),
      legend: .topLeft,
      layers: [
        .line(
          Line(x: x, y: shown.map { data.flowMap[$0] }, color: Method.exactColor, label: "flow map")
        ),
        .line(
          Line(
            x: x, y: shown.map { data.degenerate[$0] }, color: Color(gray: 0.5), dash: .dashed,
            label: "elliptic equation")),
        dots(.directFull, Method.direct.color, "direct", offset: 0, .circle),
        dots(.improvedSelfDistillation, Method.improved.color, "iSD", offset: 0, .circle),
        dots(.eulerianFull, Method.oracle.color, "Eulerian, full", offset: 2, .square),
      ])
  }

  private static func balancePanel(_ data: Picture) -> Panel {
    let values = data.balance.map { -$0.variancePart }
    let all = values + data.balance.map(\.unweightedPart)
    let reach = 1.05 * max(all.map(abs).max() ?? 1, 1e-12)
    return Panel(
      title: "balance at \(data.balance.count) points ($x$, $t$)", x: Axis("$-C$"),
      y: Axis("$D(D{}f)$"), legend: .topLeft,
      layers: [
        .line(
          Line(
            x: [-reach, reach], y: [-reach, reach], color: Color(gray: 0.6), width: 1,
            dash: .dashed, label: "$D(D{}f)=-C$")),
        .line(
          Line(
            x: [-reach, reach], y: [0, 0], color: Method.exactColor, width: 1.2,
            label: "flow map")),
        .scatter(
          Scatter(
            x: data.balance.map { -$0.unweightedPart }, y: data.balance.map(\.acceleration),
            color: Palette.orange, marker: Marker(.cross, size: 4), label: "without $p$ in $C$")),
        .scatter(
          Scatter(
            x: values, y: data.balance.map(\.acceleration), color: Method.direct.color,
            marker: Marker(.circle, size: 4), label: "minimiser")),
      ])
  }

  private static func lossPanel(_ data: Picture) -> Panel {
    func line(_ objective: Objective, _ color: Color, _ label: String) -> Layer {
      let runs = data.outcomes.filter { $0.objective == objective }
      let means = data.lossTimes.indices.map { index in
        acrossSeeds(runs.map { $0.eulerianLossByTime[index] })
      }
      return .line(
        Line(
          x: data.lossTimes, mean: means.map(\.value),
          error: means.map { $0.standardError.isFinite ? $0.standardError : 0 }, color: color,
          width: 2.4, label: label))
    }
    return Panel(
      title: "$D{}f$ vanishes at $T$, not before", x: Axis("$t$"), y: Axis("$E(D{}f)^2$"),
      legend: .topRight,
      layers: [
        line(.directFull, Method.direct.color.opacity(0.6), "direct"),
        line(.improvedSelfDistillation, Method.improved.color, "iSD"),
        .line(
          Line(
            x: data.lossTimes, y: data.loss, color: Color(gray: 0.2), width: 1.2, dash: .dashed,
            label: "elliptic equation")),
      ])
  }

  private static func caption(_ data: Picture) -> String {
    """
    Linear interpolant, $s$ = 0, $t$ uniform on [0, 1]; perceptron 3 × 32 with SiLU, batch 1024, Adam, learning rate \
    6·10^{−3} falling to 0; \(data.profiles[0].trained.count) seeds, mean and standard error. (a) $f=y(t)\\sqrt{}(P(0)/P(t))x$ for data \
    of variance $\\sigma_d^2$. (b) \(data.steps) steps; iSD with relaxed times. (c) $D=\\partial_t+v^*\\partial_x$ and $C=p^{−1}\\partial_x(p\\Sigma{}f_x)$, by differences along integrated \
    trajectories; crosses: against $-\\partial_x(\\Sigma{}f_x)$, which lacks the density. Remake with: swift run toylab figure4
    """
  }
}
