// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import Measures
import Plotting
import Probing

// The picture of figure 16, drawn from its data alone.

extension ImageStudies {
  struct Picture: Codable {
    let spread: [String: [MeasuredImages]]
    let landscapes: [LandscapePicture]
    let guidance: [ImageExperiments.GuidedRun]
    let teacher: MeasuredImages
    let objectives: [String: [MeasuredImages]]
    let correlations: LossCorrelations
    let cells: [GridCell]
    let spaces: [LatentSpace]
    let initialized: [MeasuredImages]
    let floor: Estimate
    let largeFloor: Estimate
    let steps: Int
    let batch: Int
    let width: Int
    let depth: Int
    let samples: Int
    let isThorough: Bool
  }

  private static let scaleColors = [
    Palette.black, Palette.blue, Palette.green, Palette.orange, Palette.vermilion,
  ]

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: title,
      grids: [
        PanelGrid(rows: [[spreadPanel(data)] + data.landscapes.map(\.surface)]),
        PanelGrid(rows: [guidancePanels(data)]),
        PanelGrid(rows: [[objectivesPanel(data), lossPanel(data)]], columnWidths: [1.3, 1]),
        PanelGrid(rows: [[gridPanel(data), startPanel(data)]], columnWidths: [2, 1]),
      ], caption: caption(data))
  }

  /// One place for each number of sampling steps.
  private static let stepTicks = AxisTicks.at(
    ImageExperiments.sampledSteps.enumerated().map { Tick(Double($0), "\($1)") })

  private static func steps(_ count: Int) -> String { "\(count) step\(count == 1 ? "" : "s")" }

  // MARK: Spread

  private static func spreadPanel(_ data: Picture) -> Panel {
    let layers = ImageExperiments.spreadTimes.enumerated().flatMap { index, setting in
      ImageExperiments.sampledSteps.enumerated().flatMap { place, steps -> [Layer] in
        let runs = (data.spread[setting.name] ?? []).ended
        let x = Double(place) + (index == 0 ? -0.16 : 0.16)
        let color = setting.method.color
        let mean = runs.frechet(steps)
        return [
          .scatter(
            Scatter(
              x: runs.indices.map { x + 0.012 * Double($0 - runs.count / 2) },
              y: runs.map { $0.frechet(steps) }, color: color.opacity(0.6),
              label: place == 0 ? setting.method.name : nil)),
          .errorBars(
            ErrorBars(
              x: [x], y: [mean.value], errors: [runs.spread(steps).value], color: Palette.black)),
        ]
      }
    }
    return Panel(
      title: "Fréchet distance over seeds",
      x: Axis(
        "sampling steps",
        ticks: stepTicks),
      y: Axis(), layers: layers)
  }

  // MARK: Guidance

  private static func guidancePanels(_ data: Picture) -> [Panel] {
    let widths = Set(data.guidance.map(\.width)).sorted()
    func lines(_ value: (MeasuredImages) -> Double?) -> [Layer] {
      widths.enumerated().flatMap { index, width in
        InterpolantKind.allCases.compactMap { kind -> Layer? in
          let runs = data.guidance.filter { $0.width == width && $0.interpolant == kind }
          guard !runs.isEmpty else { return nil }
          return .line(
            Line(
              x: runs.map(\.scale), y: runs.map { value($0.measured) ?? .nan },
              color: kind == .linear ? Palette.green : Palette.purple,
              dash: [.dotted, .solid, .dashed][index % 3], marker: Marker(.circle, size: 3),
              label: "\(kind.rawValue), width \(width)"))
        }
      }
    }
    let middle = widths[widths.count / 2]
    let stages = data.guidance.filter { $0.width == middle && $0.interpolant == .linear }
    return [
      Panel(
        title: "Fréchet, one step", x: Axis("\\omega in training"), y: Axis(scale: .log10),
        legend: .shared, layers: lines { $0.failure == nil ? $0.frechet(1) : nil }),
      Panel(
        title: "through training",
        x: Axis("step"), y: Axis(scale: .log10),
        layers: stages.enumerated().map { index, run in
          .line(
            Line(
              x: run.measured.stages.map { Double($0.step) },
              y: run.measured.stages.map { $0.readings[1]?.frechet ?? .nan },
              color: scaleColors[index % scaleColors.count], marker: Marker(.circle, size: 3),
              label: "\\omega = \(digits(run.scale))"))
        }),
      Panel(
        title: "class accuracy, one step", x: Axis("\\omega in training"), y: Axis(),
        legend: .shared, layers: lines { $0.accuracy(1)?.value }),
      Panel(
        title: "Fréchet with \(digits(ImageExperiments.samplingScale)) in sampling on top",
        x: Axis("\\omega in training"), y: Axis(scale: .log10), legend: .shared,
        layers: lines { $0.guided.first?.readings[1]?.frechet }),
    ]
  }

  // MARK: Objectives

  private static func objectivesPanel(_ data: Picture) -> Panel {
    let layers = ImageExperiments.contenders.enumerated().map { index, contender -> Layer in
      let runs = data.objectives[contender.name] ?? []
      let values = ImageExperiments.sampledSteps.map { runs.frechet($0) }
      return .errorBars(
        ErrorBars(
          x: values.indices.map { Double($0) + 0.07 * (Double(index) - 3.5) },
          y: values.map(\.value),
          errors: values.map { $0.standardError.isFinite ? $0.standardError : 0 },
          color: contender.color, marker: Marker(.circle, size: 5),
          label: contender.name))
    }
    return Panel(
      title: "Objectives, equal steps: Fréchet distance",
      x: Axis(
        "sampling steps",
        ticks: stepTicks),
      y: Axis(scale: .log10), legend: .shared, layers: layers)
  }

  private static func lossPanel(_ data: Picture) -> Panel {
    let layers = ImageExperiments.contenders.map { contender -> Layer in
      let stages = (data.objectives[contender.name] ?? []).ended.flatMap(\.stages)
        .filter { $0.teacherLoss != nil }
      return .scatter(
        Scatter(
          x: stages.map { $0.teacherLoss?.value ?? .nan },
          y: stages.map { $0.readings[1]?.frechet ?? .nan },
          color: contender.color.opacity(0.75)))
    }
    return Panel(
      title: "What LED tells: all stages", x: Axis("LED along the teacher, $s$ = 0", scale: .log10),
      y: Axis("Fréchet, one step", scale: .log10),
      notes: [CornerNote("$r$ = \(data.correlations.throughTraining.words)", .bottomRight)],
      layers: layers)
  }

  // MARK: Networks and starts

  private static func gridPanel(_ data: Picture) -> Panel {
    let layers = ImageExperiments.sampledSteps.enumerated().map { place, steps -> Layer in
      let values = data.cells.map { $0.measured.frechet(steps) }
      return .errorBars(
        ErrorBars(
          x: values.indices.map { Double($0) + 0.2 * Double(place - 1) }, y: values.map(\.value),
          errors: values.map { $0.standardError.isFinite ? $0.standardError : 0 },
          color: [Palette.vermilion, Palette.orange, Palette.purple][place],
          marker: Marker(.circle, size: 5), label: Self.steps(steps)))
    }
    return Panel(
      title: "Network, space and weighting: Fréchet distance, 28 × 28",
      x: Axis(
        ticks: .at(
          data.cells.enumerated().map { index, cell in
            Tick(
              Double(index),
              [
                cell.network == "U-Net" ? "U" : "T",
                ["pixels": "px", "latents": "lat"][cell.space] ?? "al",
                cell.weighting == "cosine" ? "cos" : "ad",
              ].joined(separator: " ")
            )
          })), y: Axis(scale: .log10), layers: layers)
  }

  private static func startPanel(_ data: Picture) -> Panel {
    let runs = [
      ("from scratch", data.objectives[ImageExperiments.improved] ?? [], Palette.green),
      ("from flow matching", data.initialized, Palette.vermilion),
    ]
    return Panel(
      title: "Where iSD begins",
      x: Axis(
        "sampling steps",
        ticks: stepTicks), y: Axis(),
      layers: runs.map { name, measured, color in
        let values = ImageExperiments.sampledSteps.map { measured.frechet($0) }
        return .line(
          Line(
            x: values.indices.map(Double.init), mean: values.map(\.value),
            error: values.map { $0.standardError.isFinite ? $0.standardError : 0 }, color: color,
            marker: Marker(.circle, size: 4), label: name))
      })
  }

  private static func caption(_ data: Picture) -> String {
    let seeds = data.objectives.values.map(\.count).max() ?? 0
    let gridSeeds = data.cells.map(\.measured.count).max() ?? 0
    let spread = data.spread.values.map(\.count).max() ?? 0
    let landscapes =
      data.landscapes.isEmpty ? "" : " Surfaces: loss on the top two eigenvectors of its Hessian."
    return """
      Fashion-MNIST, 14 × 14 pixels ((j): 28 × 28); transformer of \(data.depth) blocks of \(data.width) features, \(data.steps) steps of \(data.batch), recipe isd \
      unguided but for what each panel changes; Fréchet distances of \(data.samples) samples in 64 features of a classifier \
      (floor \(data.floor); 28 × 28: \(data.largeFloor)). (a) \(spread) seeds, bars: deviation.\(landscapes) (d) to (g): one seed. (h), (i), (k): \
      \(seeds) seeds, bars: standard error. (j), every row matched and distilled (T transformer, U U-Net; px pixels, lat latents, al aligned latents; \
      ad adaptive, cos cosine weights): \(gridSeeds) seed\(gridSeeds == 1 ? "" : "s"). Remake with: swift run toylab figure16\
      \(data.isThorough ? " --thorough" : "")
      """
  }
}
