// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams

/// Orthonormal vectors `v_0 … v_m` with `A V = V H + v_m bᵀ`, grown by one product each and orthogonalised
/// twice against all before them (full reorthogonalisation), so that they stay orthogonal to rounding.
///
/// Where the space becomes invariant, a random vector orthogonal to it carries on (`b = 0` there), so that
/// the basis can grow to the whole dimension.
final class KrylovBasis {
  let dimension: Int
  /// The largest `m`.
  let capacity: Int
  /// `m`, the number of columns of `H`.
  private(set) var size = 0
  /// How many products with the operator were made.
  private(set) var applications = 0
  /// Whether the space was found invariant at the last column.
  private(set) var isInvariant = false

  private let method: String
  private let vectors: UnsafeMutablePointer<Double>
  /// `capacity + 1` rows of `capacity` numbers: `H`, and below it `bᵀ` in row ``size``.
  private var projected: [Double]
  private var largestImage = 0.0
  private let stream: RandomStream
  private var drawn: UInt64 = 0

  /// - Parameter start: the first vector, not zero; a random one if absent.
  init(
    dimension: Int, capacity: Int, method: String, stream: RandomStream,
    start first: [Double]? = nil
  ) {
    precondition(capacity >= 1 && capacity <= dimension, "\(capacity) vectors of \(dimension)")
    self.dimension = dimension
    self.capacity = capacity
    self.method = method
    self.stream = stream
    vectors = .allocate(capacity: (capacity + 1) * dimension)
    vectors.initialize(repeating: 0, count: (capacity + 1) * dimension)
    projected = Array(repeating: 0, count: (capacity + 1) * capacity)
    if let first {
      let length = norm(first)
      precondition(length > 0 && length.isFinite, "a first vector of length \(length)")
      for index in 0..<dimension { vectors[index] = first[index] / length }
    } else {
      fillRandomly(0)
    }
  }

  deinit { vectors.deallocate() }

  /// The vector of an index up to ``size``.
  func vector(_ index: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: vectors + index * dimension, count: dimension)
  }

  /// `H`, `size²` numbers row by row.
  var projection: [Double] {
    (0..<size).flatMap { projected[$0 * capacity..<$0 * capacity + size] }
  }

  /// `b`, ``size`` numbers.
  var residualRow: [Double] { Array(projected[size * capacity..<size * capacity + size]) }

  /// `max |H_ij − H_ji|`; at rounding where the operator is symmetric.
  var asymmetry: Double {
    var largest = 0.0
    for row in 0..<size {
      for column in 0..<row {
        let difference =
          projected[row * capacity + column] - projected[column * capacity + row]
        largest = max(largest, difference.magnitude)
      }
    }
    return largest
  }

  /// Grows the basis to a number of columns.
  ///
  /// - Parameter stopsWhenInvariant: whether an invariant space ends the growth.
  func expand(
    _ operation: some LinearOperator, to count: Int, stopsWhenInvariant: Bool = false
  ) throws {
    precondition(count <= capacity, "\(count) columns do not fit \(capacity)")
    while size < count {
      try addColumn(operation)
      if stopsWhenInvariant && isInvariant { return }
    }
  }

  private func addColumn(_ operation: some LinearOperator) throws {
    let next = vectors + (size + 1) * dimension
    try operation.apply(
      vector(size), into: UnsafeMutableBufferPointer(start: next, count: dimension))
    applications += 1
    let image = norm(next, count: dimension)
    guard image.isFinite else {
      throw LinearAlgebraError.notFinite(method: method, application: applications)
    }
    largestImage = max(largestImage, image)
    for row in 0...size { projected[row * capacity + size] = 0 }
    for _ in 0..<2 {
      for row in 0...size {
        let coefficient = dotProduct(vectors + row * dimension, next, count: dimension)
        addScaled(-coefficient, vectors + row * dimension, to: next, count: dimension)
        projected[row * capacity + size] += coefficient
      }
    }
    let length = norm(next, count: dimension)
    size += 1
    for column in 0..<size { projected[size * capacity + column] = 0 }
    // Below the rounding of the product itself nothing is left of a direction.
    isInvariant = length <= 8 * Double.ulpOfOne * largestImage
    if isInvariant {
      fillRandomly(size)
    } else {
      scale(next, by: 1 / length, count: dimension)
      projected[size * capacity + size - 1] = length
    }
  }

  /// Replaces the basis by `V Q` and the last vector, where `A V Q = V Q S + v_m bᵀQ`.
  ///
  /// - Parameters:
  ///   - rotation: the columns of `Q` one after the other, ``size`` numbers each.
  ///   - projection: `S`, row by row.
  ///   - isFresh: whether a random vector takes the place of the last one, and zero that of `bᵀQ`: for
  ///     an invariant space, whose complement it then explores.
  func restart(rotation: [Double], projection: [Double], isFresh: Bool) {
    let (old, count) = (size, rotation.count / size)
    precondition(count < capacity && projection.count == count * count, "no room for a restart")
    let row = residualRow
    let newRow = (0..<count).map { column in
      isFresh ? 0 : (0..<old).reduce(0) { $0 + row[$1] * rotation[column * old + $1] }
    }
    rotate(rotation, old: old, count: count)
    (vectors + count * dimension).update(from: vectors + old * dimension, count: dimension)
    for index in projected.indices { projected[index] = 0 }
    for i in 0..<count {
      for j in 0..<count { projected[i * capacity + j] = projection[i * count + j] }
      projected[count * capacity + i] = newRow[i]
    }
    size = count
    if isFresh { fillRandomly(count) }
  }

  /// `V Q`, one vector after the other.
  func combinations(_ rotation: [Double]) -> [[Double]] {
    (0..<rotation.count / size).map { column in
      var result = [Double](repeating: 0, count: dimension)
      result.withUnsafeMutableBufferPointer { result in
        for index in 0..<size {
          addScaled(
            rotation[column * size + index], vectors + index * dimension, to: start(of: result),
            count: dimension)
        }
      }
      return result
    }
  }

  private func rotate(_ rotation: [Double], old: Int, count: Int) {
    let chunk = 128
    var buffer = [Double](repeating: 0, count: count * chunk)
    buffer.withUnsafeMutableBufferPointer { buffer in
      let buffer = start(of: buffer)
      var first = 0
      while first < dimension {
        let length = min(chunk, dimension - first)
        buffer.update(repeating: 0, count: count * chunk)
        for column in 0..<count {
          for index in 0..<old {
            addScaled(
              rotation[column * old + index], vectors + index * dimension + first,
              to: buffer + column * chunk, count: length)
          }
        }
        for column in 0..<count {
          (vectors + column * dimension + first).update(
            from: buffer + column * chunk, count: length)
        }
        first += length
      }
    }
  }

  /// A random unit vector orthogonal to the vectors before it; zero where they are all there are.
  private func fillRandomly(_ index: Int) {
    let target = vectors + index * dimension
    target.update(repeating: 0, count: dimension)
    guard index < dimension else { return }
    var length = 0.0
    // A draw that happens to lie in the span, to rounding, is drawn again.
    while length < 1e-8 {
      stream.at(step: drawn).fillNormal(
        UnsafeMutableBufferPointer(start: target, count: dimension), rows: 0..<1,
        draws: dimension)
      drawn += 1
      scale(target, by: 1 / norm(target, count: dimension), count: dimension)
      for _ in 0..<3 {
        for row in 0..<index {
          let coefficient = dotProduct(vectors + row * dimension, target, count: dimension)
          addScaled(-coefficient, vectors + row * dimension, to: target, count: dimension)
        }
      }
      length = norm(target, count: dimension)
    }
    scale(target, by: 1 / length, count: dimension)
  }
}
