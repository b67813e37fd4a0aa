// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The levels at which a field is cut.
public enum ContourLevels: Sendable, Hashable, Codable {
  /// Given levels.
  case values([Double])
  /// At most this many levels, at round numbers.
  case count(Int)
  /// This many levels between the extremes at equal ratios: for positive fields over decades.
  case geometric(Int)

  /// The levels for a field, in increasing order.
  ///
  /// Fewer than three finite numbers have none.
  func resolved(for values: [Double]) -> [Double] {
    guard makesScale(values) else { return [] }
    switch self {
    case .values(let levels):
      return levels.sorted()
    case .count(let count):
      precondition(count > 0, "at least one level is needed")
      guard let range = finiteRange(values) else { return [] }
      return LinearTicks.ticks(for: range, maximumCount: count).major.map(\.value)
    case .geometric(let count):
      precondition(count > 0, "at least one level is needed")
      guard let range = finiteRange(values.filter { $0 > 0 }) else { return [] }
      let axis = AxisMapping(scale: .log10, range: range)
      return (1...count).map { axis.value(at: Double($0) / Double(count + 1)) }
    }
  }

  private func finiteRange(_ values: [Double]) -> ClosedRange<Double>? {
    let finite = values.filter(\.isFinite)
    guard let lower = finite.min(), let upper = finite.max(), lower < upper else { return nil }
    return lower...upper
  }
}

/// Level lines of a field.
public struct Contours: Sendable, Hashable, Codable {
  /// The field.
  public var grid: ScalarGrid
  /// The levels.
  public var levels: ContourLevels
  /// The style of the lines; its colour gives way to `colors`.
  public var stroke: StrokeStyle
  /// Colours that show the levels; none draws all lines in the colour of `stroke`.
  public var colors: ColorScale?
  /// The label in the legend; none leaves the lines out of it.
  public var label: String?

  /// Level lines of a field.
  public init(
    grid: ScalarGrid, levels: ContourLevels = .count(8),
    stroke: StrokeStyle = StrokeStyle(Color(gray: 0.2), width: 0.8), colors: ColorScale? = nil,
    label: String? = nil
  ) {
    self.grid = grid
    self.levels = levels
    self.stroke = stroke
    self.colors = colors
    self.label = label
  }
}

extension Contours: LayerContent {
  func include(in extent: inout PlotExtent) {
    extent.include(x: grid.x, y: grid.y)
    extent.isFilled = true
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let scale = colors?.resolved(for: grid.values)
    for level in levels.resolved(for: grid.values) {
      var style = stroke
      if let scale { style.color = scale.color(of: level) }
      let lines = ContourTracing.paths(of: grid, level: level).flatMap { drawable($0, mapping) }
      if !lines.isEmpty { canvas.stroke(lines, closed: false, style: style) }
    }
  }

  var colorScale: ResolvedColorScale? { colors?.shown(for: grid.values) }

  var field: ScalarGrid? { grid }

  var legendEntry: LegendEntry? { label.map { LegendEntry($0, .line(stroke, marker: nil)) } }

  /// A closed path repeats its first point: clipping may open it.
  private func drawable(_ path: ContourPath, _ mapping: PlotMapping) -> [[PlotPoint]] {
    guard path.isClosed, let first = path.points.first else {
      return mapping.stretches(path.points)
    }
    return mapping.stretches(path.points + [first])
  }
}

/// The regions between level lines, in colours; drawn as an image on linear axes.
public struct FilledContours: Sendable, Hashable, Codable {
  /// The field.
  public var grid: ScalarGrid
  /// The levels between which the colour is one.
  public var levels: ContourLevels
  /// The colours of the regions: each takes the colour of the middle of its two levels.
  public var colors: ColorScale

  /// The regions between level lines, in colours.
  public init(
    grid: ScalarGrid, levels: ContourLevels = .count(10), colors: ColorScale = ColorScale()
  ) {
    self.grid = grid
    self.levels = levels
    self.colors = colors
  }
}

extension FilledContours: LayerContent {
  func include(in extent: inout PlotExtent) {
    extent.include(x: grid.x, y: grid.y)
    extent.isFilled = true
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let scale = colors.resolved(for: grid.values)
    let bounds =
      [scale.axis.range.lowerBound] + levels.resolved(for: grid.values)
      + [scale.axis.range.upperBound]
    let image = FieldImage.interpolated(grid) { value in
      guard value.isFinite else { return scale.color(of: value) }
      let index = bounds.dropFirst().dropLast().firstIndex { $0 > value } ?? bounds.count - 1
      return scale.map.color(at: middle(bounds[index - 1], bounds[index], scale.axis))
    }
    FieldImage.draw(image, x: grid.x, y: grid.y, smooth: true, on: &canvas, mapping: mapping)
  }

  var colorScale: ResolvedColorScale? { colors.shown(for: grid.values) }

  var field: ScalarGrid? { grid }

  /// The middle of two levels as a fraction of the colour scale.
  private func middle(_ lower: Double, _ upper: Double, _ axis: AxisMapping) -> Double {
    guard let first = axis.fraction(of: lower), let second = axis.fraction(of: upper) else {
      return 0
    }
    return (first + second) / 2
  }
}
