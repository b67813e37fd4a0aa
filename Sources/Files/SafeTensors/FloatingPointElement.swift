// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The types of floating-point numbers that a tensor of a file may have.
public enum FloatingPointElement: String, CaseIterable, Sendable {
  case float64
  case float32
  case float16
  case brainFloat16 = "bfloat16"

  public var elementType: TensorElementType {
    switch self {
    case .float64: return .float64
    case .float32: return .float32
    case .float16: return .float16
    case .brainFloat16: return .brainFloat16
    }
  }
}

extension SafeTensors.Tensor {
  /// Row-major numbers, as many as the product of the shape, rounded to the nearest of a type, ties to even.
  public init(_ values: [Double], shape: [Int], as type: FloatingPointElement) {
    switch type {
    case .float64: self.init(values, shape: shape)
    case .float32: self.init(values.map { Float($0) }, shape: shape)
    case .float16: self.init(values, shape: shape, as: .float16, exponentBits: 5)
    case .brainFloat16: self.init(values, shape: shape, as: .brainFloat16, exponentBits: 8)
    }
  }

  private init(_ values: [Double], shape: [Int], as type: TensorElementType, exponentBits: Int) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
      "\(values.count) values do not have the shape \(shape).")
    self.init(
      elementType: type, shape: shape,
      bytes: values.map { shortFloatBits($0, exponentBits: exponentBits).littleEndian }
        .withUnsafeBytes { Data($0) })
  }
}

/// The bits of the nearest number, ties to even, in a format of 16 bits laid out as IEEE 754 has it; written out
/// because not every platform has the types.
func shortFloatBits(_ value: Double, exponentBits: Int) -> UInt16 {
  let fractionBits = 15 - exponentBits
  let infinity = UInt64((1 << exponentBits) - 1) << UInt64(fractionBits)
  let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
  if value.isNaN { return sign | UInt16(infinity | 1 << UInt64(fractionBits - 1)) }
  if value.isInfinite { return sign | UInt16(infinity) }
  if value == 0 { return sign }
  let leastExponent = 2 - 1 << (exponentBits - 1)
  let exponent = max(Int(value.exponent), leastExponent)
  // Units in the last place; the quotient is exact, so only this rounding happens.
  let units = UInt64(
    (value.magnitude * Double(sign: .plus, exponent: fractionBits - exponent, significand: 1))
      .rounded(.toNearestOrEven))
  // What rounds up to the next power of two carries into the exponent by itself.
  let bits = UInt64(exponent - leastExponent) << UInt64(fractionBits) + units
  return sign | UInt16(min(bits, infinity))
}
