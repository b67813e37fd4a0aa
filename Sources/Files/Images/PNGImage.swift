// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CPNG
public import Foundation

/// An image of 8 bits a channel, grey or in red, green and blue, as it stands in a PNG file.
public struct PNGImage: Sendable, Hashable {
  /// What a pixel is.
  public enum Kind: String, Sendable, Hashable {
    case grey
    case color = "red, green and blue"

    /// Bytes of a pixel.
    public var channels: Int {
      switch self {
      case .grey: 1
      case .color: 3
      }
    }
  }

  public let kind: Kind
  public let width: Int
  public let height: Int
  /// Row by row from above, the channels of a pixel beside each other.
  public let pixels: [UInt8]

  /// - Precondition: there are pixels, as many as the sizes say.
  public init(kind: Kind, width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * kind.channels,
      "\(pixels.count) bytes are no image of \(width) by \(height) pixels, \(kind.rawValue)")
    self.kind = kind
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The extents of a side that are accepted.
  private static let largestSide: UInt32 = 1 << 15

  /// Reads a file of 8 bits a channel or less, without a palette and without transparency.
  ///
  /// - Throws: ``FileError``, ``PNGError``.
  public init(contentsOf path: String) throws {
    let data = try FileSystem.contents(of: path)
    try self.init(data: data, path: path)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameter path: names the file in errors.
  /// - Throws: ``PNGError``.
  public init(data: Data, path: String) throws(PNGError) {
    do {
      self = try data.withUnsafeBytes { bytes in
        Result { () throws(PNGError.Problem) in try Self.decoded(bytes) }
      }.get()
    } catch {
      throw PNGError(path: path, problem: error)
    }
  }

  private static func decoded(
    _ bytes: UnsafeRawBufferPointer
  ) throws(PNGError.Problem) -> PNGImage {
    guard bytes.starts(with: [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A]) else {
      throw .notPNG
    }
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
      throw .damaged(message(image))
    }
    let format = image.format
    func has(_ flag: UInt32) -> Bool { format & flag != 0 }
    if has(PNG_FORMAT_FLAG_COLORMAP) { throw .palette }
    if has(PNG_FORMAT_FLAG_LINEAR) { throw .sixteenBits }
    if has(PNG_FORMAT_FLAG_ALPHA) { throw .transparency }
    guard image.width <= largestSide, image.height <= largestSide else {
      throw .size(width: Int(image.width), height: Int(image.height))
    }
    let kind: Kind = has(PNG_FORMAT_FLAG_COLOR) ? .color : .grey
    image.format = kind.format
    let (width, height) = (Int(image.width), Int(image.height))
    var pixels = [UInt8](repeating: 0, count: width * height * kind.channels)
    guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else {
      throw .damaged(message(image))
    }
    return PNGImage(kind: kind, width: width, height: height, pixels: pixels)
  }

  /// Writes a file, which appears complete or not at all.
  ///
  /// - Throws: ``FileError``.
  public func write(to path: String) throws { try AtomicFile.write(encoded(), to: path) }

  /// The bytes of the file; equal images give equal bytes.
  public func encoded() -> Data {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    (image.width, image.height) = (png_uint_32(width), png_uint_32(height))
    image.format = kind.format
    // As much as pixels that cannot be compressed need, with what stands around them.
    var size = pixels.count + height + pixels.count / 1000 + 65_536
    var data = Data(count: size)
    let written = data.withUnsafeMutableBytes { data in
      png_image_write_to_memory(&image, data.baseAddress, &size, 0, pixels, 0, nil)
    }
    precondition(written != 0, "an image in memory cannot be written: \(Self.message(image))")
    return data.prefix(size)
  }

  /// libpng's words for what went wrong.
  private static func message(_ image: png_image) -> String {
    withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

extension PNGImage.Kind {
  fileprivate var format: png_uint_32 {
    switch self {
    case .grey: 0
    case .color: PNG_FORMAT_FLAG_COLOR
    }
  }
}
