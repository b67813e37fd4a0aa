// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants
public import RandomStreams

/// A law of data about which everything is known at every time of an interpolant.
public protocol ExactTarget: Sendable {
  /// What is known at one time.
  associatedtype Marginal: ExactMarginal

  /// For titles and files.
  var name: String { get }
  /// The number of coordinates of a point.
  var dimension: Int { get }
  /// The distinct class labels, in increasing order.
  var labels: [Int] { get }

  /// The law of `x_t` at `time` in `[0, T]`.
  func marginal(at time: Double, _ interpolant: any Interpolant) -> Marginal

  /// The law given its class.
  ///
  /// - Throws: the target's own error for a label that no part of it has.
  func restricted(toLabel label: Int) throws -> Self

  /// `count` samples, row-major, with the class of each. Row `i` depends on the stream and on `i` alone.
  func labelledSamples(count: Int, stream: RandomStream) -> (points: [Double], labels: [Int32])
}

/// The law `p_t` of `x_t = α(t) x + σ(t) z`, with the exact moments of the conditional velocity given `x_t`.
///
/// The forms on pointers allocate nothing on the heap while the target is small; `x` has
/// ``dimension`` numbers, matrices are row-major.
public protocol ExactMarginal: Sendable {
  var time: Double { get }
  var dimension: Int { get }

  /// `log p_t(x)`.
  func logDensity(at x: UnsafePointer<Double>) -> Double
  /// `∇ log p_t(x)`.
  func score(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>)
  /// `v*(x,t) = E[v_c | x_t = x]`.
  func velocity(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>)
  /// `Σ(x,t) = Cov[v_c | x_t = x]`.
  func velocityCovariance(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>)
  /// `∇v*(x,t)`: entry `[i][j]` is `∂v*_i/∂x_j`.
  func velocityJacobian(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>)
}

extension ExactMarginal {
  /// `log p_t(x)`.
  public func logDensity(_ x: [Double]) -> Double {
    checked(x).withUnsafeBufferPointer { logDensity(at: base($0)) }
  }

  /// `∇ log p_t(x)`.
  public func score(_ x: [Double]) -> [Double] {
    numbers(x, count: dimension) { score(at: $0, into: $1) }
  }

  /// `v*(x,t) = E[v_c | x_t = x]`.
  public func velocity(_ x: [Double]) -> [Double] {
    numbers(x, count: dimension) { velocity(at: $0, into: $1) }
  }

  /// `Σ(x,t) = Cov[v_c | x_t = x]`, `d × d`.
  public func velocityCovariance(_ x: [Double]) -> [[Double]] {
    rows(numbers(x, count: dimension * dimension) { velocityCovariance(at: $0, into: $1) })
  }

  /// `∇v*(x,t)`, `d × d`: entry `[i][j]` is `∂v*_i/∂x_j`.
  public func velocityJacobian(_ x: [Double]) -> [[Double]] {
    rows(numbers(x, count: dimension * dimension) { velocityJacobian(at: $0, into: $1) })
  }

  private func numbers(
    _ x: [Double], count: Int,
    _ fill: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    checked(x).withUnsafeBufferPointer { point in
      [Double](unsafeUninitializedCapacity: count) { buffer, filled in
        fill(base(point), base(buffer))
        filled = count
      }
    }
  }

  private func rows(_ flat: [Double]) -> [[Double]] {
    (0..<dimension).map { Array(flat[$0 * dimension..<($0 + 1) * dimension]) }
  }

  private func checked(_ x: [Double]) -> [Double] {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    return x
  }
}

extension ExactTarget {
  /// `count × d` samples, row-major.
  public func points(count: Int, stream: RandomStream) -> [Double] {
    labelledSamples(count: count, stream: stream).points
  }
}

extension MixtureMarginal: ExactMarginal {}

extension GaussianMixture: ExactTarget {
  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    filled(count: count, dimension: dimension) { points, labels in
      MixtureSampler(self).fill(points, rows: 0..<count, stream: stream, labels: labels)
    }
  }
}

/// `count × dimension` coordinates and `count` labels as a sampler fills them.
func filled(
  count: Int, dimension: Int,
  by fill: (UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Int32>) -> Void
) -> (points: [Double], labels: [Int32]) {
  precondition(count >= 0, "a number of samples is not negative, got \(count)")
  var points = [Double](repeating: 0, count: count * dimension)
  var labels = [Int32](repeating: 0, count: count)
  points.withUnsafeMutableBufferPointer { points in
    labels.withUnsafeMutableBufferPointer { fill(points, $0) }
  }
  return (points, labels)
}
