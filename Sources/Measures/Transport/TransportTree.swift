// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The basis of a transport problem: a spanning tree of rows and columns whose edges carry whole units, all above zero,
/// with prices that add up to the cost on every edge of it. Nodes are the rows and, after them, the columns.
struct TransportTree {
  private let rowCount: Int
  private let columnCount: Int
  private var parents: [Int]
  private var depths: [Int]
  /// The units on the edge from each node to its parent.
  private var units: [Int]
  private var firstChildren: [Int]
  private var nextSiblings: [Int]
  private var previousSiblings: [Int]
  /// A price a node.
  private(set) var prices: [Double]
  private var stack: [Int] = []

  /// The tree of a first plan: each row in turn sends what it has to the cheapest columns that want some.
  ///
  /// - Precondition: all units are above zero, both sums agree, and those of no part of the rows agree with those of a
  ///   part of the columns, so that every edge of every tree carries units.
  init(supplies: [Int], demands: [Int], _ costs: UnsafeBufferPointer<Double>) {
    rowCount = supplies.count
    columnCount = demands.count
    let nodeCount = rowCount + columnCount
    parents = Array(repeating: -1, count: nodeCount)
    depths = Array(repeating: 0, count: nodeCount)
    units = Array(repeating: 0, count: nodeCount)
    firstChildren = Array(repeating: -1, count: nodeCount)
    nextSiblings = Array(repeating: -1, count: nodeCount)
    previousSiblings = Array(repeating: -1, count: nodeCount)
    prices = Array(repeating: 0, count: nodeCount)
    grow(edges: greedyEdges(supplies, demands, costs))
    refreshPrices(costs)
  }

  /// What flows along the edges if the rows and columns have other units; edges that carry none are left out.
  func flows(
    supplies: [Int], demands: [Int]
  ) -> [(row: Int, column: Int, units: Int)] {
    // What the part below each node has to send.
    var excess = supplies + demands.map { -$0 }
    var flows: [(row: Int, column: Int, units: Int)] = []
    for node in parents.indices.sorted(by: { depths[$0] > depths[$1] }) {
      let parent = parents[node]
      if parent < 0 || excess[node] == 0 { continue }
      flows.append(
        node < rowCount
          ? (node, parent - rowCount, excess[node]) : (parent, node - rowCount, -excess[node]))
      excess[parent] += excess[node]
    }
    return flows
  }

  /// The column of a row whose cost lies least above, or most below, their prices.
  func lowestReducedCost(
    ofRow row: Int, _ costs: UnsafeBufferPointer<Double>
  ) -> (column: Int, reducedCost: Double) {
    prices.withUnsafeBufferPointer { prices in
      let start = row * columnCount
      var (lowest, best) = (Double.infinity, 0)
      for column in 0..<columnCount {
        let reduced = costs[start + column] - prices[rowCount + column]
        if reduced < lowest { (lowest, best) = (reduced, column) }
      }
      return (best, lowest - prices[row])
    }
  }

  private func greedyEdges(
    _ supplies: [Int], _ demands: [Int], _ costs: UnsafeBufferPointer<Double>
  ) -> [(row: Int, column: Int, units: Int)] {
    var demands = demands
    var edges: [(row: Int, column: Int, units: Int)] = []
    for row in 0..<rowCount {
      var supply = supplies[row]
      while supply > 0 {
        var (lowest, best) = (Double.infinity, -1)
        for column in 0..<columnCount where demands[column] > 0 {
          let cost = costs[row * columnCount + column]
          if cost < lowest { (lowest, best) = (cost, column) }
        }
        let carried = min(supply, demands[best])
        edges.append((row, best, carried))
        supply -= carried
        demands[best] -= carried
      }
    }
    return edges
  }

  /// Hangs the edges of a spanning tree from the first row.
  private mutating func grow(edges: [(row: Int, column: Int, units: Int)]) {
    precondition(edges.count == parents.count - 1, "\(edges.count) edges span no tree")
    var neighbours = [[(node: Int, units: Int)]](repeating: [], count: parents.count)
    for edge in edges {
      neighbours[edge.row].append((rowCount + edge.column, edge.units))
      neighbours[rowCount + edge.column].append((edge.row, edge.units))
    }
    stack = [0]
    while let node = stack.popLast() {
      for next in neighbours[node] where next.node != parents[node] {
        attach(next.node, to: node, units: next.units)
        depths[next.node] = depths[node] + 1
        stack.append(next.node)
      }
    }
  }

  /// Computes the prices anew from the costs of the edges; that of the first row is 0.
  mutating func refreshPrices(_ costs: UnsafeBufferPointer<Double>) {
    stack = [0]
    prices[0] = 0
    while let node = stack.popLast() {
      var child = firstChildren[node]
      while child >= 0 {
        prices[child] = cost(of: child, costs) - prices[node]
        stack.append(child)
        child = nextSiblings[child]
      }
    }
  }

  /// The cost of the edge from a node to its parent.
  private func cost(of node: Int, _ costs: UnsafeBufferPointer<Double>) -> Double {
    let (row, column) = node < rowCount ? (node, parents[node]) : (parents[node], node)
    return costs[row * columnCount + column - rowCount]
  }

  /// Brings an edge into the tree, whose cost lies below its prices by `-reducedCost`, and drops the edge that runs dry.
  mutating func pivot(row: Int, column: Int, reducedCost: Double) {
    let columnNode = rowCount + column
    let (leaving, isColumnSide) = leavingEdge(row, columnNode)
    let carried = units[leaving]
    shift(carried, row, columnNode)
    // The part cut off is hung up again by its end of the new edge.
    let (top, other) = isColumnSide ? (columnNode, row) : (row, columnNode)
    reroot(leaving, at: top)
    attach(top, to: other, units: carried)
    // Rows and columns change their prices by opposite amounts, which keeps the sums within the part.
    update(top, rowStep: isColumnSide ? -reducedCost : reducedCost)
  }

  /// The node below the edge of fewest units among those that lose some, and on which side of the cycle it lies.
  private func leavingEdge(_ row: Int, _ columnNode: Int) -> (node: Int, isColumnSide: Bool) {
    var best = (node: -1, isColumnSide: false)
    var fewest = Int.max
    forEachOnCycle(row, columnNode) { node, isColumnSide, loses in
      if loses && units[node] < fewest {
        fewest = units[node]
        best = (node, isColumnSide)
      }
    }
    return best
  }

  /// Carries units around the cycle that a new edge closes.
  private mutating func shift(_ carried: Int, _ row: Int, _ columnNode: Int) {
    var (left, right) = (row, columnNode)
    while left != right {
      if depths[left] >= depths[right] {
        units[left] += left < rowCount ? -carried : carried
        left = parents[left]
      } else {
        units[right] += right < rowCount ? carried : -carried
        right = parents[right]
      }
    }
  }

  /// Visits the nodes below the edges of the cycle; an edge loses units if a row on the row's side, or a column on the
  /// column's side, lies below it.
  private func forEachOnCycle(
    _ row: Int, _ columnNode: Int,
    _ body: (_ node: Int, _ isColumnSide: Bool, _ loses: Bool) -> Void
  ) {
    var (left, right) = (row, columnNode)
    while left != right {
      if depths[left] >= depths[right] {
        body(left, false, left < rowCount)
        left = parents[left]
      } else {
        body(right, true, right >= rowCount)
        right = parents[right]
      }
    }
  }

  /// Cuts a node from its parent and makes another node of the part below it the top of that part.
  private mutating func reroot(_ cut: Int, at top: Int) {
    var node = top
    var parent = parents[node]
    var carried = units[node]
    detach(node)
    while node != cut {
      let next = parents[parent]
      let nextUnits = units[parent]
      detach(parent)
      attach(parent, to: node, units: carried)
      (node, parent, carried) = (parent, next, nextUnits)
    }
  }

  private mutating func detach(_ node: Int) {
    let (previous, next) = (previousSiblings[node], nextSiblings[node])
    if previous >= 0 { nextSiblings[previous] = next } else { firstChildren[parents[node]] = next }
    if next >= 0 { previousSiblings[next] = previous }
    parents[node] = -1
  }

  private mutating func attach(_ node: Int, to parent: Int, units count: Int) {
    let first = firstChildren[parent]
    parents[node] = parent
    units[node] = count
    previousSiblings[node] = -1
    nextSiblings[node] = first
    if first >= 0 { previousSiblings[first] = node }
    firstChildren[parent] = node
  }

  /// Moves the prices of a node and of all below it, and counts their depths anew.
  private mutating func update(_ top: Int, rowStep: Double) {
    stack.removeAll(keepingCapacity: true)
    stack.append(top)
    while let node = stack.popLast() {
      prices[node] += node < rowCount ? rowStep : -rowStep
      depths[node] = depths[parents[node]] + 1
      var child = firstChildren[node]
      while child >= 0 {
        stack.append(child)
        child = nextSiblings[child]
      }
    }
  }
}
