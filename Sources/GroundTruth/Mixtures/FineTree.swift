// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// The blocks of a ``FineMixture`` as leaves of a tree of halves, each node with the box that its means fill.
///
/// Nodes stand before what is below them, so that a walk is a loop: on to the next place to look within,
/// to ``Node/next`` to pass over.
struct FineTree: Sendable, Equatable {
  struct Node: Sendable, Equatable {
    let firstBlock: Int
    let blockCount: Int
    /// The first node that is not below this one.
    var next: Int
    /// The largest `log w_k`.
    var largestLogWeight: Double
    /// `log Σ w_k`
    var logTotal: Double
    /// The place among the series; nil for a leaf, and where there are none.
    var series: Int?
  }

  private(set) var nodes: [Node] = []
  /// For each node the lower corner of its box and the upper one.
  private(set) var boxes: [Double] = []
  /// Of the nodes above the leaves, in the plane.
  private(set) var series: PlaneSeries?

  /// - Parameters:
  ///   - logWeights: by block, −∞ at empty places.
  ///   - means: for each block and axis a row of the block's size; empty places repeat another.
  init(logWeights: [Double], means: [Double], dimension: Int, blockSize: Int) {
    let builder = Builder(
      logWeights: logWeights, means: means, dimension: dimension, blockSize: blockSize)
    if dimension == 2 { series = PlaneSeries() }
    var moments: [(node: Int, moments: PlaneMoments)] = []
    _ = add(0..<logWeights.count / blockSize, builder, &moments)
    for (place, entry) in moments.enumerated() {
      nodes[entry.node].series = place
      series?.append(entry.moments)
    }
  }

  private struct Builder {
    let logWeights: [Double]
    let means: [Double]
    let dimension: Int
    let blockSize: Int

    func row(_ block: Int, _ axis: Int) -> ArraySlice<Double> {
      let first = (block * dimension + axis) * blockSize
      return means[first..<first + blockSize]
    }

    func components(_ block: Int) -> [(logWeight: Double, mean: SIMD2<Double>)] {
      zip(
        logWeights[block * blockSize..<(block + 1) * blockSize], zip(row(block, 0), row(block, 1))
      )
      .filter { $0.0 > -.infinity }.map { ($0.0, SIMD2($0.1.0, $0.1.1)) }
    }
  }

  /// Adds the node of some blocks and those below it; its moments, where it is one of the plane.
  private mutating func add(
    _ blocks: Range<Int>, _ builder: Builder,
    _ moments: inout [(node: Int, moments: PlaneMoments)]
  ) -> PlaneMoments? {
    let (index, dimension) = (nodes.count, builder.dimension)
    nodes.append(
      Node(
        firstBlock: blocks.lowerBound, blockCount: blocks.count, next: 0, largestLogWeight: 0,
        logTotal: 0, series: nil))
    boxes += Array(repeating: 0, count: 2 * dimension)
    guard blocks.count > 1 else {
      let block = blocks.lowerBound
      for axis in 0..<dimension {
        let row = builder.row(block, axis)
        boxes[2 * dimension * index + axis] = row.min() ?? 0
        boxes[2 * dimension * index + dimension + axis] = row.max() ?? 0
      }
      let weights = builder.logWeights[
        block * builder.blockSize..<(block + 1) * builder.blockSize]
      let largest = weights.max() ?? 0
      nodes[index].next = index + 1
      nodes[index].largestLogWeight = largest
      nodes[index].logTotal = largest + log(weights.reduce(0) { $0 + exp($1 - largest) })
      guard dimension == 2 else { return nil }
      return PlaneMoments(
        centre: centre(index), radius: radius(index), logWeight: largest,
        components: builder.components(block))
    }
    let middle = FineTree.middle(blocks)
    let children = [blocks.lowerBound..<middle, middle..<blocks.upperBound].map {
      (node: nodes.count, moments: add($0, builder, &moments))
    }
    let (left, right) = (nodes[children[0].node], nodes[children[1].node])
    for axis in 0..<dimension {
      let places = children.map { 2 * dimension * $0.node + axis }
      boxes[2 * dimension * index + axis] = min(boxes[places[0]], boxes[places[1]])
      boxes[2 * dimension * index + dimension + axis] = max(
        boxes[places[0] + dimension], boxes[places[1] + dimension])
    }
    let largest = max(left.largestLogWeight, right.largestLogWeight)
    nodes[index].next = nodes.count
    nodes[index].largestLogWeight = largest
    nodes[index].logTotal =
      largest + log(exp(left.logTotal - largest) + exp(right.logTotal - largest))
    guard dimension == 2 else { return nil }
    let merged = PlaneMoments(
      centre: centre(index), radius: radius(index), logWeight: largest,
      parts: children.compactMap(\.moments))
    moments.append((index, merged))
    return merged
  }

  /// Where a run of blocks is halved.
  static func middle(_ blocks: Range<Int>) -> Int { blocks.lowerBound + blocks.count / 2 }

  private func corners(_ node: Int) -> (lower: SIMD2<Double>, upper: SIMD2<Double>) {
    (
      SIMD2(boxes[4 * node], boxes[4 * node + 1]), SIMD2(boxes[4 * node + 2], boxes[4 * node + 3])
    )
  }

  private func centre(_ node: Int) -> SIMD2<Double> {
    0.5 * corners(node).lower + 0.5 * corners(node).upper
  }

  private func radius(_ node: Int) -> SIMD2<Double> {
    0.5 * corners(node).upper - 0.5 * corners(node).lower
  }
}
