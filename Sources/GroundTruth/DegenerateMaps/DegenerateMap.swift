// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants

/// A number from a sequence of grids, extrapolated to none.
public struct GridEstimate: Sendable, Codable, Equatable {
  public let value: Double
  /// The distance from the value extrapolated without the finest grid, which bounds the error where the
  /// grids are fine enough for the errors to fall.
  public let error: Double

  /// Richardson's extrapolation of second-order values.
  init(coarse: Double, middle: Double, fine: Double) {
    value = fine + (fine - middle) / 3
    error = abs(value - (middle + (middle - coarse) / 3))
  }
}

/// The minimiser of direct training on the line: `f(X(t,z); t, s)` on a grid of times and labels, where
/// `X(t, z)` is the exact trajectory of label `z` (``QuantileTrajectories``). At `t = T` the label of a point
/// `x` is `x/σ(T)`.
public struct DegenerateMap: Sendable {
  public let trajectories: QuantileTrajectories
  /// `s`
  public let endTime: Double
  /// Cells each way of the finest grid.
  public let resolution: Int
  /// Times of the extrapolated values, from `s` to `T`.
  public let times: [Double]
  /// Labels of the extrapolated values, in increasing order.
  public let labels: [Double]
  /// `f`, label by label within time by time, extrapolated from the two finest grids.
  public let values: [Double]
  /// `E‖D_{v*} f‖²` with `t` uniform on `[s, T]`.
  public let eulerianLoss: GridEstimate
  /// `E Σ f_x²` with the same times.
  public let varianceTerm: GridEstimate
  /// The error of ``values`` at `T`, as the root mean square over noise of the distance from values
  /// extrapolated without the finest grid.
  public let mapError: Double
  /// The order with which the map at `T` converged over the three grids: 2 where they are fine enough.
  public let observedOrder: Double

  init(
    trajectories: QuantileTrajectories, endTime: Double, coarse: DiscreteMinimizer,
    middle: DiscreteMinimizer, fine: DiscreteMinimizer
  ) {
    self.trajectories = trajectories
    self.endTime = endTime
    resolution = fine.cells
    times = middle.grid.times
    labels = middle.grid.labels
    values = (0...middle.cells).flatMap { time in
      (0...middle.cells).map { label in
        let value = fine[2 * time, 2 * label]
        return value + (value - middle[time, label]) / 3
      }
    }
    eulerianLoss = GridEstimate(
      coarse: coarse.eulerianLoss, middle: middle.eulerianLoss, fine: fine.eulerianLoss)
    varianceTerm = GridEstimate(
      coarse: coarse.varianceTerm, middle: middle.varianceTerm, fine: fine.varianceTerm)
    let nodes = coarse.grid.labels
    func atEnd(_ level: DiscreteMinimizer) -> [Double] {
      let stride = level.cells / coarse.cells
      return nodes.indices.map { level[level.cells, stride * $0] }
    }
    let (first, second, third) = (atEnd(coarse), atEnd(middle), atEnd(fine))
    func distance(_ difference: (Int) -> Double) -> Double {
      normalMean(nodes) { difference($0) * difference($0) }.squareRoot()
    }
    mapError = distance {
      third[$0] + (third[$0] - second[$0]) / 3 - second[$0] - (second[$0] - first[$0]) / 3
    }
    observedOrder = log2(distance { second[$0] - first[$0] } / distance { third[$0] - second[$0] })
  }
}

// MARK: - Values

extension DegenerateMap {
  /// `f(X(t,z); t, s)` by cubic interpolation between the nodes.
  ///
  /// - Parameters: a label within those of the grid, a time in `[s, T]`.
  public func value(atLabel label: Double, time: Double) -> Double {
    let (firstTime, timeWeights) = cubicWeights(times, at: time)
    let (firstLabel, labelWeights) = cubicWeights(labels, at: label)
    return timeWeights.enumerated().reduce(0) { sum, row in
      let start = (firstTime + row.offset) * labels.count + firstLabel
      return sum
        + row.element * (0..<4).reduce(0) { $0 + labelWeights[$1] * values[start + $1] }
    }
  }

  /// `f(x; t, s)`.
  public func value(at x: Double, time: Double) -> Double {
    value(atLabel: trajectories.slice(at: time).label(ofPosition: x), time: time)
  }

  /// The flow map `f*(X(t,z); t, s) = X(s,z)`, the same at every time.
  public func flowMap(atLabel label: Double) -> Double {
    trajectories.slice(at: endTime).position(ofLabel: label)
  }

  /// `E f(z;T,s) z / E z²` over noise: the factor of the map where it is linear, as for one Gaussian.
  public var linearCoefficient: Double {
    let end = trajectories.interpolant.endTime
    let scale = trajectories.interpolant.noise(at: end)
    return normalMean(Self.evenLabels) {
      value(atLabel: Self.evenLabels[$0], time: end) * Self.evenLabels[$0]
    } / scale
  }

  /// `E (f(z;T,s) − f*(z;T,s))²` over noise: how far from the flow map direct training ends.
  public var squaredDistanceFromFlowMap: Double {
    let end = trajectories.interpolant.endTime
    return normalMean(Self.evenLabels) {
      let label = Self.evenLabels[$0]
      let difference = value(atLabel: label, time: end) - flowMap(atLabel: label)
      return difference * difference
    }
  }

  /// On evenly spaced labels the trapezoidal rule is exact to rounding.
  private static let evenLabels = (-60...60).map { 0.1 * Double($0) }
}

/// The mean over `z ~ N(0, 1)` by the trapezoidal rule on nodes that reach far enough.
private func normalMean(_ nodes: [Double], _ value: (Int) -> Double) -> Double {
  var (sum, mass) = (0.0, 0.0)
  for index in nodes.indices {
    let left = nodes[max(index - 1, 0)]
    let right = nodes[min(index + 1, nodes.count - 1)]
    let weight = (right - left) * exp(-0.5 * nodes[index] * nodes[index])
    sum += weight * value(index)
    mass += weight
  }
  return sum / mass
}

/// Lagrange's weights of the four nodes about a point.
private func cubicWeights(_ nodes: [Double], at x: Double) -> (first: Int, weights: [Double]) {
  precondition(
    x >= nodes[0] && x <= nodes[nodes.count - 1],
    "\(x) lies outside the grid's \(nodes[0])...\(nodes[nodes.count - 1])")
  var (low, high) = (0, nodes.count - 1)
  while high - low > 1 {
    let middle = (low + high) / 2
    if nodes[middle] <= x { low = middle } else { high = middle }
  }
  let first = min(max(low - 1, 0), nodes.count - 4)
  let weights = (0..<4).map { i in
    (0..<4).reduce(1.0) { product, j in
      i == j ? product : product * (x - nodes[first + j]) / (nodes[first + i] - nodes[first + j])
    }
  }
  return (first, weights)
}
