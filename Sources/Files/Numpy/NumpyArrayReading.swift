// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension NumpyArray {
  /// Reads and checks a file.
  ///
  /// - Throws: ``FileError`` if it cannot be read, ``NumpyArrayError`` if it is not an array of numbers.
  public init(contentsOf path: String) throws {
    var file = try OpenFile(path, .read)
    let data = try file.readAll()
    try file.close()
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

  private static func array(
    _ file: UnsafeRawBufferPointer
  ) throws(NumpyArrayError.Problem) -> NumpyArray {
    let headerRange = try headerRange(file)
    let header = try NumpyHeader(file[headerRange])
    let data = UnsafeRawBufferPointer(rebasing: file[headerRange.upperBound...])
    guard let needed = byteCount(header) else { throw .shape(header.shape) }
    guard data.count >= needed else {
      throw .truncatedData(length: data.count, needed: needed)
    }
    guard data.count == needed else { throw .trailingData(length: data.count, needed: needed) }
    return NumpyArray(
      elementType: header.elementType, shape: header.shape,
      values: try NumpyElementReader(header, data).values())
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
