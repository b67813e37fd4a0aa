// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Foundation
import Interpolants
import LinearAlgebra
internal import Measures
import Plotting
import Theory

// The picture of figure 7, drawn from its data alone.

extension WellPosedness {
  private static let fullColor = Color(hex: 0x882255)
  private static let lagrangianColor = Palette.purple

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: title,
      grids: [
        PanelGrid(
          rows: [[eigenvalues(data.spectra), smallest(data.spectra), decay(data.spectra)]],
          rowHeights: [0.66], spacing: 20),
        PanelGrid(
          rows: [
            [
              quotients(data.waves), growth(data.waves), norms(data.training, .calm),
              norms(data.training, .stressed),
            ]
          ], rowHeights: [0.8], spacing: 16),
      ], caption: caption(data))
  }

  // MARK: - Operators

  private static func color(_ kind: InterpolantKind) -> Color {
    switch kind {
    case .linear: return Palette.green
    case .trigonometric: return Palette.black
    }
  }

  private static func eigenvalues(_ spectra: Spectra) -> Panel {
    Panel(
      title: "spectrum of iSD's update", x: Axis("Re $\\lambda$", range: 0.4...0.9),
      y: Axis("Im $\\lambda$"), legend: .bottomRight,
      layers: spectra.semi.map { semi in
        .scatter(
          Scatter(
            x: semi.eigenvalues.map(\.real), y: semi.eigenvalues.map(\.imaginary),
            color: color(semi.interpolant).opacity(0.7), marker: Marker(.circle, size: 2.6),
            label: semi.interpolant.rawValue))
      } + [.reference(ReferenceLine(.vertical(0.5), label: "Re $\\lambda$ = 1/2"))])
  }

  private static func smallest(_ spectra: Spectra) -> Panel {
    let linear = spectra.grids.filter { $0.interpolant == .linear }
    let trigonometric = spectra.grids.filter { $0.interpolant == .trigonometric }
    let cells = linear.map { Double($0.cells) }
    func line(
      _ values: [Double], _ color: Color, _ label: String?, dash: Dash = .solid,
      marker: Marker? = Marker(.circle, size: 3)
    ) -> Layer {
      .line(
        Line(
          x: cells, y: values, color: color, width: 1.3, dash: dash,
          marker: marker, label: label))
    }
    return Panel(
      title: "smallest real part, refining the grid", x: Axis("cells in $t$ and in $x$"),
      y: Axis("min Re $\\lambda$", range: -90...12), legend: .bottomLeft,
      layers: [
        line(
          linear.map(\.symbol), Color.gray, "−max $(V\\kappa)^2/4$", dash: .dashed, marker: nil),
        line(linear.map(\.full), fullColor, "full gradient"),
        line(linear.map(\.lagrangian), lagrangianColor, "LSD"),
        line(linear.map(\.improved), Palette.green, "iSD"),
        line(
          trigonometric.map(\.partlyStopped), Palette.blue, "ESD, trigonometric", dash: .dotted),
        line(linear.map(\.partlyStopped), Palette.blue, "ESD"),
      ])
  }

  private static func decay(_ spectra: Spectra) -> Panel {
    Panel(
      title: "decay of errors under iSD", x: Axis("training time $\\tau$"),
      y: Axis("$‖e^{−\\tau{}L}‖$", scale: .log10, range: 0.15...1.2), legend: .bottomLeft,
      layers: spectra.semi.flatMap { semi -> [Layer] in
        let times = semi.decay.map(\.time)
        return [
          .line(
            Line(
              x: times, y: semi.decay.map(\.norm),
              color: color(semi.interpolant), width: 1.3,
              label: "\(semi.interpolant.rawValue): "
                + (semi.interpolant == .linear ? "$e^{−\\tau/2}$" : "$(cosh \\tau)^{−1/2}$"))),
          .line(
            Line(
              x: times, y: semi.decay.map(\.predicted),
              color: color(semi.interpolant).opacity(0.6), width: 0.8, dash: .dashed
            )),
          .scatter(
            Scatter(
              x: times, y: semi.decay.map(\.measured), color: color(semi.interpolant),
              marker: Marker(.circle, size: 3.4))),
        ]
      })
  }

  // MARK: - Waves

  private static func style(_ objective: Objective) -> (name: String, color: Color) {
    switch objective {
    case .improvedSelfDistillation: return ("iSD", Palette.green)
    case .directSemi: return ("direct, sg", Palette.orange)
    case .eulerianSelfDistillation: return ("ESD", Palette.blue)
    case .eulerianSelfDistillationUnstopped: return ("ESD, no stop", fullColor)
    case .lagrangianSelfDistillation: return ("LSD", lagrangianColor)
    default: return (objective.shortName, Palette.black)
    }
  }

  private static func quotients(_ waves: Waves) -> Panel {
    let objectives = waves.quotients.map(\.objective).reduce(into: [Objective]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return Panel(
      title: "planted waves: rate of decay", x: Axis("frequency $k$"),
      y: Axis("$⟨\\psi,L\\psi⟩/‖\\psi‖^2$"), legend: .topLeft,
      layers: objectives.flatMap { objective -> [Layer] in
        let found = waves.quotients.filter { $0.objective == objective }
        let frequencies = found.map(\.frequency)
        let (name, color) = style(objective)
        return [
          .line(
            Line(
              x: frequencies, y: found.map(\.predicted.value),
              color: color, width: 1.2, label: name)),
          .errorBars(
            ErrorBars(
              x: frequencies, y: found.map(\.measured.value),
              errors: found.map(\.measured.standardError), color: color,
              marker: Marker(.circle, size: 3.2))),
        ]
      })
  }

  private static func growth(_ waves: Waves) -> Panel {
    // What no stop does to a wave leaves the picture at once; its number is in the table.
    let shown = waves.growth.filter { $0.objective != .eulerianSelfDistillationUnstopped }
    let end = shown.compactMap(\.times.last).max() ?? 1
    return Panel(
      title: "their amplitude under training",
      x: Axis("training time $\\tau$", range: 0...1.6 * end),
      y: Axis("$|c|/|c(0)|$", scale: .log10), legend: .hidden,
      layers: shown.flatMap { growth -> [Layer] in
        let (name, color) = style(growth.objective)
        guard let time = growth.times.last, let amplitude = growth.amplitudes.last else {
          return []
        }
        return [
          .line(Line(x: growth.times, y: growth.amplitudes, color: color, width: 1.2)),
          .text(
            Annotation(
              "\(name), $k$ = \(digits(growth.frequency))", x: time, y: amplitude, side: .right,
              color: color, size: 8)),
        ]
      })
  }

  // MARK: - Training

  private static func norms(
    _ outcomes: [GradientNormStudy.Outcome], _ setting: GradientNormStudy.Setting
  ) -> Panel {
    Panel(
      title: "gradient norm, \(setting.rawValue)", x: Axis("training step"),
      y: Axis("$‖\\nabla_\\theta{}L‖$", scale: .log10), legend: .shared,
      layers: methods.flatMap { name, method -> [Layer] in
        let color = style(method.objective).color
        let dash: Dash = method.tangent == .exact ? .solid : .dashed
        return runs(outcomes, method, setting).enumerated().flatMap { index, run -> [Layer] in
          let steps = run.series.map { Double($0.step) }
          let mean = Layer.line(
            Line(
              x: steps, y: run.series.map(\.mean),
              color: color, width: 1.1, dash: dash, label: index == 0 ? name : nil))
          let largest = Layer.line(
            Line(
              x: steps, y: run.series.map(\.largest),
              color: color.opacity(0.35), width: 0.6, dash: dash))
          guard run.failure != nil, let last = run.series.last else { return [largest, mean] }
          let end = Layer.scatter(
            Scatter(
              x: [Double(run.steps)], y: [last.largest], color: color,
              marker: Marker(.cross, size: 7)))
          return [largest, mean, end]
        }
      })
  }

  private static func caption(_ data: Picture) -> String {
    let seeds = Set(data.training.map(\.seed)).count
    return """
      (a–c) Exact one-dimensional operators, modes at ±1 with deviation 0.5, $s$ = 0: (a) eigenvalues on a grid \
      graded down to $t - s$ = e^{−20}, the limit of min Re $\\lambda$ in the terminal; (b) grids in ($t$, quantile), linear unless said; (c) lines: norm of the \
      semigroup; points: a bump carried along, solved, dashed: predicted. (d) Waves half as fast as the flow, planted \
      in a network trained with iSD; points: the compiled objective, lines: the linearised operator, bars: standard error. \
      (e) Gradient descent on their amplitudes with fresh batches. (f, g) Target "\(data.target)", $s$ = 0, \
      \(seeds) seeds, Adam: perceptron 3 × 64, batch 256, rate 2·10^{−3} (calm), 3 × 128, batch 1024, rate \
      10^{−3} (stressed); thick: mean over a fortieth of the run, faint: largest, dashed: tangents by differences, \
      cross: not finite. Remake with: swift run toylab figure7
      """
  }
}
