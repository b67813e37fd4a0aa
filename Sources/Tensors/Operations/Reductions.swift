// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension Tensor {
  /// The sum over `axes` (all axes if nil). Negative axes count from the last.
  ///
  /// - Parameter keepingDimensions: leave the reduced axes with extent 1.
  public func sum(
    _ axes: [Int]? = nil, keepingDimensions: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    reduced(.sum, axes, keepingDimensions, file, line)
  }

  /// The largest element over `axes` (all axes if nil). Where several are equal the derivative is
  /// shared among them.
  public func maximum(
    _ axes: [Int]? = nil, keepingDimensions: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    reduced(.maximum, axes, keepingDimensions, file, line)
  }

  /// The arithmetic mean over `axes` (all axes if nil).
  public func mean(
    _ axes: [Int]? = nil, keepingDimensions: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let total = sum(axes, keepingDimensions: keepingDimensions, file: file, line: line)
    return total * (Double(total.shape.count) / Double(shape.count))
  }

  private func reduced(
    _ reduction: Reduction, _ axes: [Int]?, _ keepingDimensions: Bool, _ file: StaticString,
    _ line: UInt
  ) -> Tensor {
    let axes = normalized(axes, "\(reduction.rawValue) over axes", file, line)
    if axes.isEmpty { return self }
    let result = Tensor(
      .reduce(reduction, axes: axes), [self], shape: shape.removing(axes: axes),
      site: CallSite(file, line))
    return keepingDimensions ? result.reshaped(to: shape.flattening(axes: axes)) : result
  }

  /// Axes as ascending non-negative numbers.
  func normalized(
    _ axes: [Int]?, _ operation: String, _ file: StaticString, _ line: UInt
  ) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    let normalized = axes.map { $0 < 0 ? $0 + rank : $0 }.sorted()
    require(
      normalized.allSatisfy { (0..<rank).contains($0) } && Set(normalized).count == axes.count,
      operation, [shape], "axes \(axes) are not distinct axes of this shape", file, line)
    return normalized
  }
}

/// The mean of all elements, a scalar.
public func mean(_ x: Tensor) -> Tensor { x.mean() }

/// `‖x‖²` over the last axis: `[…, d]` to `[…]`.
public func squaredNorm(_ x: Tensor) -> Tensor { square(x).sum([-1]) }
