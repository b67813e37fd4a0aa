// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A surface over a plane, seen obliquely in parallel projection, for a panel without axes.
///
/// Cells are drawn from the farthest to the nearest, so that nearer ones hide what is behind them, and are
/// shaded by their slope. Height follows the colour scale: a value outside its range is drawn at the range's end, so that
/// a surface that explodes stays in the picture, and a logarithmic scale gives logarithmic height.
public struct Surface: Sendable, Hashable, Codable {
  /// The values over the plane; a cell with a corner that is not finite stays open.
  public var grid: ScalarGrid
  /// The colours and the range of heights.
  public var colors: ColorScale
  /// The turn about the vertical in degrees.
  public var azimuth: Double
  /// The angle of view above the plane in degrees, in (0, 90).
  public var elevation: Double
  /// The height of the range relative to the side of the base.
  public var relativeHeight: Double
  /// The label along the first side of the base.
  public var xLabel: String
  /// The label along the second side of the base.
  public var yLabel: String

  /// A surface over a plane.
  public init(
    grid: ScalarGrid, colors: ColorScale = ColorScale(), azimuth: Double = 35,
    elevation: Double = 28, relativeHeight: Double = 0.6, xLabel: String = "", yLabel: String = ""
  ) {
    precondition(elevation > 0 && elevation < 90, "the elevation must lie in (0, 90) degrees")
    self.grid = grid
    self.colors = colors
    self.azimuth = azimuth
    self.elevation = elevation
    self.relativeHeight = relativeHeight
    self.xLabel = xLabel
    self.yLabel = yLabel
  }
}

extension Surface: LayerContent {
  func include(in extent: inout PlotExtent) {
    let projection = SurfaceProjection(self)
    for corner in SurfaceProjection.corners {
      extent.include([
        projection.point(corner.0, corner.1, 0), projection.point(corner.0, corner.1, 1),
      ])
    }
    // Room for the labels below the base.
    let front = SurfaceProjection.corners.map { projection.point($0.0, $0.1, 0).y }.min() ?? 0
    if !xLabel.isEmpty || !yLabel.isEmpty { extent.y.include(front - 0.25) }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let projection = SurfaceProjection(self)
    drawBase(on: &canvas, mapping: mapping, projection: projection)
    let scale = colors.resolved(for: grid.values)
    let heights = grid.values.map { value in
      scale.axis.fraction(of: value).map { min(max($0, 0), 1) } ?? .nan
    }
    let cells = (0..<(grid.rows - 1)).flatMap { row in
      (0..<(grid.columns - 1)).map { (column: $0, row: row) }
    }
    let ordered = cells.map { (cell: $0, depth: depth($0, projection)) }
      .sorted { $0.depth > $1.depth }
    for (cell, _) in ordered {
      drawCell(cell, heights, scale.map, on: &canvas, mapping: mapping, projection: projection)
    }
  }

  var colorScale: ResolvedColorScale? { colors.shown(for: grid.values) }

  var field: ScalarGrid? { grid }

  private func unit(_ index: Int, of count: Int) -> Double {
    2 * Double(index) / Double(count - 1) - 1
  }

  private func depth(_ cell: (column: Int, row: Int), _ projection: SurfaceProjection) -> Double {
    projection.depth(
      unit(cell.column, of: grid.columns) + 1 / Double(grid.columns - 1),
      unit(cell.row, of: grid.rows) + 1 / Double(grid.rows - 1))
  }

  private func drawCell(
    _ cell: (column: Int, row: Int), _ heights: [Double], _ map: ColorMap,
    on canvas: inout some Canvas, mapping: PlotMapping, projection: SurfaceProjection
  ) {
    let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { (cell.column + $0.0, cell.row + $0.1) }
    let levels = corners.map { heights[$0.1 * grid.columns + $0.0] }
    let points = zip(corners, levels).compactMap { corner, height -> PlotPoint? in
      let place = projection.point(
        unit(corner.0, of: grid.columns), unit(corner.1, of: grid.rows), height)
      return mapping.point(place.x, place.y)
    }
    guard points.count == 4 else { return }
    let color = map.color(at: levels.reduce(0, +) / 4)
      .mixed(with: .black, fraction: shadow(levels))
    canvas.fill([points], color: color)
    // The edge covers the seam between neighbours and shows the shape.
    canvas.stroke(
      [points], closed: true,
      style: StrokeStyle(color.mixed(with: .black, fraction: 0.22), width: 0.35))
  }

  /// How much of its colour a cell loses for being turned away from the light, which comes from above on
  /// the left of the viewer; none on a level surface.
  private func shadow(_ levels: [Double]) -> Double {
    let height = 2 * relativeHeight
    let along = [
      height * (levels[1] + levels[2] - levels[0] - levels[3]) / 4 * Double(grid.columns - 1),
      height * (levels[2] + levels[3] - levels[0] - levels[1]) / 4 * Double(grid.rows - 1),
    ]
    let turn = azimuth * .pi / 180
    let light = [-cos(turn) - 0.6 * sin(turn), sin(turn) - 0.6 * cos(turn)]
    let rise = light[0] * along[0] + light[1] * along[1]
    let length = (1 + along[0] * along[0] + along[1] * along[1]).squareRoot()
    return min(max(0.3 * rise / length, 0), 0.3)
  }

  private func drawBase(
    on canvas: inout some Canvas, mapping: PlotMapping, projection: SurfaceProjection
  ) {
    let base = SurfaceProjection.corners.compactMap { corner -> PlotPoint? in
      let place = projection.point(corner.0, corner.1, 0)
      return mapping.point(place.x, place.y)
    }
    guard base.count == 4 else { return }
    canvas.stroke([base], closed: true, style: StrokeStyle(Color(gray: 0.6), width: 0.7))
    let front = SurfaceProjection.sides(facing: projection)
    for (label, side) in [(xLabel, front.x), (yLabel, front.y)] where !label.isEmpty {
      let place = projection.point(side.0 * 1.18, side.1 * 1.18, 0)
      guard let anchor = mapping.point(place.x, place.y) else { continue }
      TextBlock(label, font: Typography.axisLabel, canvas: canvas).draw(
        on: &canvas, at: anchor, horizontal: .center, vertical: .middle)
    }
  }
}

/// The parallel projection of the box of a surface: base [-1, 1] x [-1, 1], height [0, 1].
private struct SurfaceProjection {
  static let corners: [(Double, Double)] = [(-1, -1), (1, -1), (1, 1), (-1, 1)]

  private let cosine: Double
  private let sine: Double
  private let tilt: Double
  private let lift: Double

  init(_ surface: Surface) {
    let turn = surface.azimuth * .pi / 180
    let view = surface.elevation * .pi / 180
    cosine = cos(turn)
    sine = sin(turn)
    tilt = sin(view)
    lift = 2 * surface.relativeHeight * cos(view)
  }

  func point(_ x: Double, _ y: Double, _ height: Double) -> PlotPoint {
    PlotPoint(x: x * cosine - y * sine, y: depth(x, y) * tilt + height * lift)
  }

  /// How far a point of the base is from the viewer.
  func depth(_ x: Double, _ y: Double) -> Double { x * sine + y * cosine }

  /// The middles of the two sides of the base that face the viewer: along x and along y.
  static func sides(
    facing projection: SurfaceProjection
  ) -> (x: (Double, Double), y: (Double, Double)) {
    func nearer(_ first: (Double, Double), _ second: (Double, Double)) -> (Double, Double) {
      projection.depth(first.0, first.1) < projection.depth(second.0, second.1) ? first : second
    }
    return (x: nearer((0, -1), (0, 1)), y: nearer((-1, 0), (1, 0)))
  }
}
