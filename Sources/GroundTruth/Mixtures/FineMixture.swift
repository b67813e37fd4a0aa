// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Eight numbers at a time: the inner loops over the components of a ``FineMixture``.
typealias Lanes = SIMD8<Double>

/// Many components of one covariance, `C = U diag(c) Uᵀ` for all, without a matrix for each.
///
/// In the basis `U` the components differ in weight and mean alone. They stand in blocks of near neighbours under a
/// tree of boxes, so that those whose every weight is negligible at a point are passed over unseen; within a
/// block an axis is one row of numbers, for vector instructions.
struct FineMixture: Sendable, Equatable {
  /// Components in a block.
  static let blockSize = 64
  /// Vectors in a row of a block.
  static let groups = blockSize / Lanes.scalarCount

  let count: Int
  let dimension: Int
  let blockCount: Int
  /// `c`
  let eigenvalues: [Double]
  /// `U`, row-major; nil for the identity.
  let basis: [Double]?
  /// The component at each place.
  let order: [Int32]
  /// `log w_k` by block; −∞ at the places of the last block that no component takes.
  let logWeights: [Lanes]
  /// `Uᵀ m_k`: for each block and axis one row.
  let means: [Lanes]
  let tree: FineTree

  /// - Precondition: there are components, all of one covariance.
  init(_ components: [GaussianMixture.Component], dimension: Int) {
    let (count, size) = (components.count, Self.blockSize)
    let vectors = components[0].eigenvectors
    let isIdentity = vectors.indices.allSatisfy { row in
      vectors.indices.allSatisfy { vectors[row][$0] == (row == $0 ? 1 : 0) }
    }
    let basis = isIdentity ? nil : Array(vectors.joined())
    var points = components.flatMap(\.mean)
    if let basis {
      points.withUnsafeMutableBufferPointer { points in
        for row in 0..<count {
          rotateBack(base(points) + row * dimension, basis, dimension: dimension)
        }
      }
    }
    let order = blockOrder(points, dimension: dimension, blockSize: size)
    let blockCount = (count + size - 1) / size
    var logWeights = [Double](repeating: -.infinity, count: blockCount * size)
    var means = [Double](repeating: 0, count: blockCount * size * dimension)
    for block in 0..<blockCount {
      let places = block * size..<min((block + 1) * size, count)
      for place in places {
        logWeights[place] = components[Int(order[place])].logWeight
      }
      for axis in 0..<dimension {
        let row = (block * dimension + axis) * size
        for place in 0..<size {
          let point = Int(order[min(places.lowerBound + place, places.upperBound - 1)])
          means[row + place] = points[point * dimension + axis]
        }
      }
    }
    self.count = count
    self.dimension = dimension
    self.blockCount = blockCount
    self.basis = basis
    self.order = order
    eigenvalues = components[0].eigenvalues
    tree = FineTree(logWeights: logWeights, means: means, dimension: dimension, blockSize: size)
    self.logWeights = vectorised(logWeights)
    self.means = vectorised(means)
  }

  /// `Uᵀ x`, `d` numbers.
  func rotateIntoBasis(_ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>) {
    out.update(from: x, count: dimension)
    if let basis { rotateBack(out, basis, dimension: dimension) }
  }

  /// `U y` in place of `y`; the working memory has `d` numbers.
  func rotateOut(_ y: UnsafeMutablePointer<Double>, _ memory: UnsafeMutablePointer<Double>) {
    guard let basis else { return }
    for row in 0..<dimension {
      memory[row] = 0
      for axis in 0..<dimension { memory[row] += basis[row * dimension + axis] * y[axis] }
    }
    y.update(from: memory, count: dimension)
  }

  /// `U M Uᵀ` in place of `M`, row-major; the working memory has `2 d` numbers.
  func rotateMatrixOut(
    _ matrix: UnsafeMutablePointer<Double>, _ memory: UnsafeMutablePointer<Double>
  ) {
    guard basis != nil else { return }
    // Rows first, `M Uᵀ`, then columns.
    for row in 0..<dimension { rotateOut(matrix + row * dimension, memory) }
    let column = memory + dimension
    for index in 0..<dimension {
      for row in 0..<dimension { column[row] = matrix[row * dimension + index] }
      rotateOut(column, memory)
      for row in 0..<dimension { matrix[row * dimension + index] = column[row] }
    }
  }
}

// MARK: - Arranging

/// `Uᵀ x` in place of `x`.
private func rotateBack(_ x: UnsafeMutablePointer<Double>, _ basis: [Double], dimension: Int) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { rotated in
    for axis in 0..<dimension {
      rotated[axis] = 0
      for row in 0..<dimension { rotated[axis] += basis[row * dimension + axis] * x[row] }
    }
    x.update(from: base(rotated), count: dimension)
  }
}

private func vectorised(_ numbers: [Double]) -> [Lanes] {
  stride(from: 0, to: numbers.count, by: Lanes.scalarCount).map { first in
    var lanes = Lanes()
    for lane in 0..<Lanes.scalarCount { lanes[lane] = numbers[first + lane] }
    return lanes
  }
}

/// An order of points, row-major, in which each run of `blockSize` lies together: halves of halves, each along
/// the axis on which it is widest.
private func blockOrder(_ points: [Double], dimension: Int, blockSize: Int) -> [Int32] {
  let count = points.count / dimension
  var order = (0..<Int32(count)).map { $0 }
  var pending = [0..<count]
  while let places = pending.popLast() {
    let blocks = (places.count + blockSize - 1) / blockSize
    guard blocks > 1 else { continue }
    let middle = places.lowerBound + FineTree.middle(0..<blocks) * blockSize
    let axis = widestAxis(points, order[places], dimension)
    points.withUnsafeBufferPointer { points in
      order.withUnsafeMutableBufferPointer { order in
        divide(base(order), places, at: middle) { points[Int($0) * dimension + axis] }
      }
    }
    pending += [places.lowerBound..<middle, middle..<places.upperBound]
  }
  return order
}

private func widestAxis(_ points: [Double], _ places: ArraySlice<Int32>, _ dimension: Int) -> Int {
  var widest = (axis: 0, extent: -Double.infinity)
  for axis in 0..<dimension {
    var (lower, upper) = (Double.infinity, -Double.infinity)
    for place in places {
      let value = points[Int(place) * dimension + axis]
      lower = min(lower, value)
      upper = max(upper, value)
    }
    if upper - lower > widest.extent { widest = (axis, upper - lower) }
  }
  return widest.axis
}

/// Rearranges the places so that no key before `middle` exceeds one from it on, by Hoare's selection.
private func divide(
  _ order: UnsafeMutablePointer<Int32>, _ places: Range<Int>, at middle: Int,
  key: (Int32) -> Double
) {
  var (first, last) = (places.lowerBound, places.upperBound - 1)
  while first < last {
    let pivot = key(order[first + (last - first) / 2])
    var (left, right) = (first, last)
    while left <= right {
      while key(order[left]) < pivot { left += 1 }
      while key(order[right]) > pivot { right -= 1 }
      guard left <= right else { break }
      (order[left], order[right]) = (order[right], order[left])
      left += 1
      right -= 1
    }
    if middle <= right {
      last = right
    } else if middle >= left {
      first = left
    } else {
      return
    }
  }
}
