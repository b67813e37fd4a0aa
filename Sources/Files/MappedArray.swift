// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// An array that stays in its file: pages of it are read when they are asked for, and the system may drop them again.
///
/// Elements are row-major and little-endian. The file must not be cut while it is mapped.
public struct MappedArray: Sendable {
  /// The file.
  public let path: String
  /// The name of the array in a file of several.
  public let name: String?
  public let elementType: TensorElementType
  /// The extents; empty for a single number.
  public let shape: [Int]

  private let file: Data
  private let bytes: Range<Int>

  init(
    path: String, name: String?, elementType: TensorElementType, shape: [Int], file: Data,
    bytes: Range<Int>
  ) {
    self.path = path
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.file = file
    self.bytes = bytes
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The file and the name of the array, for messages.
  public var place: String { name.map { "\(path), array \"\($0)\"" } ?? path }

  /// The bytes of the elements.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try file.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[bytes])) }
  }

  /// Some elements as numbers, rounded where the type asked for is the smaller one.
  ///
  /// - Parameters:
  ///   - first: the place of the first element, row-major.
  ///   - out: as many as it holds.
  /// - Precondition: the array has them.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func read<Scalar: BinaryFloatingPoint>(
    from first: Int, into out: UnsafeMutableBufferPointer<Scalar>
  ) {
    precondition(
      first >= 0 && first + out.count <= count,
      "elements \(first) to \(first + out.count) of \(count)")
    withBytes { bytes in
      func fill<Bits: FixedWidthInteger>(_ type: Bits.Type, _ value: (Bits) -> Scalar) {
        for index in out.indices {
          let offset = (first + index) * MemoryLayout<Bits>.size
          out[index] = value(
            Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self)))
        }
      }
      switch elementType {
      case .float64: fill(UInt64.self) { Scalar(Double(bitPattern: $0)) }
      case .float32: fill(UInt32.self) { Scalar(Float(bitPattern: $0)) }
      case .float16: fill(UInt16.self) { Scalar(singlePrecision(ofHalf: $0)) }
      case .brainFloat16: fill(UInt16.self) { Scalar(Float(bitPattern: UInt32($0) << 16)) }
      case .int64: fill(Int64.self) { Scalar($0) }
      case .int32: fill(Int32.self) { Scalar($0) }
      case .int16: fill(Int16.self) { Scalar($0) }
      case .int8: fill(Int8.self) { Scalar($0) }
      case .uint64: fill(UInt64.self) { Scalar($0) }
      case .uint32: fill(UInt32.self) { Scalar($0) }
      case .uint16: fill(UInt16.self) { Scalar($0) }
      case .uint8: fill(UInt8.self) { Scalar($0) }
      case .bool: fill(UInt8.self) { $0 == 0 ? 0 : 1 }
      }
    }
  }

  /// All elements.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func numbers<Scalar: BinaryFloatingPoint>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      read(from: 0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }
}

/// The number with the bits of an IEEE 754 half.
private func singlePrecision(ofHalf bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let magnitude = UInt32(bits & 0x7FFF)
  switch magnitude >> 10 {
  case 0:
    let value = Float(magnitude) * 0x1p-24
    return sign == 0 ? value : -value
  case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13)
  default: return Float(bitPattern: sign | (magnitude << 13) + (112 << 23))
  }
}

/// A file of arrays that is not read but mapped: a NumPy array or safetensors, whose headers alone are read.
public struct MappedArrayFile: Sendable {
  public let path: String
  /// By name; the array of a NumPy file has the name `""`.
  public let arrays: [String: MappedArray]
  /// Free text by key; a NumPy file has none.
  public let metadata: [String: String]

  /// The array of a file that holds one without a name.
  public var single: MappedArray? { arrays[""] }

  /// Maps a file and checks its header.
  ///
  /// - Throws: ``FileError``; ``NumpyArrayError`` for a file that is neither, for an array in column-major or big-endian
  ///   order and for what is no array of numbers; ``SafeTensorsError``.
  public init(contentsOf path: String) throws {
    // Tells the reason where the file cannot be opened.
    var opened = try OpenFile(path, .read)
    try opened.close()
    let file: Data
    do {
      file = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw FileError(.read, path, code: EIO)
    }
    self.path = path
    guard FileKind(of: file) == .safeTensors else {
      let (type, shape, bytes) = try NumpyArray.directory(of: file, path: path)
      arrays = [
        "": MappedArray(
          path: path, name: nil, elementType: type, shape: shape, file: file, bytes: bytes)
      ]
      metadata = [:]
      return
    }
    let directory = try SafeTensorsDirectory(data: file, path: path)
    arrays = Dictionary(
      uniqueKeysWithValues: directory.entries.map { entry in
        (
          entry.name,
          MappedArray(
            path: path, name: entry.name, elementType: entry.elementType, shape: entry.shape,
            file: file, bytes: entry.bytes)
        )
      })
    metadata = directory.metadata
  }
}
