// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The element types of the safetensors format whose size is a whole number of bytes.
public enum TensorElementType: String, Sendable, Hashable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case brainFloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"

  /// The size of an element in bytes.
  public var size: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .brainFloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }
}

/// A Swift type whose values can be stored in a tensor and read from it.
public protocol TensorElement: Sendable {
  /// The unsigned integer of the same size.
  associatedtype Bits: FixedWidthInteger & Sendable

  /// The element type of a tensor of these values.
  static var elementType: TensorElementType { get }

  /// The value's bit pattern.
  var tensorBits: Bits { get }

  /// The value of a bit pattern.
  init(tensorBits: Bits)
}

extension Float: TensorElement {
  public static var elementType: TensorElementType { .float32 }
  public var tensorBits: UInt32 { bitPattern }
  public init(tensorBits: UInt32) { self.init(bitPattern: tensorBits) }
}

extension Double: TensorElement {
  public static var elementType: TensorElementType { .float64 }
  public var tensorBits: UInt64 { bitPattern }
  public init(tensorBits: UInt64) { self.init(bitPattern: tensorBits) }
}

extension Int64: TensorElement {
  public static var elementType: TensorElementType { .int64 }
  public var tensorBits: UInt64 { UInt64(bitPattern: self) }
  public init(tensorBits: UInt64) { self.init(bitPattern: tensorBits) }
}

extension UInt64: TensorElement {
  public static var elementType: TensorElementType { .uint64 }
  public var tensorBits: UInt64 { self }
  public init(tensorBits: UInt64) { self = tensorBits }
}
