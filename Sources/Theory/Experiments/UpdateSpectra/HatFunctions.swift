// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import GroundTruth
internal import LinearAlgebra

/// Continuous piecewise linear functions on equal cells of an interval, with three Gauss points a cell.
///
/// Galerkin matrices of these functions inherit the numerical range of the operator they come from: a
/// quadratic form restricted to a subspace takes no new values. Bounds on symmetric parts therefore hold on
/// every grid, up to the quadrature of smooth coefficients.
struct HatFunctions {
  enum Factor {
    case value
    case slope
  }

  let cells: Int
  let cellLength: Double
  /// Quadrature points, three a cell, in increasing order.
  let points: [Double]

  /// Positions in a unit cell and weights that add up to 1.
  static let gauss = GaussRule.legendre(3)

  /// - Precondition: at least two cells and a positive length.
  init(from start: Double, to end: Double, cells: Int) {
    precondition(cells >= 2, "a grid needs at least two cells, not \(cells)")
    precondition(end > start, "an interval from \(start) to \(end) has no length")
    self.cells = cells
    let length = (end - start) / Double(cells)
    cellLength = length
    points = (0..<cells).flatMap { cell in
      Self.gauss.nodes.map { start + length * (Double(cell) + $0) }
    }
  }

  /// The factor of the left (0) or right (1) function of a cell at one of its Gauss points.
  func factor(_ kind: Factor, side: Int, point: Int) -> Double {
    switch kind {
    case .value:
      let position = Self.gauss.nodes[point]
      return side == 0 ? 1 - position : position
    case .slope: return (side == 0 ? -1 : 1) / cellLength
    }
  }

  /// `∫ w φ_i φ_j` with either function differentiated or not; `i` is the row.
  ///
  /// - Parameter weight: at ``points``.
  func form(_ test: Factor, _ trial: Factor, weight: [Double]) -> DenseMatrix {
    precondition(weight.count == points.count, "a weight is needed at every quadrature point")
    var matrix = DenseMatrix(rows: cells + 1, columns: cells + 1)
    for cell in 0..<cells {
      for (point, share) in Self.gauss.weights.enumerated() {
        let scale = weight[3 * cell + point] * share * cellLength
        for i in 0...1 {
          for j in 0...1 {
            matrix[cell + i, cell + j] +=
              scale * factor(test, side: i, point: point) * factor(trial, side: j, point: point)
          }
        }
      }
    }
    return matrix
  }

  func form(_ test: Factor, _ trial: Factor) -> DenseMatrix {
    form(test, trial, weight: Array(repeating: 1, count: points.count))
  }
}
