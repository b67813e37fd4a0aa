// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

// Data sets that come in files of their own format with a part to train on and one for measurements.

extension ImageReader {
  /// A folder of `{train,t10k}-{images-idx3,labels-idx1}-ubyte`, each plain or with `.gz` behind it.
  ///
  /// - Parameter classNames: of a known data set; else empty.
  func readIDX(_ folder: String, classNames: [String]) throws -> ImageParts {
    func part(_ prefix: String) throws -> ImageSet {
      let images = try file("\(prefix)-images-idx3-ubyte", in: folder)
      let labels = try file("\(prefix)-labels-idx1-ubyte", in: folder)
      let pixels = try IDXArray(contentsOf: images)
      guard pixels.shape.count == 3, !pixels.bytes.isEmpty else {
        throw IDXError(
          path: images, problem: .extents(found: pixels.shape, expected: "images, height, width"))
      }
      let classes = try IDXArray(contentsOf: labels)
      guard classes.shape.count == 1 else {
        throw IDXError(
          path: labels, problem: .extents(found: classes.shape, expected: "one for each image"))
      }
      return ImageSet(
        shape: [1] + pixels.shape[1...], values: .bytes(pixels.bytes),
        labels: try checkedLabels(
          classes.bytes.map(Double.init), of: pixels.shape[0],
          limit: classNames.isEmpty ? nil : classNames.count, path: labels))
    }
    let (training, heldOut) = (try part("train"), try part("t10k"))
    try checkAlike(training, heldOut, in: folder)
    return ImageParts(
      training: training, heldOut: heldOut, units: .bytes, classNames: classNames)
  }

  private func file(_ name: String, in folder: String) throws(ImageDataError) -> String {
    // Some unpackers leave a dot in the place of the dash.
    let dotted = name.replacingOccurrences(of: "-idx", with: ".idx")
    let names = [name, "\(name).gz", dotted, "\(dotted).gz"]
    guard let found = names.first(where: { FileSystem.exists("\(folder)/\($0)") }) else {
      throw ImageDataError(path: folder, problem: .missingFile("\(name) or \(name).gz"))
    }
    return "\(folder)/\(found)"
  }

  /// CIFAR-10's binary batches: records of a label and 3 · 32 · 32 pixels.
  func readCIFAR(_ folder: String) throws -> ImageParts {
    let shape = [3, 32, 32]
    let record = 1 + shape.reduce(1, *)
    let classNames = KnownImages.cifar10.classNames
    func part(_ names: [String]) throws -> ImageSet {
      var pixels: [UInt8] = []
      var labels: [Int32] = []
      for name in names {
        let path = "\(folder)/\(name)"
        guard FileSystem.exists(path) else {
          throw ImageDataError(path: folder, problem: .missingFile(name))
        }
        var file = try OpenFile(path, .read)
        let bytes = [UInt8](try file.readAll())
        try file.close()
        guard !bytes.isEmpty, bytes.count % record == 0 else {
          throw ImageDataError(
            path: path, problem: .length(found: bytes.count, record: record))
        }
        let starts = stride(from: 0, to: bytes.count, by: record)
        labels += try checkedLabels(
          starts.map { Double(bytes[$0]) }, of: bytes.count / record, limit: classNames.count,
          path: path)
        for start in starts { pixels += bytes[start + 1..<start + record] }
      }
      return ImageSet(shape: shape, values: .bytes(pixels), labels: labels)
    }
    return ImageParts(
      training: try part((1...5).map { "data_batch_\($0).bin" }),
      heldOut: try part(["test_batch.bin"]), units: .bytes, classNames: classNames)
  }

  /// Labels as they come from a file, checked.
  ///
  /// - Parameters:
  ///   - count: the images'.
  ///   - limit: the number of classes; nil if the labels tell it.
  /// - Throws: ``ImageDataError``.
  func checkedLabels(
    _ values: [Double], of count: Int, limit: Int?, path: String
  ) throws(ImageDataError) -> [Int32] {
    guard values.count == count else {
      throw ImageDataError(path: path, problem: .counts(images: count, labels: values.count))
    }
    let limit = limit ?? PointFileError.largestLabel + 1
    for (row, value) in values.enumerated()
    where !(value >= 0 && value < Double(limit) && value.rounded() == value) {
      throw ImageDataError(path: path, problem: .label(row: row, value: value, limit: limit))
    }
    return values.map { Int32($0) }
  }

  /// Checks that a part held out has images of the same shape.
  func checkAlike(_ training: ImageSet, _ heldOut: ImageSet, in path: String) throws(ImageDataError)
  {
    guard training.shape == heldOut.shape else {
      throw ImageDataError(
        path: path,
        problem: .imageSize(
          found: heldOut.shape, expected: training.shape, first: "to train on"))
    }
  }
}
