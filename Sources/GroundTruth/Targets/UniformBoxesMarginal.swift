// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
import Foundation
public import Interpolants

/// The law of `x_t` for data uniform on boxes. Any time from 0 to `T` inclusive and any finite point are in
/// range.
///
/// At time 0 the density is zero outside the boxes: there its logarithm is negative infinity, and the
/// conditional moments are those for the nearest point of the nearest box.
public struct UniformBoxesMarginal: ExactMarginal {
  public let time: Double
  public var dimension: Int { target.dimension }
  private let target: UniformBoxes
  private let values: ScheduleValues

  init(_ target: UniformBoxes, time: Double, _ values: ScheduleValues) {
    self.target = target
    self.time = time
    self.values = values
  }

  public func logDensity(at x: UnsafePointer<Double>) -> Double {
    withBoxes(x) { _, _, logDensity in logDensity }
  }

  public func score(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withBoxes(x) { axes, shares, _ in average(axes, shares, \.score, into: out) }
  }

  public func velocity(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withBoxes(x) { axes, shares, _ in average(axes, shares, \.velocity, into: out) }
  }

  public func velocityCovariance(
    at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    withMeanVelocity(x) { axes, shares, mean in
      fillMatrix(axes, shares, mean, diagonal: \.velocityVariance, into: out) { axis, column in
        axis.velocity - mean[column]
      }
    }
  }

  public func velocityJacobian(
    at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    withMeanVelocity(x) { axes, shares, mean in
      // Any origin gives the same sum; the score of the likeliest box cancels least.
      var heaviest = 0
      for box in target.boxes.indices where shares[box] > shares[heaviest] { heaviest = box }
      let places = target.boxes[heaviest].intervals
      fillMatrix(axes, shares, mean, diagonal: \.velocitySlope, into: out) { axis, column in
        axis.score - axes[places[column]].score
      }
    }
  }

  /// The probability of each box given `x_t = x`.
  public func responsibilities(_ x: [Double]) -> [Double] {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    return x.withUnsafeBufferPointer { point in
      withBoxes(base(point)) { _, shares, _ in
        Array(UnsafeBufferPointer(start: shares, count: target.boxes.count))
      }
    }
  }
}

extension UniformBoxes: ExactTarget {
  /// The boxes under an interpolant at `time` in `[0, T]`.
  public func marginal(at time: Double, _ interpolant: any Interpolant) -> UniformBoxesMarginal {
    precondition(
      time >= 0 && time <= interpolant.endTime,
      "time \(time) is outside [0, \(interpolant.endTime)]")
    return UniformBoxesMarginal(self, time: time, Schedule(interpolant).values(at: time))
  }
}

// MARK: - Sums over boxes

extension UniformBoxesMarginal {
  private typealias Axes = UnsafeMutablePointer<UniformAxis>
  private typealias Shares = UnsafeMutablePointer<Double>

  /// Calls `body` with what is known of each distinct interval, the probability of each box given the
  /// point, and `log p_t(x)`.
  private func withBoxes<Result>(
    _ x: UnsafePointer<Double>, _ body: (Axes, Shares, Double) -> Result
  ) -> Result {
    let intervals = target.intervals
    return withUnsafeTemporaryAllocation(of: UniformAxis.self, capacity: intervals.count) { axes in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: target.boxes.count) { shares in
        guard let axes = axes.baseAddress else { preconditionFailure("there is always a box") }
        for (index, interval) in intervals.enumerated() {
          (axes + index).initialize(
            to: UniformAxis(
              x[interval.axis], lower: interval.lower, upper: interval.upper, values))
        }
        return body(axes, base(shares), fillShares(base(shares), axes))
      }
    }
  }

  private func fillShares(_ shares: Shares, _ axes: Axes) -> Double {
    var largest = -Double.infinity
    for (index, box) in target.boxes.enumerated() {
      var sum = box.logWeight
      for place in box.intervals { sum += axes[place].logDensity }
      shares[index] = sum
      largest = max(largest, sum)
    }
    guard largest > -.infinity else {
      chooseNearest(shares, axes)
      return largest
    }
    var total = 0.0
    for index in target.boxes.indices {
      shares[index] = exp(shares[index] - largest)
      total += shares[index]
    }
    for index in target.boxes.indices { shares[index] /= total }
    return largest + log(total)
  }

  private func chooseNearest(_ shares: Shares, _ axes: Axes) {
    var best = (index: 0, distance: Double.infinity)
    for (index, box) in target.boxes.enumerated() {
      shares[index] = 0
      let distance = box.intervals.reduce(0) { $0 + axes[$1].squaredGap }
      if distance < best.distance { best = (index, distance) }
    }
    shares[best.index] = 1
  }

  private func average(
    _ axes: Axes, _ shares: Shares, _ value: KeyPath<UniformAxis, Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    for axis in 0..<dimension { out[axis] = 0 }
    for (index, box) in target.boxes.enumerated() where shares[index] > 0 {
      for (axis, place) in box.intervals.enumerated() {
        out[axis] += shares[index] * axes[place][keyPath: value]
      }
    }
  }

  private func withMeanVelocity(
    _ x: UnsafePointer<Double>, _ body: (Axes, Shares, UnsafePointer<Double>) -> Void
  ) {
    withBoxes(x) { axes, shares, _ in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { mean in
        average(axes, shares, \.velocity, into: base(mean))
        body(axes, shares, base(mean))
      }
    }
  }

  /// `Σ_k r_k [diag(·) + (v_k − v*) uᵀ]` for a diagonal and vectors `u` given by the interval of each
  /// column.
  private func fillMatrix(
    _ axes: Axes, _ shares: Shares, _ mean: UnsafePointer<Double>,
    diagonal: KeyPath<UniformAxis, Double>, into out: UnsafeMutablePointer<Double>,
    right: (UniformAxis, Int) -> Double
  ) {
    for index in 0..<dimension * dimension { out[index] = 0 }
    for (index, box) in target.boxes.enumerated() where shares[index] > 0 {
      for (row, place) in box.intervals.enumerated() {
        let left = shares[index] * (axes[place].velocity - mean[row])
        out[row * dimension + row] += shares[index] * axes[place][keyPath: diagonal]
        for (column, other) in box.intervals.enumerated() {
          out[row * dimension + column] += left * right(axes[other], column)
        }
      }
    }
  }
}
