// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Plotting

/// Places for the nodes of a directed graph without circles, drawn from left to right in layers.
///
/// A node stands one layer behind the last of those it comes from, a node that comes from none right before its
/// first user. Edges that pass layers bend there, those of one node together. The order within a layer follows the
/// mean place of the neighbours (K. Sugiyama, S. Tagawa, M. Toda, 1981).
struct GraphLayout {
  /// The place of each node: its layer, and how high it stands.
  let nodes: [PlotPoint]
  /// The bends of each edge, its ends included.
  let edges: [[PlotPoint]]

  /// The number of layers.
  var width: Double { (nodes.map(\.x).max() ?? -1) + 1 }

  /// - Parameters:
  ///   - count: nodes, numbered from 0.
  ///   - edges: pairs of nodes; an edge leads from a smaller to a larger number.
  init(count: Int, edges: [Edge]) {
    precondition(
      edges.allSatisfy { 0 <= $0.from && $0.from < $0.to && $0.to < count },
      "an edge leads from a smaller to a larger number below \(count)")
    let layers = Self.layers(count: count, edges: edges)
    var grid = LayeredGraph(layers: layers)
    let routes = edges.map { grid.route($0, from: layers[$0.from], to: layers[$0.to]) }
    grid.order()
    let heights = grid.heights()
    func place(_ vertex: Int) -> PlotPoint {
      PlotPoint(x: Double(grid.layerOf[vertex]), y: heights[vertex])
    }
    nodes = (0..<count).map(place)
    self.edges = routes.map { $0.map(place) }
  }

  /// From one node to another.
  struct Edge: Codable, Hashable {
    let from: Int
    let to: Int
  }

  private static func layers(count: Int, edges: [Edge]) -> [Int] {
    var layers = [Int](repeating: 0, count: count)
    for edge in edges.sorted(by: { $0.to < $1.to }) {
      layers[edge.to] = max(layers[edge.to], layers[edge.from] + 1)
    }
    let entered = Set(edges.map(\.to))
    let users = Dictionary(grouping: edges, by: \.from)
    for node in 0..<count where !entered.contains(node) {
      layers[node] = (users[node]?.map { layers[$0.to] }.min() ?? 1) - 1
    }
    return layers
  }
}

/// Nodes and the bends of edges, layer by layer.
private struct LayeredGraph {
  private(set) var layerOf: [Int]
  private let nodeCount: Int
  private var neighbours: [(before: [Int], behind: [Int])]
  private var rows: [[Int]]
  private var bends: [GraphLayout.Edge: Int] = [:]

  init(layers: [Int]) {
    layerOf = layers
    nodeCount = layers.count
    neighbours = Array(repeating: ([], []), count: layers.count)
    rows = Array(repeating: [], count: (layers.max() ?? 0) + 1)
    for (node, layer) in layers.enumerated() { rows[layer].append(node) }
  }

  /// The vertices an edge runs through; edges of one node share their bends.
  mutating func route(_ edge: GraphLayout.Edge, from first: Int, to last: Int) -> [Int] {
    var path = [edge.from]
    for layer in first + 1..<last { path.append(bend(of: edge.from, in: layer)) }
    path.append(edge.to)
    for (from, to) in zip(path, path.dropFirst()) where !neighbours[from].behind.contains(to) {
      neighbours[from].behind.append(to)
      neighbours[to].before.append(from)
    }
    return path
  }

  private mutating func bend(of node: Int, in layer: Int) -> Int {
    let key = GraphLayout.Edge(from: node, to: layer)
    if let known = bends[key] { return known }
    let vertex = layerOf.count
    bends[key] = vertex
    layerOf.append(layer)
    neighbours.append(([], []))
    rows[layer].append(vertex)
    return vertex
  }

  /// Sorts each layer by the mean place of its neighbours, forth and back.
  mutating func order() {
    var place = [Double](repeating: 0, count: layerOf.count)
    func note() {
      for row in rows { for (index, vertex) in row.enumerated() { place[vertex] = Double(index) } }
    }
    note()
    for sweep in 0..<24 {
      let isForth = sweep % 2 == 0
      for layer in isForth ? Array(rows.indices) : rows.indices.reversed() {
        let wanted = rows[layer].map { vertex in
          let near = isForth ? neighbours[vertex].before : neighbours[vertex].behind
          return near.isEmpty ? place[vertex] : mean(near, place)
        }
        rows[layer] = rows[layer].indices.sorted {
          (wanted[$0], $0) < (wanted[$1], $1)
        }.map { rows[layer][$0] }
        for (index, vertex) in rows[layer].enumerated() { place[vertex] = Double(index) }
      }
    }
  }

  /// How high each vertex stands: near its neighbours, in the order of its layer, nodes at least 1 apart.
  func heights() -> [Double] {
    var heights = [Double](repeating: 0, count: layerOf.count)
    for row in rows {
      for (index, vertex) in row.enumerated() {
        heights[vertex] = Double(index) - Double(row.count - 1) / 2
      }
    }
    for _ in 0..<40 {
      for row in rows {
        let wanted = row.map { vertex -> Double in
          let near = neighbours[vertex].before + neighbours[vertex].behind
          return near.isEmpty ? heights[vertex] : mean(near, heights)
        }
        for (vertex, height) in zip(row, spread(wanted, row)) { heights[vertex] = height }
      }
    }
    return heights
  }

  /// The heights nearest to those wanted, in least squares, that keep the order of the row and room between its
  /// vertices: isotonic regression, which pools neighbours that would pass each other.
  private func spread(_ wanted: [Double], _ row: [Int]) -> [Double] {
    var room = [0.0]
    for (first, second) in zip(row, row.dropFirst()) {
      let bothBend = first >= nodeCount && second >= nodeCount
      room.append(room[room.count - 1] + (bothBend ? 0.5 : 1))
    }
    var pools: [(sum: Double, count: Int)] = []
    for index in row.indices {
      var pool = (sum: wanted[index] - room[index], count: 1)
      while let last = pools.last, last.sum * Double(pool.count) > pool.sum * Double(last.count) {
        pool = (pool.sum + last.sum, pool.count + last.count)
        pools.removeLast()
      }
      pools.append(pool)
    }
    let levels = pools.flatMap { pool in
      [Double](repeating: pool.sum / Double(pool.count), count: pool.count)
    }
    return zip(levels, room).map { $0 + $1 }
  }

  private func mean(_ vertices: [Int], _ values: [Double]) -> Double {
    vertices.reduce(0) { $0 + values[$1] } / Double(vertices.count)
  }
}
