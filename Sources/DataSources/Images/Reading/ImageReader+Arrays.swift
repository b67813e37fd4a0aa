// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

// Images in an array [N, C, H, W], or [N, H, W] of one channel.

extension ImageReader {
  /// - Parameter labels: the array of the labels, or another file; nil is the array `labels`, if there is one.
  func readArray(_ file: MappedArrayFile, labels: String?) throws -> ImageParts {
    guard let array = file.single ?? file.arrays["images"] else {
      throw ImageDataError(
        path: file.path,
        problem: .missingArray("images", available: file.arrays.keys.sorted()))
    }
    guard (3...4).contains(array.shape.count), array.count > 0 else {
      throw ImageDataError(
        path: array.place,
        problem: .shape(array.shape, expected: "[images, channels, height, width]"))
    }
    let shape = array.shape.count == 3 ? [1] + array.shape[1...] : Array(array.shape[1...])
    let (values, units) = try pixels(of: array)
    return ImageParts(
      training: ImageSet(
        shape: shape, values: values,
        labels: try arrayLabels(labels, beside: file, count: array.shape[0])),
      heldOut: nil, units: units)
  }

  /// Bytes as they are. Floats are taken for pixels from 0 to 1, or from −1 to 1 if one is below 0.
  private func pixels(
    of array: MappedArray
  ) throws(ImageDataError) -> (ImageSet.Values, ImageUnits) {
    switch array.elementType {
    case .uint8:
      return (.bytes(array.withBytes { [UInt8]($0) }), .bytes)
    case .float16, .brainFloat16, .float32, .float64:
      let values = array.numbers(as: Float.self)
      for (index, value) in values.enumerated() where !(value >= -1 && value <= 1) {
        throw ImageDataError(
          path: array.place, problem: .pixel(index: index, value: Double(value)))
      }
      let isSigned = values.contains { $0 < 0 }
      return (
        .floats(values),
        isSigned ? ImageUnits(center: 0, scale: 1) : ImageUnits(center: 0.5, scale: 0.5)
      )
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .bool:
      throw ImageDataError(
        path: array.place,
        problem: .elementType(array.elementType, expected: "unsigned bytes and floats"))
    }
  }

  /// The labels of an array of a name, or of another file.
  func arrayLabels(
    _ name: String?, beside file: MappedArrayFile, count: Int
  ) throws -> [Int32] {
    let array: MappedArray
    if let name, FileSystem.exists(name) {
      let other = try MappedArrayFile(contentsOf: name)
      guard let found = other.single ?? other.arrays["labels"] else {
        throw ImageDataError(
          path: name, problem: .missingArray("labels", available: other.arrays.keys.sorted()))
      }
      array = found
    } else if let found = file.arrays[name ?? "labels"] {
      array = found
    } else if let name {
      throw ImageDataError(
        path: file.path,
        problem: .missingArray(name, available: file.arrays.keys.sorted().filter { $0 != "" }))
    } else {
      return []
    }
    guard array.shape.count == 1 else {
      throw ImageDataError(
        path: array.place, problem: .shape(array.shape, expected: "[images]"))
    }
    return try checkedLabels(array.numbers(), of: count, limit: nil, path: array.place)
  }
}
