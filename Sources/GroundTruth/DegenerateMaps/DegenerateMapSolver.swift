// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import Interpolants
import LinearAlgebra

/// The minimiser of direct training for any mixture on the line, from its elliptic equation (theory,
/// section 4.4).
///
/// For `t` uniform on `[s, T]` direct training minimises `∫∫ p_t ((Df)² + Σ f_x²) dx dt`, `D = ∂_t + v*∂_x`,
/// over maps with `f(x; s, s) = x`. With the trajectories' labels as coordinate, `x = X(t, z)` and
/// `p_t dx = φ(z) dz`, the operator `D` is `∂_t` and the functional becomes
///
///     ∫∫ φ(z) ( f_t² + κ f_z² ) dz dt,    κ(t, z) = Σ / X_z² = Σ p_t² / φ²,
///
/// with `f(s, z) = X(s, z)`. It is minimised over bilinear elements; the weight `1/p … p` of the balance
/// `D(Df) + (1/p) ∂_x(p Σ f_x) = 0`, `Df = 0` at `T` and no flux at the far labels need nothing more.
public struct DegenerateMapSolver: Sendable {
  /// Cells in time and in label that can be asked for: multiples of 4 in this range. Memory grows with
  /// the cube, to half a gigabyte.
  public static let resolutions = 16...400
  /// Enough for 1e-6 on one Gaussian of deviation 1.
  public static let defaultResolution = 128

  public let trajectories: QuantileTrajectories
  /// `s`
  public let endTime: Double

  /// - Throws: ``DegenerateMapError`` for a target off the line or an end time outside `[0, T)`.
  public init(
    mixture: GaussianMixture, interpolant: any Interpolant, endTime s: Double
  ) throws(DegenerateMapError) {
    guard mixture.dimension == 1 else {
      throw .dimension(target: mixture.name, dimension: mixture.dimension)
    }
    guard s >= 0 && s < interpolant.endTime else {
      throw .endTimeOutOfRange(endTime: s, last: interpolant.endTime)
    }
    trajectories = QuantileTrajectories(mixture: mixture, interpolant: interpolant)
    endTime = s
  }

  /// Solves on grids of `resolution`, half and a quarter of it cells each way, and extrapolates.
  ///
  /// - Throws: ``DegenerateMapError`` for a resolution that is not offered, or where rounding defeats the
  ///   factorisation.
  public func solve(
    resolution: Int = DegenerateMapSolver.defaultResolution
  ) throws(DegenerateMapError) -> DegenerateMap {
    guard Self.resolutions.contains(resolution) && resolution % 4 == 0 else {
      throw .resolution(resolution, accepted: Self.resolutions)
    }
    let coarse = try discreteMinimizer(cells: resolution / 4)
    let middle = try discreteMinimizer(cells: resolution / 2)
    let fine = try discreteMinimizer(cells: resolution)
    return DegenerateMap(
      trajectories: trajectories, endTime: endTime, coarse: coarse, middle: middle, fine: fine)
  }
}

// MARK: - One grid

/// The minimiser over the bilinear elements of one grid.
struct DiscreteMinimizer {
  let grid: DegenerateMapGrid
  let cells: Int
  /// Nodal values, label by label within time by time.
  let values: [Double]
  /// `E (Df)²` and `E Σ f_x²` with `t` uniform on `[s, T]`.
  let eulerianLoss: Double
  let varianceTerm: Double

  subscript(time: Int, label: Int) -> Double { values[time * (cells + 1) + label] }
}

extension DegenerateMapSolver {
  func discreteMinimizer(cells: Int) throws(DegenerateMapError) -> DiscreteMinimizer {
    let grid = DegenerateMapGrid(trajectories, from: endTime, cells: cells)
    let weights = quadratureWeights(grid)
    let row = cells + 1
    let start = trajectories.slice(at: endTime)
    var values = grid.labels.map { start.position(ofLabel: $0) }
    var system = BandedSystem(count: cells * row, bandwidth: row + 1)
    forEachElement(grid, weights) { timeCell, labelCell, element in
      for (i, j) in pairs {
        let (rowNode, columnNode) = (
          (timeCell + i / 2) * row + labelCell + i % 2, (timeCell + j / 2) * row + labelCell + j % 2
        )
        // Nodes of the first time are given.
        if rowNode < row { continue }
        if columnNode < row {
          system.addRight(-element[4 * i + j] * values[columnNode], row: rowNode - row)
        } else if rowNode >= columnNode {
          system.add(element[4 * i + j], row: rowNode - row, column: columnNode - row)
        }
      }
    }
    do {
      values += try system.solved()
    } catch {
      throw .linearSystem(error)
    }
    let duration = trajectories.interpolant.endTime - endTime
    let (inTime, inLabel) = energies(grid, weights, values)
    return DiscreteMinimizer(
      grid: grid, cells: cells, values: values, eulerianLoss: inTime / duration,
      varianceTerm: inLabel / duration)
  }

  /// `φ` and `φ κ` at the quadrature points, times the point's share of its cell's area, cell by cell. Two
  /// points in time and three in label: there `φ` varies much within a coarse cell.
  private struct QuadratureWeights {
    var inTime: [Double] = []
    var inLabel: [Double] = []
  }

  private func quadratureWeights(_ grid: DegenerateMapGrid) -> QuadratureWeights {
    let cells = grid.times.count - 1
    var weights = QuadratureWeights(
      inTime: Array(repeating: 0, count: pointCount * cells * cells),
      inLabel: Array(repeating: 0, count: pointCount * cells * cells))
    for timeCell in 0..<cells {
      let (early, late) = (grid.times[timeCell], grid.times[timeCell + 1])
      for (a, place) in timeRule.nodes.enumerated() {
        let slice = trajectories.slice(at: early + place * (late - early))
        var x = slice.position(ofLabel: -DegenerateMapGrid.reach)
        for labelCell in 0..<cells {
          let (left, right) = (grid.labels[labelCell], grid.labels[labelCell + 1])
          for (b, point) in labelRule.nodes.enumerated() {
            let z = left + point * (right - left)
            x = slice.position(ofLabel: z, near: x)
            let logNormal = -0.5 * (z * z + log(2 * Double.pi))
            var covariance = 0.0
            slice.marginal.velocityCovariance(at: &x, into: &covariance)
            let logDensity = slice.marginal.logDensity(at: &x)
            let index = pointCount * (timeCell * cells + labelCell) + labelRule.nodes.count * a + b
            let area = timeRule.weights[a] * labelRule.weights[b] * (late - early) * (right - left)
            weights.inTime[index] = area * exp(logNormal)
            weights.inLabel[index] = area * covariance * exp(2 * logDensity - logNormal)
          }
        }
      }
    }
    return weights
  }

  /// Calls with every element's 4 × 4 matrix; local node `2 (late?) + (right?)`.
  private func forEachElement(
    _ grid: DegenerateMapGrid, _ weights: QuadratureWeights,
    _ body: (_ timeCell: Int, _ labelCell: Int, _ matrix: [Double]) -> Void
  ) {
    let cells = grid.times.count - 1
    var matrix = [Double](repeating: 0, count: 16)
    for timeCell in 0..<cells {
      let timeStep = grid.times[timeCell + 1] - grid.times[timeCell]
      for labelCell in 0..<cells {
        let labelStep = grid.labels[labelCell + 1] - grid.labels[labelCell]
        let first = pointCount * (timeCell * cells + labelCell)
        for (i, j) in pairs {
          matrix[4 * i + j] = (0..<pointCount).reduce(0) { sum, point in
            sum
              + weights.inTime[first + point] * rate(i, point, timeStep) * rate(j, point, timeStep)
              + weights.inLabel[first + point] * slope(i, point, labelStep)
              * slope(j, point, labelStep)
          }
        }
        body(timeCell, labelCell, matrix)
      }
    }
  }

  /// `∫∫ φ f_t²` and `∫∫ φ κ f_z²`.
  private func energies(
    _ grid: DegenerateMapGrid, _ weights: QuadratureWeights, _ values: [Double]
  ) -> (inTime: Double, inLabel: Double) {
    let cells = grid.times.count - 1
    var (inTime, inLabel) = (0.0, 0.0)
    for timeCell in 0..<cells {
      let timeStep = grid.times[timeCell + 1] - grid.times[timeCell]
      for labelCell in 0..<cells {
        let labelStep = grid.labels[labelCell + 1] - grid.labels[labelCell]
        let node = timeCell * (cells + 1) + labelCell
        let corners = [
          values[node], values[node + 1], values[node + cells + 1], values[node + cells + 2],
        ]
        for point in 0..<pointCount {
          let index = pointCount * (timeCell * cells + labelCell) + point
          var (f_t, f_z) = (0.0, 0.0)
          for i in 0..<4 {
            f_t += corners[i] * rate(i, point, timeStep)
            f_z += corners[i] * slope(i, point, labelStep)
          }
          inTime += weights.inTime[index] * f_t * f_t
          inLabel += weights.inLabel[index] * f_z * f_z
        }
      }
    }
    return (inTime, inLabel)
  }
}

/// Pairs of an element's nodes.
private let pairs = (0..<4).flatMap { i in (0..<4).map { (i, $0) } }

/// Places and weights in the unit cell, in time.
private let timeRule = GaussRule.legendre(2)

/// Places and weights in the unit cell, in label.
private let labelRule = GaussRule.legendre(3)

/// Quadrature points of a cell: point `3 a + b` is the `b`-th label at the `a`-th time.
private let pointCount = timeRule.nodes.count * labelRule.nodes.count

/// `∂_t` of node `i`'s bilinear function at a quadrature point.
private func rate(_ node: Int, _ point: Int, _ timeStep: Double) -> Double {
  let place = labelRule.nodes[point % labelRule.nodes.count]
  return (node / 2 == 1 ? 1 : -1) / timeStep * (node % 2 == 1 ? place : 1 - place)
}

/// `∂_z` of node `i`'s bilinear function at a quadrature point.
private func slope(_ node: Int, _ point: Int, _ labelStep: Double) -> Double {
  let place = timeRule.nodes[point / labelRule.nodes.count]
  return (node % 2 == 1 ? 1 : -1) / labelStep * (node / 2 == 1 ? place : 1 - place)
}
