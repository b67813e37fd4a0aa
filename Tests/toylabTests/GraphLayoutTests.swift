// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Plotting
import Testing

@testable import Walkthroughs

@Suite struct GraphLayoutTests {
  private typealias Edge = GraphLayout.Edge

  private let edges = [
    Edge(from: 0, to: 2), Edge(from: 1, to: 2), Edge(from: 2, to: 3), Edge(from: 0, to: 4),
    Edge(from: 3, to: 5), Edge(from: 4, to: 5), Edge(from: 2, to: 5),
  ]

  @Test("every edge leads to the right, from its node to its node")
  func edgesLeadRight() {
    let layout = GraphLayout(count: 6, edges: edges)
    for (edge, path) in zip(edges, layout.edges) {
      #expect(path.first == layout.nodes[edge.from] && path.last == layout.nodes[edge.to])
      #expect(zip(path, path.dropFirst()).allSatisfy { $1.x == $0.x + 1 })
    }
  }

  @Test("a node without operands stands right before its first user")
  func leaves() {
    let layout = GraphLayout(
      count: 5,
      edges: [
        Edge(from: 0, to: 1), Edge(from: 1, to: 2), Edge(from: 2, to: 4), Edge(from: 3, to: 4),
      ])
    #expect(layout.nodes.map(\.x) == [0, 1, 2, 2, 3])
  }

  @Test("nodes of one layer stand at least 1 apart")
  func room() {
    let fan = (0..<7).map { Edge(from: $0, to: 7) }
    let layout = GraphLayout(count: 8, edges: fan)
    let heights = layout.nodes.prefix(7).map(\.y).sorted()
    #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 >= 1 - 1e-12 })
    #expect(abs(layout.nodes[7].y - heights.reduce(0, +) / 7) < 1e-9)
  }

  @Test("a ladder whose rails were named crosswise is drawn without crossings")
  func crossings() {
    // 0-3-4, 1-2-5 with the second layer listed the other way round.
    let layout = GraphLayout(
      count: 6,
      edges: [
        Edge(from: 0, to: 3), Edge(from: 1, to: 2), Edge(from: 3, to: 4), Edge(from: 2, to: 5),
      ])
    let above = [(0, 1), (3, 2), (4, 5)].map { layout.nodes[$0].y < layout.nodes[$1].y }
    #expect(Set(above).count == 1)
  }

  @Test("a single node is a graph")
  func single() {
    let layout = GraphLayout(count: 1, edges: [])
    #expect(layout.nodes.count == 1 && layout.edges.isEmpty)
  }
}
