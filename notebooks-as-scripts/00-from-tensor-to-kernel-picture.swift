// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation
import Measures
import Plotting

// The picture of figure 0, drawn from its data alone.

extension FromTensorToKernel {
  static func draw(_ data: Picture) -> Figure {
    let training = data.training
    let layouts = data.graphs.map { GraphLayout(count: $0.nodes.count, edges: $0.edges) }
    return Figure(
      width: 1180, title: "From tensor to kernel",
      grids: [
        PanelGrid(
          rows: [zip(data.graphs, layouts).map(graphPanel)],
          columnWidths: layouts.map(\.width), rowHeights: [0.62]),
        PanelGrid(
          rows: [
            [
              workPanel(training), memoryPanel(training), timePanel(training),
              instructionPanel(training),
            ]
          ], columnWidths: [1.25, 0.8, 0.8, 0.9], rowHeights: [1.05]),
      ],
      caption: """
        a–c: the unit $F$ = tanh($w_1x + w_2t + w_3s$) and its iSD loss; @ matrix product, cat concatenation, ↔ \
        stretching, re reshape, sg stop-gradient; a literal stands once for each reader; ringed: what leaves the \
        program. The \(data.graphs[2].nodes.count) nodes of c become \(data.unitInstructions) instructions. d–f: a training \
        step of the default network (\(training.depth) × \(training.width), iSD on “\(Markup.escaped(training.source))”, batch \(training.batch), \
        \(8 * training.elementSize) bits), a block of \(training.blockRows) rows, after each pass and all above it; d: \
        equations that compute or move something, pale: dead code the pass left behind; e: values of a block, each in \
        memory of its own but for the last bar; f: a run of what is compiled from there, relative to all passes, the \
        quickest of \(training.repetitions) in a row, mean and standard error over \
        \(training.runs / training.repetitions) rounds. g: share of a run by instruction (rows × inner × columns), \(training.runs) runs. One \
        thread. Remake with: swift run toylab figure0
        """)
  }

  // MARK: - Graphs

  private static func graphPanel(_ graph: ProgramGraph, _ layout: GraphLayout) -> Panel {
    let outputs = graph.nodes.indices.filter { graph.nodes[$0].isOutput }.map { layout.nodes[$0] }
    let nodes = WorkKind.allCases.compactMap { kind -> Layer? in
      let own = graph.nodes.indices.filter { graph.nodes[$0].kind == kind }
      return own.isEmpty
        ? nil
        : markers(own.map { layout.nodes[$0] }, kind.color, size: nodeSize, label: kind.title)
    }
    let symbols = zip(graph.nodes, layout.nodes).map { node, place -> Layer in
      .text(
        Annotation(
          node.kind == .input ? "$\(node.symbol)$" : node.symbol, x: place.x, y: place.y,
          color: node.kind.isDark ? Color(gray: 1) : Color(gray: 0.1),
          size: node.symbol.count > 2 && !node.symbol.hasPrefix("\\") ? 5.5 : 8))
    }
    let heights = (layout.nodes + layout.edges.flatMap(\.self)).map(\.y)
    let (low, high) = (heights.min() ?? 0, heights.max() ?? 0)
    return Panel(
      title: "\(graph.title): \(graph.nodes.count) nodes",
      x: Axis(range: -0.6...layout.width - 0.4, ticks: .none),
      y: Axis(range: low - 0.8...high + 0.8, ticks: .none), frame: .none, legend: .shared,
      layers: [
        .paths(Paths(layout.edges, stroke: StrokeStyle(Color(gray: 0.62), width: 0.7))),
        markers(outputs, Palette.black, size: nodeSize + 3.5, label: nil),
      ] + nodes + symbols)
  }

  private static let nodeSize = 14.0

  private static func markers(
    _ places: [PlotPoint], _ color: Color, size: Double, label: String?
  ) -> Layer {
    .scatter(
      Scatter(
        x: places.map(\.x), y: places.map(\.y), color: color, marker: Marker(.circle, size: size),
        label: label))
  }

  // MARK: - Passes

  /// Rows of the panels of passes, from the top.
  private static func stageTitles(_ data: TrainingProgram) -> [String] {
    data.passes.map(\.pass.title) + ["fused to instructions", "memory planned"]
  }

  private static func stageAxis(_ data: TrainingProgram, hasLabels: Bool) -> Axis {
    let titles = stageTitles(data)
    let ticks = titles.enumerated().map { Tick(Double($0.offset), hasLabels ? $0.element : "") }
    return Axis(range: -0.6...Double(titles.count) - 0.4, ticks: .at(ticks), isReversed: true)
  }

  private static func bar(
    _ row: Int, from start: Double, to end: Double, _ color: Color, label: String? = nil
  ) -> Layer {
    let (top, bottom) = (Double(row) - 0.36, Double(row) + 0.36)
    return .polygon(
      Polygon(
        [
          PlotPoint(x: start, y: top), PlotPoint(x: end, y: top), PlotPoint(x: end, y: bottom),
          PlotPoint(x: start, y: bottom),
        ], fill: color, label: label))
  }

  private static func number(_ row: Int, at x: Double, _ text: String) -> Layer {
    .text(Annotation(text, x: x, y: Double(row), side: .right, size: 8.5))
  }

  private static func workPanel(_ data: TrainingProgram) -> Panel {
    let stages = data.passes.map { ($0.counts, $0.deadEquations) } + [(data.instructionCounts, 0)]
    var longest = 0.0
    let layers = stages.enumerated().flatMap { row, stage -> [Layer] in
      let (counts, dead) = stage
      var end = 0.0
      var bars: [Layer] = []
      for kind in WorkKind.allCases where kind.isWork {
        let count = Double(counts[kind.rawValue] ?? 0)
        if count > 0 { bars.append(bar(row, from: end, to: end + count, kind.color)) }
        end += count
      }
      let whole = end + Double(dead)
      if dead > 0 { bars.append(bar(row, from: end, to: whole, deadColor, label: "dead code")) }
      longest = max(longest, whole)
      let note = "\(Int(end))" + (dead > 0 ? " (+ \(dead) dead)" : "")
      return bars + [number(row, at: whole, note)]
    }
    return Panel(
      title: "what is left", x: Axis("equations, instructions", range: 0...1.22 * longest),
      y: stageAxis(data, hasLabels: true), legend: .shared, layers: layers)
  }

  private static let deadColor = Color(gray: 0.87)

  private static func memoryPanel(_ data: TrainingProgram) -> Panel {
    let sizes = (data.passes.map(\.valueBytes) + [data.fusedBytes, data.plannedBytes])
      .map { kibibytes($0) }
    let longest = Double(sizes.max() ?? 1)
    return Panel(
      title: "memory of a block", x: Axis("values, KiB", range: 0...1.22 * longest),
      y: stageAxis(data, hasLabels: false), legend: .hidden,
      layers: sizes.enumerated().flatMap { row, size in
        [
          bar(row, from: 0, to: Double(size), Color(hex: 0x882255)),
          number(row, at: Double(size), "\(size)"),
        ]
      })
  }

  private static func timePanel(_ data: TrainingProgram) -> Panel {
    let times = data.passes.map(\.relativeTime)
    let longest = times.map { $0.value + $0.standardError }.max() ?? 1
    return Panel(
      title: "time of a run", x: Axis("time, relative to all passes", range: 0...1.22 * longest),
      y: stageAxis(data, hasLabels: false), legend: .hidden,
      layers: [.reference(ReferenceLine(.vertical(1)))]
        + times.enumerated().flatMap { row, time -> [Layer] in
          let (y, reach) = (Double(row), time.standardError.isFinite ? time.standardError : 0)
          return [
            bar(row, from: 0, to: time.value, Color(hex: 0x332288)),
            .line(
              Line(
                x: [time.value - reach, time.value + reach], y: [y, y], color: Color(gray: 0.1),
                width: 1.2)),
            number(row, at: time.value + reach, String(format: "%.2f", time.value)),
          ]
        })
  }

  private static func instructionPanel(_ data: TrainingProgram) -> Panel {
    let shown = Array(data.lines.prefix(8))
    let rest = data.lines.dropFirst(8)
    let others = rest.reduce(0) { $0 + $1.share.value }
    let rows: [(name: String, color: Color, share: Double)] =
      shown.map { (name: "\($0.count) × \($0.name)", color: $0.kind.color, share: $0.share.value) }
      + [("\(rest.reduce(0) { $0 + $1.count }) others", Color(gray: 0.75), others)]
    let ticks = rows.enumerated().map { Tick(Double($0.offset), $0.element.name) }
    let longest = 100 * (rows.map(\.share).max() ?? 1)
    return Panel(
      title: "where the time goes", x: Axis("share of a run, %", range: 0...1.2 * longest),
      y: Axis(range: -0.6...Double(rows.count) - 0.4, ticks: .at(ticks), isReversed: true),
      legend: .hidden,
      layers: rows.enumerated().flatMap { index, row in
        [
          bar(index, from: 0, to: 100 * row.share, row.color),
          number(index, at: 100 * row.share, digits(100 * row.share)),
        ]
      })
  }
}

extension WorkKind {
  fileprivate var color: Color {
    switch self {
    case .input: return Palette.skyBlue
    case .literal: return Color(gray: 0.82)
    case .product: return Palette.vermilion
    case .elementwise: return Palette.blue
    case .reduction: return Palette.purple
    case .layout: return Palette.green
    case .stopGradient: return Palette.orange
    }
  }

  /// Whether white letters are read more easily on it than black ones.
  fileprivate var isDark: Bool {
    switch self {
    case .product, .elementwise, .layout: return true
    case .input, .literal, .reduction, .stopGradient: return false
    }
  }
}
