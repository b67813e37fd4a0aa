// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A level line: closed, or ending on the border of the grid or beside blank nodes.
struct ContourPath: Equatable {
  var points: [PlotPoint]
  var isClosed: Bool
}

/// Level lines of a grid by marching squares, joined into paths (Lorensen and Cline, 1987, in two
/// dimensions). The position along a cell's edge is linear, so it errs by O(h^2) for spacing h.
enum ContourTracing {
  /// An edge between neighbouring nodes: from node `node` to the right or upwards.
  private struct Edge: Hashable {
    var node: Int
    var isVertical: Bool
  }

  /// The paths on which the grid's interpolant equals `level`.
  static func paths(of grid: ScalarGrid, level: Double) -> [ContourPath] {
    var neighbours: [Edge: [Edge]] = [:]
    var order: [Edge] = []
    for row in 0..<(grid.rows - 1) {
      for column in 0..<(grid.columns - 1) {
        for (start, end) in segments(of: grid, column: column, row: row, level: level) {
          if neighbours[start] == nil { order.append(start) }
          neighbours[start, default: []].append(end)
          if neighbours[end] == nil { order.append(end) }
          neighbours[end, default: []].append(start)
        }
      }
    }
    return joined(neighbours, order: order).map { edges, isClosed in
      ContourPath(points: edges.map { crossing($0, grid, level) }, isClosed: isClosed)
    }
  }

  /// The pieces within one cell. A saddle is resolved by the mean of the corners.
  private static func segments(
    of grid: ScalarGrid, column: Int, row: Int, level: Double
  ) -> [(Edge, Edge)] {
    let node = row * grid.columns + column
    let corners = [
      grid.values[node], grid.values[node + 1], grid.values[node + grid.columns + 1],
      grid.values[node + grid.columns],
    ]
    guard corners.allSatisfy(\.isFinite) else { return [] }
    let above = corners.map { $0 >= level }
    let edges = [
      Edge(node: node, isVertical: false), Edge(node: node + 1, isVertical: true),
      Edge(node: node + grid.columns, isVertical: false), Edge(node: node, isVertical: true),
    ]
    let crossed = (0..<4).filter { above[$0] != above[($0 + 1) % 4] }
    switch crossed.count {
    case 2: return [(edges[crossed[0]], edges[crossed[1]])]
    case 4:
      let isMiddleAbove = corners.reduce(0, +) / 4 >= level
      // The corners on the middle's side are joined, the other two cut off, each by one segment.
      return isMiddleAbove == above[0]
        ? [(edges[0], edges[1]), (edges[2], edges[3])]
        : [(edges[3], edges[0]), (edges[1], edges[2])]
    default: return []
    }
  }

  private static func crossing(_ edge: Edge, _ grid: ScalarGrid, _ level: Double) -> PlotPoint {
    let column = edge.node % grid.columns
    let row = edge.node / grid.columns
    let start = PlotPoint(x: grid.x(ofColumn: column), y: grid.y(ofRow: row))
    let end =
      edge.isVertical
      ? PlotPoint(x: start.x, y: grid.y(ofRow: row + 1))
      : PlotPoint(x: grid.x(ofColumn: column + 1), y: start.y)
    let first = grid.values[edge.node]
    let second = grid.values[edge.node + (edge.isVertical ? grid.columns : 1)]
    return start.mixed(with: end, fraction: (level - first) / (second - first))
  }

  /// Walks the graph of edges, in which every edge has one or two neighbours: open ends first.
  private static func joined(
    _ neighbours: [Edge: [Edge]], order: [Edge]
  ) -> [(edges: [Edge], isClosed: Bool)] {
    var visited: Set<Edge> = []
    var paths: [(edges: [Edge], isClosed: Bool)] = []
    func walk(from start: Edge) -> [Edge] {
      var path = [start]
      visited.insert(start)
      while let last = path.last,
        let next = neighbours[last, default: []].first(where: { !visited.contains($0) })
      {
        path.append(next)
        visited.insert(next)
      }
      return path
    }
    for edge in order where neighbours[edge]?.count == 1 && !visited.contains(edge) {
      paths.append((walk(from: edge), false))
    }
    for edge in order where !visited.contains(edge) {
      paths.append((walk(from: edge), true))
    }
    return paths
  }
}
