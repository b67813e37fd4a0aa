// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Interpolants
public import RandomStreams
public import Tensors

/// A source whose law is known exactly at every time of an interpolant.
public protocol ExactTarget: DataSource, ExactVelocity, Equatable {
  /// What is known at one time.
  associatedtype Marginal: ExactMarginal

  /// The distinct class labels, in increasing order. Where there are two or more, they are the classes of the
  /// source, numbered in this order.
  var labels: [Int] { get }

  /// The law of `x_t` at `time` in `[0, T]`.
  func marginal(at time: Double, _ interpolant: any Interpolant) -> Marginal

  /// Whether a point lies where the data are: within three Mahalanobis deviations of a component, or in a
  /// box.
  func isInside(_ x: [Double]) -> Bool

  /// The relative tolerance of ``exactMaps(_:from:to:_:threads:)``.
  var flowMapTolerance: Double { get }

  /// The exact velocity as part of a program, given the class where there is a label, with guidance; nil where
  /// it cannot be one.
  ///
  /// - Parameter scale: `ω` of `v* + ω (v*(·|c) − v*)`.
  func symbolicVelocity(
    _ interpolant: any Interpolant, guidanceScale scale: Double
  ) -> SymbolicVelocity?

  /// The law given its class.
  ///
  /// - Throws: the target's own error for a label that no part of it has.
  func restricted(toLabel label: Int) throws -> Self
}

/// A velocity at points `[rows, d]`, times `[rows, 1]` and classes `[rows]`, whole numbers of which that of the
/// classes stands for none; nil is none in every row.
public typealias SymbolicVelocity =
  @Sendable (_ x: Tensor, _ t: Tensor, _ label: Tensor?) -> Tensor

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
  public var pointShape: [Int] { [dimension] }

  /// Far below what a trained map reaches.
  public var flowMapTolerance: Double { 1e-9 }

  public var classCount: Int { labels.count > 1 ? labels.count : 0 }

  public func symbolicVelocity(
    _ interpolant: any Interpolant, guidanceScale scale: Double
  ) -> SymbolicVelocity? { nil }

  /// The law of `x_t` given a class, numbered from 0; nil is the law over all of them.
  ///
  /// - Throws: the target's own error for a class it does not have.
  public func marginal(
    at time: Double, _ interpolant: any Interpolant, given label: Int?
  ) throws -> Marginal {
    guard let label else { return marginal(at: time, interpolant) }
    precondition(labels.indices.contains(label), "class \(label) of \(labels.count)")
    return try restricted(toLabel: labels[label]).marginal(at: time, interpolant)
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

  public func isInside(_ x: [Double]) -> Bool { isInsideModes(x, radius: modeRadius) }

  public func filler(seed: UInt64) -> RowFiller<Float> {
    let sampler = MixtureSampler(withLabelsCounted)
    return exactFiller(seed) { sampler.fill($0, rows: $1, stream: $2, labels: $3) }
  }

  public func filler(seed: UInt64) -> RowFiller<Double> {
    let sampler = MixtureSampler(withLabelsCounted)
    return exactFiller(seed) { sampler.fill($0, rows: $1, stream: $2, labels: $3) }
  }

  /// Nil beyond ``SymbolicMixture/widthLimit``, where a program of it would be out of proportion.
  public func symbolicVelocity(
    _ interpolant: any Interpolant, guidanceScale scale: Double
  ) -> SymbolicVelocity? {
    guard components.count * dimension <= SymbolicMixture.widthLimit else { return nil }
    let all = SymbolicMixture(self)
    let classes = labels.compactMap { try? restricted(toLabel: $0) }.map(SymbolicMixture.init)
    return { x, t, label in
      let velocity = all.marginal(x, at: t, interpolant: interpolant).velocity
      guard let label else { return velocity }
      let column = label.reshaped(to: [x.shape[0], 1])
      return classes.enumerated().reduce(velocity) { chosen, entry in
        let own = entry.element.marginal(x, at: t, interpolant: interpolant).velocity
        return select(
          equal(column, Tensor(Double(entry.offset))), velocity + scale * (own - velocity), chosen)
      }
    }
  }
}

/// Fills rows from the stream of the training data, which a row and the step address.
func exactFiller<Scalar: DataScalar>(
  _ seed: UInt64,
  fill:
    @escaping @Sendable (
      _ out: UnsafeMutableBufferPointer<Scalar>, _ rows: Range<Int>, _ stream: RandomStream,
      _ labels: UnsafeMutableBufferPointer<Int32>?
    ) -> Void
) -> RowFiller<Scalar> {
  let stream = RandomStream(seed: seed, purpose: .trainingData)
  return { batch in
    let now = stream.at(step: UInt64(batch.step))
    guard !batch.labels.isEmpty else { return fill(batch.points, batch.rows, now, nil) }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: batch.rows.count) { labels in
      fill(batch.points, batch.rows, now, labels)
      for row in 0..<batch.rows.count { batch.labels[row] = Scalar(labels[row]) }
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
