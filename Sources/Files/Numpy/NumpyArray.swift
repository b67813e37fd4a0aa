// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// An array of numbers from a file in NumPy's format (`.npy`, versions 1.0, 2.0 and 3.0).
public struct NumpyArray: Sendable, Hashable {
  /// The types of elements that are read; the raw value is NumPy's name without the byte order.
  public enum ElementType: String, Sendable, Hashable, CaseIterable {
    case bool = "b1"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    /// The bytes of an element.
    public var size: Int { Int(rawValue.dropFirst()) ?? 1 }

    /// Whether the elements are whole numbers, as labels are.
    public var isInteger: Bool { rawValue.first == "i" || rawValue.first == "u" }
  }

  /// The bytes that open a file.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The largest integer up to which a double holds every one: larger elements are refused.
  public static let largestInteger = 1 << 53

  /// The type of the elements in the file.
  public let elementType: ElementType

  /// The extents; empty for a single number.
  public let shape: [Int]

  /// The elements, row-major whatever the order and byte order of the file; each is exact. False is 0 and true is 1. NaNs
  /// and infinities are kept, see ``firstNonFinite``.
  public let values: [Double]

  init(elementType: ElementType, shape: [Int], values: [Double]) {
    self.elementType = elementType
    self.shape = shape
    self.values = values
  }

  /// Where in ``values`` the first NaN or infinity stands; nil if all elements are finite.
  public var firstNonFinite: Int? {
    elementType.rawValue.first == "f" ? values.firstIndex { !$0.isFinite } : nil
  }

  /// The indices, one for each extent, of an element of ``values``; for messages about it.
  public func indices(ofElement element: Int) -> [Int] {
    precondition(values.indices.contains(element), "There is no element \(element).")
    var rest = element
    var indices: [Int] = []
    for extent in shape.reversed() {
      indices.append(rest % extent)
      rest /= extent
    }
    return indices.reversed()
  }
}
