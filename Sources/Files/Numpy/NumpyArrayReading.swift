// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension NumpyArray {
  /// Reads and checks a file.
  ///
  /// - Throws: ``FileError`` if it cannot be read, ``NumpyArrayError`` if it is not an array of numbers.
  public init(contentsOf path: String) throws {
    let data = try FileSystem.contents(of: path)
    try self.init(data: data, path: path)
  }

  /// Reads and checks the bytes of a file.
  ///
  /// - Parameter path: Names the file in errors.
  public init(data: Data, path: String) throws(NumpyArrayError) {
    let kind = FileKind(of: data)
    guard kind == .numpyArray else {
      throw NumpyArrayError(path: path, problem: .wrongKind(kind))
    }
    do {
      self = try data.withUnsafeBytes { bytes in
        Result { () throws(NumpyArrayError.Problem) in try Self.array(bytes) }
      }.get()
    } catch {
      throw NumpyArrayError(path: path, problem: error)
    }
  }

  /// Where the elements of a file lie that need no conversion, row-major and little-endian; only its header is read.
  ///
  /// - Throws: ``NumpyArrayError``, also for another order.
  static func directory(
    of data: Data, path: String
  ) throws(NumpyArrayError) -> (type: TensorElementType, shape: [Int], bytes: Range<Int>) {
    let kind = FileKind(of: data)
    guard kind == .numpyArray else {
      throw NumpyArrayError(path: path, problem: .wrongKind(kind))
    }
    do {
      return try data.withUnsafeBytes { bytes in
        Result { () throws(NumpyArrayError.Problem) in
          let (header, range) = try Self.checked(bytes)
          guard !header.isColumnMajor || header.shape.count < 2 else { throw .columnMajor }
          guard !header.isBigEndian || header.elementType.size == 1 else {
            throw .bigEndian
          }
          return (header.elementType.tensorType, header.shape, range)
        }
      }.get()
    } catch {
      throw NumpyArrayError(path: path, problem: error)
    }
  }

  private static func array(
    _ file: UnsafeRawBufferPointer
  ) throws(NumpyArrayError.Problem) -> NumpyArray {
    let (header, range) = try checked(file)
    let data = UnsafeRawBufferPointer(rebasing: file[range])
    return NumpyArray(
      elementType: header.elementType, shape: header.shape,
      values: try NumpyElementReader(header, data).values())
  }

  /// The header, and where the elements lie.
  private static func checked(
    _ file: UnsafeRawBufferPointer
  ) throws(NumpyArrayError.Problem) -> (header: NumpyHeader, elements: Range<Int>) {
    let headerRange = try headerRange(file)
    let header = try NumpyHeader(file[headerRange])
    let length = file.count - headerRange.upperBound
    guard let needed = byteCount(header) else { throw .shape(header.shape) }
    guard length >= needed else { throw .truncatedData(length: length, needed: needed) }
    guard length == needed else { throw .trailingData(length: length, needed: needed) }
    return (header, headerRange.upperBound..<file.count)
  }

  /// Where the text of the header stands, after the magic, the version and its own length.
  private static func headerRange(
    _ file: UnsafeRawBufferPointer
  ) throws(NumpyArrayError.Problem) -> Range<Int> {
    let versionEnd = magic.count + 2
    guard file.count >= versionEnd else {
      throw .truncatedHeader(length: file.count, needed: versionEnd)
    }
    let (major, minor) = (file[magic.count], file[magic.count + 1])
    guard (1...3).contains(major), minor == 0 else { throw .version(major: major, minor: minor) }
    let start = versionEnd + (major == 1 ? 2 : 4)
    guard file.count >= start else {
      throw .truncatedHeader(length: file.count, needed: start)
    }
    let length = file[versionEnd..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count - start else {
      throw .truncatedHeader(length: file.count, needed: start + length)
    }
    return start..<start + length
  }

  /// The size of the elements, nil if it or a product of extents cannot be counted. An extent of zero does not excuse
  /// the others: the strides must be countable as well.
  private static func byteCount(_ header: NumpyHeader) -> Int? {
    var size = header.elementType.size
    for extent in header.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(1, extent))
      if overflow { return nil }
      size = product
    }
    return header.shape.contains(0) ? 0 : size
  }
}

extension NumpyArray.ElementType {
  /// The same type by its name in safetensors.
  fileprivate var tensorType: TensorElementType {
    switch self {
    case .bool: .bool
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    }
  }
}
