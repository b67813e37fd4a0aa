// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// Operations that move elements without changing them.

extension Tensor {
  /// Stretches extents of 1 and adds leading axes to reach `target`.
  public func broadcast(
    to target: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if shape == target { return self }
    require(
      shape.broadcast(with: target) == target, "broadcast", [shape, target],
      "the first cannot be stretched to the second", file, line)
    return Tensor(.broadcast, [self], shape: target, site: CallSite(file, line))
  }

  /// The same elements under another shape; one extent may be −1 and is then inferred.
  public func reshaped(
    to dimensions: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var dimensions = dimensions
    if let free = dimensions.firstIndex(of: -1) {
      let known = dimensions.indices.reduce(1) { $1 == free ? $0 : $0 * dimensions[$1] }
      require(
        known > 0 && shape.count % known == 0, "reshape", [shape],
        "its \(shape.count) elements do not fill \(dimensions)", file, line)
      dimensions[free] = shape.count / known
    }
    return reshaped(to: Shape(dimensions), file: file, line: line)
  }

  public func reshaped(
    to target: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if shape == target { return self }
    require(
      shape.count == target.count, "reshape", [shape, target],
      "the element counts \(shape.count) and \(target.count) differ", file, line)
    return Tensor(.reshape, [self], shape: target, site: CallSite(file, line))
  }

  /// Result axis `i` is axis `permutation[i]` of this tensor.
  public func transposed(
    _ permutation: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      permutation.sorted() == Array(0..<rank), "transpose", [shape],
      "\(permutation) is not a permutation of its axes", file, line)
    if permutation == Array(0..<rank) { return self }
    return Tensor(
      .transpose(permutation: permutation), [self],
      shape: Shape(permutation.map { shape[$0] }), site: CallSite(file, line))
  }

  /// The last two axes exchanged.
  public func transposed(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    require(rank >= 2, "transpose", [shape], "it has fewer than two axes", file, line)
    var permutation = Array(0..<rank)
    permutation.swapAt(rank - 1, rank - 2)
    return transposed(permutation, file: file, line: line)
  }

  /// Elements `starts[i], starts[i] + strides[i], … < limits[i]` of each axis.
  public func sliced(
    starts: [Int], limits: [Int], strides: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let strides = strides ?? [Int](repeating: 1, count: rank)
    let hasEveryAxis = [starts.count, limits.count, strides.count].allSatisfy { $0 == rank }
    let fits =
      hasEveryAxis
      && (0..<rank).allSatisfy { axis in
        0 <= starts[axis] && starts[axis] < limits[axis] && limits[axis] <= shape[axis]
          && strides[axis] > 0
      }
    require(
      fits, "slice", [shape],
      "starts \(starts), limits \(limits), strides \(strides) do not select a part of it", file,
      line)
    let dimensions = (0..<rank).map { axis -> Int in
      let extent = limits[axis] - starts[axis]
      return (extent + strides[axis] - 1) / strides[axis]
    }
    if dimensions == shape.dimensions { return self }
    return Tensor(
      .slice(starts: starts, limits: limits, strides: strides), [self],
      shape: Shape(dimensions), site: CallSite(file, line))
  }

  /// The part `range` of one axis (negative axes count from the last).
  public func sliced(
    _ range: Range<Int>, axis: Int, stride: Int = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let axis = normalized([axis], "slice along axis", file, line)[0]
    var starts = [Int](repeating: 0, count: rank)
    var limits = shape.dimensions
    var strides = [Int](repeating: 1, count: rank)
    starts[axis] = range.lowerBound
    limits[axis] = range.upperBound
    strides[axis] = stride
    return sliced(starts: starts, limits: limits, strides: strides, file: file, line: line)
  }

  /// Equal parts along one axis.
  public func split(
    into parts: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let axis = normalized([axis], "split along axis", file, line)[0]
    require(
      parts > 0 && shape[axis] % parts == 0, "split", [shape],
      "axis \(axis) does not divide into \(parts) parts", file, line)
    let extent = shape[axis] / parts
    return (0..<parts).map {
      sliced($0 * extent..<($0 + 1) * extent, axis: axis, file: file, line: line)
    }
  }

  /// Zeros before (`low`), after (`high`) and between (`interior`) the elements of each axis.
  public func padded(
    low: [Int], high: [Int], interior: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let interior = interior ?? [Int](repeating: 0, count: rank)
    require(
      low.count == rank && high.count == rank && interior.count == rank
        && (low + high + interior).allSatisfy { $0 >= 0 },
      "pad", [shape], "low \(low), high \(high), interior \(interior) must be \(rank) counts each",
      file, line)
    if (low + high + interior).allSatisfy({ $0 == 0 }) { return self }
    let dimensions = (0..<rank).map { axis -> Int in
      let spread = shape[axis] + (shape[axis] - 1) * interior[axis]
      return low[axis] + spread + high[axis]
    }
    return Tensor(
      .pad(low: low, high: high, interior: interior), [self], shape: Shape(dimensions),
      site: CallSite(file, line))
  }
}

/// Tensors joined along one axis; their other extents are equal.
public func concatenate(
  _ tensors: [Tensor], axis: Int, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  guard let first = tensors.first else {
    traceFailure("concatenate", [], "there is nothing to join", file, line)
  }
  if tensors.count == 1 { return first }
  let axis = first.normalized([axis], "concatenate along axis", file, line)[0]
  let shapes = tensors.map(\.shape)
  require(
    shapes.allSatisfy {
      $0.rank == first.rank
        && $0.replacing(axis: axis, with: 1) == first.shape.replacing(axis: axis, with: 1)
    }, "concatenate", shapes, "extents off axis \(axis) differ", file, line)
  let extent = shapes.reduce(0) { $0 + $1[axis] }
  return Tensor(
    .concatenate(axis: axis), tensors, shape: first.shape.replacing(axis: axis, with: extent),
    site: CallSite(file, line))
}
