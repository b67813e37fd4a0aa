// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth
public import Measures

/// The divergence of a sample from uniform boxes in the plane: 50 × 50 cells on the smallest rectangle that
/// holds the boxes and exact probabilities of the cells (the protocol of arXiv 2505.18825 on the
/// checkerboard, on [−1, 1]²).
///
/// To each count 0.05 is added, so that an empty cell stays finite; with 64,000 samples and half the cells
/// empty by right this adds 0.001 to the divergence.
///
/// - Precondition: points and boxes lie in the plane.
public func boxesHistogramDivergence(
  _ points: Points, target: UniformBoxes
) -> HistogramDivergence {
  precondition(target.dimension == 2, "boxes of dimension \(target.dimension), not of the plane")
  let axes = [0, 1]
  let grid = PlaneGrid(
    lower: axes.map { axis in target.boxes.map { $0.lower[axis] }.min() ?? 0 },
    upper: axes.map { axis in target.boxes.map { $0.upper[axis] }.max() ?? 1 }, cells: [50, 50])
  let probabilities = (0..<grid.count).map { cell in
    let corners = grid.corners(of: cell)
    return target.probability(lower: corners.lower, upper: corners.upper)
  }
  return HistogramDivergence(
    PlaneHistogram(points, grid: grid), probabilities: probabilities, pseudocount: 0.05)
}
