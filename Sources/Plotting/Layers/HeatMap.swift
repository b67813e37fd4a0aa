// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A field shown by colours, drawn as an image on linear axes.
public struct HeatMap: Sendable, Hashable, Codable {
  /// How the field looks between nodes.
  public enum Shading: String, Sendable, Hashable, Codable, CaseIterable {
    /// Every node owns a cell of one colour, centred on it: the image reaches half a cell beyond
    /// the outer nodes.
    case cells
    /// The bilinear interpolant: the image ends at the outer nodes.
    case smooth
  }

  /// The field; what is not finite has a colour of its own, ``ColorMap/notFinite``.
  public var grid: ScalarGrid
  /// The colours of the values.
  public var colors: ColorScale
  /// How the field looks between nodes.
  public var shading: Shading

  /// A field shown by colours.
  public init(
    grid: ScalarGrid, colors: ColorScale = ColorScale(), shading: Shading = .smooth
  ) {
    self.grid = grid
    self.colors = colors
    self.shading = shading
  }
}

extension HeatMap: LayerContent {
  func include(in extent: inout PlotExtent) {
    let (x, y) = area
    extent.include(x: x, y: y)
    extent.isFilled = true
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let scale = colors.resolved(for: grid.values)
    let image: RasterImage
    switch shading {
    case .cells: image = FieldImage.cells(of: grid, color: scale.color)
    case .smooth: image = FieldImage.interpolated(grid, color: scale.color)
    }
    let (x, y) = area
    FieldImage.draw(
      image, x: x, y: y, smooth: shading == .smooth, on: &canvas, mapping: mapping)
  }

  var colorScale: ResolvedColorScale? { colors.shown(for: grid.values) }

  var field: ScalarGrid? { grid }

  private var area: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    switch shading {
    case .smooth: return (grid.x, grid.y)
    case .cells:
      let halfWidth = (grid.x.upperBound - grid.x.lowerBound) / Double(grid.columns - 1) / 2
      let halfHeight = (grid.y.upperBound - grid.y.lowerBound) / Double(grid.rows - 1) / 2
      return (
        (grid.x.lowerBound - halfWidth)...(grid.x.upperBound + halfWidth),
        (grid.y.lowerBound - halfHeight)...(grid.y.upperBound + halfHeight)
      )
    }
  }
}

/// Images of fields.
enum FieldImage {
  /// The least number of pixels along a side of an interpolated image.
  private static let leastSide = 320

  /// One pixel for each node, the highest row first.
  static func cells(of grid: ScalarGrid, color: (Double) -> Color) -> RasterImage {
    let pixels = (0..<grid.rows).reversed().flatMap { row in
      (0..<grid.columns).map { column in color(grid[column, row]) }
    }
    return RasterImage(columns: grid.columns, rows: grid.rows, pixels: pixels)
  }

  /// The bilinear interpolant at the centres of fine pixels. Values are interpolated, not colours,
  /// so that the colour at a place is that of its value; beside a node that is not finite it is that of the nearest.
  static func interpolated(_ grid: ScalarGrid, color: (Double) -> Color) -> RasterImage {
    let columns = max(leastSide, grid.columns)
    let rows = max(leastSide, grid.rows)
    let pixels = (0..<rows).reversed().flatMap { row in
      (0..<columns).map { column -> Color in
        let across = (Double(column) + 0.5) / Double(columns) * Double(grid.columns - 1)
        let up = (Double(row) + 0.5) / Double(rows) * Double(grid.rows - 1)
        let value = grid.interpolated(column: across, row: up)
        return color(
          value.isFinite ? value : grid[Int(across.rounded()), Int(up.rounded())])
      }
    }
    return RasterImage(columns: columns, rows: rows, pixels: pixels)
  }

  /// Draws an image over an area of the data, mirrored where an axis is reversed.
  static func draw(
    _ image: RasterImage, x: ClosedRange<Double>, y: ClosedRange<Double>, smooth: Bool,
    on canvas: inout some Canvas, mapping: PlotMapping
  ) {
    precondition(
      mapping.x.scale == .linear && mapping.y.scale == .linear,
      "a field drawn as an image needs linear axes")
    // An area that is nothing on its axes, or far beyond them, has no image, and no matrix that would bring one there.
    let drawable = 1e-6...1e7
    guard let rectangle = mapping.rectangle(x: x, y: y), drawable.contains(rectangle.width),
      drawable.contains(rectangle.height)
    else { return }
    let oriented = mirrored(
      image, horizontally: mapping.x.reversed, vertically: mapping.y.reversed)
    canvas.drawImage(oriented, in: rectangle, smooth: smooth)
  }

  private static func mirrored(
    _ image: RasterImage, horizontally: Bool, vertically: Bool
  ) -> RasterImage {
    guard horizontally || vertically else { return image }
    let pixels = (0..<image.rows).flatMap { row in
      (0..<image.columns).map { column in
        let fromRow = vertically ? image.rows - 1 - row : row
        let fromColumn = horizontally ? image.columns - 1 - column : column
        return image.pixels[fromRow * image.columns + fromColumn]
      }
    }
    return RasterImage(columns: image.columns, rows: image.rows, pixels: pixels)
  }
}
