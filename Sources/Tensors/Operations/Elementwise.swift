// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// Elementwise operations. Operands broadcast: axes are aligned from the last one and an extent of 1
// stretches, as in NumPy.

extension Tensor {
  public static func + (left: Tensor, right: Tensor) -> Tensor { binary(.add, left, right) }
  public static func - (left: Tensor, right: Tensor) -> Tensor { binary(.subtract, left, right) }
  public static func * (left: Tensor, right: Tensor) -> Tensor { binary(.multiply, left, right) }
  public static func / (left: Tensor, right: Tensor) -> Tensor { binary(.divide, left, right) }
  public static prefix func - (operand: Tensor) -> Tensor { unary(.negate, operand) }

  public static func + (left: Tensor, right: Double) -> Tensor { left + Tensor(right) }
  public static func - (left: Tensor, right: Double) -> Tensor { left - Tensor(right) }
  public static func * (left: Tensor, right: Double) -> Tensor { left * Tensor(right) }
  public static func / (left: Tensor, right: Double) -> Tensor { left / Tensor(right) }
  public static func + (left: Double, right: Tensor) -> Tensor { Tensor(left) + right }
  public static func - (left: Double, right: Tensor) -> Tensor { Tensor(left) - right }
  public static func * (left: Double, right: Tensor) -> Tensor { Tensor(left) * right }
  public static func / (left: Double, right: Tensor) -> Tensor { Tensor(left) / right }

  static func unary(_ operation: UnaryOperation, _ operand: Tensor) -> Tensor {
    Tensor(.unary(operation), [operand], shape: operand.shape)
  }

  static func binary(_ operation: BinaryOperation, _ left: Tensor, _ right: Tensor) -> Tensor {
    let (left, right) = stretched(left, right, operation.rawValue)
    return Tensor(.binary(operation), [left, right], shape: left.shape)
  }

  static func compare(_ comparison: Comparison, _ left: Tensor, _ right: Tensor) -> Tensor {
    let (left, right) = stretched(left, right, comparison.rawValue)
    return Tensor(.compare(comparison), [left, right], shape: left.shape)
  }

  private static func stretched(
    _ left: Tensor, _ right: Tensor, _ operation: String
  ) -> (Tensor, Tensor) {
    if left.shape == right.shape { return (left, right) }
    guard let shape = left.shape.broadcast(with: right.shape) else {
      let site = left.node.site ?? right.node.site
      traceFailure(
        operation, [left.shape, right.shape],
        "the extents differ and neither is 1; left operand \(left.origin), right operand "
          + "\(right.origin)",
        site?.file.text ?? #fileID, site?.line ?? #line)
    }
    return (left.broadcast(to: shape), right.broadcast(to: shape))
  }
}

public func exp(_ x: Tensor) -> Tensor { .unary(.exponential, x) }
public func log(_ x: Tensor) -> Tensor { .unary(.logarithm, x) }
public func sin(_ x: Tensor) -> Tensor { .unary(.sine, x) }
public func cos(_ x: Tensor) -> Tensor { .unary(.cosine, x) }
public func tanh(_ x: Tensor) -> Tensor { .unary(.tanh, x) }
/// The logistic function `1 / (1 + exp(-x))`.
public func sigmoid(_ x: Tensor) -> Tensor { .unary(.sigmoid, x) }
public func sqrt(_ x: Tensor) -> Tensor { .unary(.squareRoot, x) }
/// `1 / sqrt(x)`.
public func reciprocalSquareRoot(_ x: Tensor) -> Tensor { .unary(.reciprocalSquareRoot, x) }
public func reciprocal(_ x: Tensor) -> Tensor { .unary(.reciprocal, x) }
/// The error function.
public func erf(_ x: Tensor) -> Tensor { .unary(.erf, x) }
/// The absolute value, with derivative 0 at 0.
public func abs(_ x: Tensor) -> Tensor { .unary(.absolute, x) }
/// −1, 0 or 1; its derivative is 0 everywhere.
public func sign(_ x: Tensor) -> Tensor { .unary(.sign, x) }
public func square(_ x: Tensor) -> Tensor { x * x }

/// The larger of two values; where they are equal the derivative follows the first.
public func maximum(_ left: Tensor, _ right: Tensor) -> Tensor { .binary(.maximum, left, right) }
/// The smaller of two values; where they are equal the derivative follows the first.
public func minimum(_ left: Tensor, _ right: Tensor) -> Tensor { .binary(.minimum, left, right) }

/// 1 where `left < right`, else 0. Derivatives of comparisons are 0.
public func less(_ left: Tensor, _ right: Tensor) -> Tensor { .compare(.less, left, right) }
public func lessOrEqual(_ left: Tensor, _ right: Tensor) -> Tensor {
  .compare(.lessOrEqual, left, right)
}
public func equal(_ left: Tensor, _ right: Tensor) -> Tensor { .compare(.equal, left, right) }

/// `first` where `mask` is not 0, else `second`. The three operands broadcast.
public func select(
  _ mask: Tensor, _ first: Tensor, _ second: Tensor, file: StaticString = #fileID,
  line: UInt = #line
) -> Tensor {
  guard let inner = first.shape.broadcast(with: second.shape),
    let shape = mask.shape.broadcast(with: inner)
  else {
    traceFailure(
      "select", [mask.shape, first.shape, second.shape], "the extents differ and are not 1",
      file, line)
  }
  return Tensor(
    .select, [mask, first, second].map { $0.broadcast(to: shape) }, shape: shape,
    site: CallSite(file, line))
}

/// The identity, whose derivative is zero under ``StopGradientPolicy/blocked``.
public func stopGradient(
  _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  Tensor(.stopGradient, [x], shape: x.shape, site: CallSite(file, line))
}
