// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// Named arrays with a shape, and text by key: the contents of a file in the safetensors format.
///
/// The file is an 8-byte little-endian header length, a JSON header, and the raw little-endian
/// data. Equal contents give equal bytes: tensors stand in the order of descending element size and
/// then of their names, the header in the order of the names, with no time or machine in it.
public struct SafeTensors: Sendable, Hashable {
  /// One array.
  public struct Tensor: Sendable, Hashable {
    /// The type of the elements.
    public let elementType: TensorElementType

    /// The extents; empty for a single number.
    public let shape: [Int]

    /// The elements, row-major and little-endian: the product of the shape times the element size.
    public let bytes: Data

    init(elementType: TensorElementType, shape: [Int], bytes: Data) {
      self.elementType = elementType
      self.shape = shape
      self.bytes = bytes
    }

    /// A tensor of row-major values, as many as the product of the shape.
    public init<Element: TensorElement>(_ values: [Element], shape: [Int]) {
      precondition(
        shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
        "\(values.count) values do not have the shape \(shape).")
      self.elementType = Element.elementType
      self.shape = shape
      self.bytes = values.map(\.tensorBits.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// The values, or nil if they are of another type.
    public func values<Element: TensorElement>(as type: Element.Type) -> [Element]? {
      guard elementType == Element.elementType else { return nil }
      return bytes.withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: elementType.size).map { offset in
          Element(
            tensorBits: Element.Bits(
              littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Element.Bits.self)))
        }
      }
    }
  }

  /// The tensors by name.
  public private(set) var tensors: [String: Tensor] = [:]

  /// Free text by key.
  public var metadata: [String: String]

  /// Contents without tensors.
  public init(metadata: [String: String] = [:]) {
    self.metadata = metadata
  }

  /// The name under which the format keeps the metadata; no tensor may have it.
  package static let metadataName = "__metadata__"

  /// The tensor of a name, or nil; setting replaces it and setting nil removes it.
  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      precondition(name != SafeTensors.metadataName, "The name \(name) is reserved.")
      tensors[name] = newValue
    }
  }

  /// Adds or replaces a vector.
  public mutating func setVector<Element: TensorElement>(_ name: String, _ values: [Element]) {
    self[name] = Tensor(values, shape: [values.count])
  }

  /// Reads and checks a file.
  ///
  /// - Throws: ``FileError`` if it cannot be read, ``SafeTensorsError`` if it is not in the format.
  public init(contentsOf path: String) throws {
    try self.init(data: try Self.bytes(of: path), path: path)
  }

  /// Writes a file, replacing one that exists, in one step (see ``AtomicFile``).
  public func write(to path: String) throws {
    try AtomicFile.write(encoded(), to: path)
  }
}
