// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// Images in a file of arrays that stays where it is: read block by block, as samples are that are measured.
public struct ImageArray: Sendable {
  public let path: String
  /// `[C, H, W]`
  public let shape: [Int]
  /// `N`
  public let count: Int
  /// A class an image; nil if the file has none.
  public let labels: [Int]?

  private let array: MappedArray
  private let units: ImageUnits

  /// Opens a file and checks it.
  ///
  /// - Parameters:
  ///   - path: `.npy`, or `.safetensors` with an array `samples`, `images` or of a given name: `[N, C, H, W]` or, of one
  ///     channel, `[N, H, W]`.
  ///   - name: of the array.
  ///   - labels: the array of the labels, or another file of them; nil is the array `labels`, if there is one.
  ///   - range: of floats; bytes are from 0 to 255 anyway.
  /// - Throws: ``ImageDataError``; `FileError`, `NumpyArrayError`, `SafeTensorsError`.
  public init(
    contentsOf path: String, array name: String? = nil, labels: String? = nil,
    range: PixelRange = .bytes
  ) throws {
    let file = try MappedArrayFile(contentsOf: path)
    let array = try file.array(named: name, otherwise: ["samples", "images"])
    guard (3...4).contains(array.shape.count), array.count > 0 else {
      throw ImageDataError(
        path: array.place,
        problem: .shape(array.shape, expected: "[images, channels, height, width]"))
    }
    self.path = path
    self.array = array
    shape = array.shape.count == 3 ? [1] + array.shape[1...] : Array(array.shape[1...])
    count = array.shape[0]
    units = array.elementType == .uint8 ? .bytes : range.units
    self.labels = try file.labels(named: labels, count: count)
  }

  /// Numbers of an image.
  public var dimension: Int { shape.reduce(1, *) }

  /// Some images, image by image, in units in which the range is −1 to 1.
  ///
  /// - Throws: ``ImageDataError/Problem/pixel(index:value:)`` for a number that is not finite, or so far outside the
  ///   range that another one must be meant.
  public func points(_ rows: Range<Int>) throws(ImageDataError) -> [Double] {
    var values = [Double](repeating: 0, count: rows.count * dimension)
    values.withUnsafeMutableBufferPointer {
      array.read(from: rows.lowerBound * dimension, into: $0)
    }
    for (index, value) in values.enumerated() where !value.isFinite {
      throw ImageDataError(
        path: array.place,
        problem: .pixel(index: rows.lowerBound * dimension + index, value: value))
    }
    return values.map { units.normalized($0) }
  }
}

/// Numbers in the rows of a file of arrays, as features that somebody took of images.
public struct FeatureArray: Sendable {
  public let path: String
  /// `N × d`, row-major, finite.
  public let values: [Double]
  /// `d`
  public let dimension: Int
  /// A class a row; nil if the file has none.
  public let labels: [Int]?

  /// - Parameter path: `.npy` of `[N, d]`, or `.safetensors` with an array `features` or of a given name.
  /// - Throws: ``ImageDataError``; `FileError`, `NumpyArrayError`, `SafeTensorsError`.
  public init(contentsOf path: String, array name: String? = nil, labels: String? = nil) throws {
    let file = try MappedArrayFile(contentsOf: path)
    let array = try file.array(named: name, otherwise: ["features"])
    guard array.shape.count == 2, array.count > 0 else {
      throw ImageDataError(
        path: array.place, problem: .shape(array.shape, expected: "[samples, features]"))
    }
    self.path = path
    dimension = array.shape[1]
    values = try array.finiteNumbers()
    self.labels = try file.labels(named: labels, count: array.shape[0])
  }

  /// Mean and covariance that a file holds under these names, or nil if it holds no covariance.
  ///
  /// - Throws: as ``init(contentsOf:array:labels:)``.
  public static func statistics(
    contentsOf path: String
  ) throws -> (mean: [Double], covariance: [Double])? {
    let file = try MappedArrayFile(contentsOf: path)
    guard let covariance = file.arrays["covariance"] else { return nil }
    guard let mean = file.arrays["mean"] else {
      throw ImageDataError(
        path: path,
        problem: .missingArray("mean", available: file.arrays.keys.sorted()))
    }
    let size = mean.count
    guard size > 0, covariance.shape == [size, size] else {
      throw ImageDataError(
        path: covariance.place, problem: .shape(covariance.shape, expected: "[\(size), \(size)]"))
    }
    return (try mean.finiteNumbers(), try covariance.finiteNumbers())
  }
}

extension MappedArrayFile {
  /// The only array of a file, that of a name, or the first there is of some names.
  ///
  /// - Throws: ``ImageDataError`` for a file without it.
  public func array(
    named name: String?, otherwise names: [String]
  ) throws(ImageDataError) -> MappedArray {
    if let single { return single }
    let wanted = name.map { [$0] } ?? names
    guard let found = wanted.compactMap({ arrays[$0] }).first else {
      throw ImageDataError(
        path: path,
        problem: .missingArray(wanted.joined(separator: " or "), available: arrays.keys.sorted()))
    }
    return found
  }

  /// The labels in an array of a name, `labels` if none is given, or in another file.
  ///
  /// - Throws: ``ImageDataError``.
  public func labels(named name: String?, count: Int) throws -> [Int]? {
    let array: MappedArray
    if let found = arrays[name ?? "labels"] {
      array = found
    } else if let name {
      let other = try MappedArrayFile(contentsOf: name)
      array = try other.array(named: nil, otherwise: ["labels"])
    } else {
      return nil
    }
    guard array.shape == [count] else {
      throw ImageDataError(
        path: array.place, problem: .counts(images: count, labels: array.count))
    }
    return try array.numbers(as: Double.self).enumerated().map { row, value in
      guard value >= 0, value <= 1e9, value == value.rounded() else {
        throw ImageDataError(
          path: array.place, problem: .label(row: row, value: value, limit: 1_000_000_000))
      }
      return Int(value)
    }
  }
}

extension MappedArray {
  fileprivate func finiteNumbers() throws(ImageDataError) -> [Double] {
    let values = numbers(as: Double.self)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw ImageDataError(path: place, problem: .pixel(index: index, value: values[index]))
    }
    return values
  }
}

extension ImageSet {
  /// Some images, image by image, in given units.
  public func points(_ rows: Range<Int>, in units: ImageUnits) -> [Double] {
    rows.flatMap { image($0, in: units) }
  }
}
