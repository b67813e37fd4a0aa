// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Arrows from points of the data.
public struct Quiver: Sendable, Hashable, Codable {
  /// The points the arrows start from.
  public var points: [PlotPoint]
  /// The vectors, in units of the data, as many as `points`.
  public var vectors: [PlotPoint]
  /// The style of the arrows.
  public var stroke: StrokeStyle
  /// The length of an arrow in data units for a vector of length one; `nil` makes the longest arrow
  /// as long as the points are apart.
  public var scale: Double?
  /// The label in the legend; none leaves the arrows out of it.
  public var label: String?

  /// Arrows from points.
  public init(
    points: [PlotPoint], vectors: [PlotPoint],
    stroke: StrokeStyle = StrokeStyle(Color(gray: 0.25), width: 0.9), scale: Double? = nil,
    label: String? = nil
  ) {
    precondition(
      points.count == vectors.count,
      "arrows need as many vectors (\(vectors.count)) as points (\(points.count))")
    self.points = points
    self.vectors = vectors
    self.stroke = stroke
    self.scale = scale
    self.label = label
  }

  /// Arrows at the nodes of a grid.
  public init(
    grid: VectorGrid, stroke: StrokeStyle = StrokeStyle(Color(gray: 0.25), width: 0.9),
    scale: Double? = nil, label: String? = nil
  ) {
    let nodes = ScalarGrid(
      x: grid.x, y: grid.y, columns: grid.columns, rows: grid.rows, values: grid.u)
    self.init(
      points: (0..<grid.rows).flatMap { row in
        (0..<grid.columns).map { PlotPoint(x: nodes.x(ofColumn: $0), y: nodes.y(ofRow: row)) }
      },
      vectors: zip(grid.u, grid.v).map { PlotPoint(x: $0, y: $1) },
      stroke: stroke, scale: scale, label: label)
  }
}

extension Quiver: LayerContent {
  func include(in extent: inout PlotExtent) { extent.include(points) }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let arrows = arrows(mapping)
    let lengths = arrows.map { $0.tail.distance(to: $0.tip) }
    guard let longest = lengths.max(), longest > 0 else { return }
    let shrink = scale == nil ? spacing(mapping, count: arrows.count) / longest : 1
    var shafts: [[PlotPoint]] = []
    var heads: [[PlotPoint]] = []
    for arrow in arrows {
      let tip = arrow.tail.mixed(with: arrow.tip, fraction: shrink)
      guard let shaft = Clipping.segment(arrow.tail, tip, to: mapping.bounds) else { continue }
      let length = arrow.tail.distance(to: tip)
      guard length > 0.4 else { continue }
      let headLength = min(2.2 + 2.2 * stroke.width, 0.6 * length)
      shafts.append([shaft.start, shaft.start.mixed(with: shaft.end, fraction: 0.9)])
      if let head = Arrowhead.polygon(tail: arrow.tail, tip: shaft.end, length: headLength) {
        heads.append(head)
      }
    }
    guard !shafts.isEmpty else { return }
    canvas.stroke(shafts, closed: false, style: stroke)
    canvas.fill(heads, color: stroke.color)
  }

  var legendEntry: LegendEntry? { label.map { LegendEntry($0, .line(stroke, marker: nil)) } }

  /// Start and end of every arrow on the canvas, before automatic scaling.
  private func arrows(_ mapping: PlotMapping) -> [(tail: PlotPoint, tip: PlotPoint)] {
    let factor = scale ?? 1
    return zip(points, vectors).compactMap { point, vector in
      guard let tail = mapping.point(point.x, point.y),
        let tip = mapping.point(point.x + vector.x * factor, point.y + vector.y * factor)
      else { return nil }
      return (tail, tip)
    }
  }

  /// The distance between neighbours, were the points evenly spread over the frame.
  private func spacing(_ mapping: PlotMapping, count: Int) -> Double {
    (mapping.frame.width * mapping.frame.height / Double(max(count, 1))).squareRoot()
  }
}
