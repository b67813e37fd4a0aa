// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension NumpyArray {
  /// The bytes of a file (version 1.0) with row-major values, as many as the product of the shape; the same bytes that
  /// numpy.save writes.
  public static func encoded(_ values: [Double], shape: [Int]) -> Data {
    encoded(values, shape, .float64) { $0.bitPattern.littleEndian }
  }

  /// The bytes of a file (version 1.0) with row-major values in single precision.
  public static func encoded(_ values: [Float], shape: [Int]) -> Data {
    encoded(values, shape, .float32) { $0.bitPattern.littleEndian }
  }

  /// Writes row-major values to a file, which appears complete or not at all.
  ///
  /// - Throws: ``FileError``.
  public static func write(_ values: [Double], shape: [Int], to path: String) throws {
    try AtomicFile.write(encoded(values, shape: shape), to: path)
  }

  /// Writes row-major values in single precision to a file, which appears complete or not at all.
  ///
  /// - Throws: ``FileError``.
  public static func write(_ values: [Float], shape: [Int], to path: String) throws {
    try AtomicFile.write(encoded(values, shape: shape), to: path)
  }

  /// Writes a file of single precision whose elements come block by block, so that they need never be in memory as a
  /// whole; the file appears complete or not at all.
  ///
  /// - Parameter blocks: calls what it is given with the elements, row-major, some at a time.
  /// - Throws: ``FileError``, and what `blocks` throws.
  /// - Precondition: there come as many elements as the shape says.
  public static func write(
    shape: [Int], to path: String, blocks: (_ write: ([Float]) throws -> Void) throws -> Void
  ) throws {
    try AtomicFile.replace(path) { file in
      try file.write(opening(shape: shape, .float32))
      try writeBlocks(to: file, count: shape.reduce(1, *), blocks)
    }
  }

  private static func encoded<Value, Bits: FixedWidthInteger>(
    _ values: [Value], _ shape: [Int], _ type: ElementType, _ bits: (Value) -> Bits
  ) -> Data {
    precondition(
      shape.count <= NumpyHeader.dimensionLimit && shape.allSatisfy { $0 >= 0 }
        && shape.reduce(1, *) == values.count,
      "\(values.count) values do not have the shape \(shape).")
    var data = opening(shape: shape, type)
    values.map(bits).withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  /// What precedes the elements: a multiple of 64 bytes, so that they may be used where the file is mapped.
  private static func opening(shape: [Int], _ type: ElementType) -> Data {
    let alignment = 64
    let extents = shape.map(String.init)
    let tuple = extents.count == 1 ? "\(extents[0])," : extents.joined(separator: ", ")
    var header =
      "{'\(NumpyHeader.Entry.type.rawValue)': '<\(type.rawValue)', "
      + "'\(NumpyHeader.Entry.order.rawValue)': False, "
      + "'\(NumpyHeader.Entry.shape.rawValue)': (\(tuple)), }"
    // NumPy leaves room for the first extent to grow to 21 digits, so that a file can be appended to.
    if let first = extents.first { header += String(repeating: " ", count: 21 - first.count) }
    // Before the header stand the magic, two bytes of version and two of length; a line end closes it.
    let fixedCount = magic.count + 5
    let rest = (fixedCount + header.utf8.count) % alignment
    header += String(repeating: " ", count: rest == 0 ? 0 : alignment - rest) + "\n"
    let length = UInt16(header.utf8.count)
    return Data(magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8))
  }
}
