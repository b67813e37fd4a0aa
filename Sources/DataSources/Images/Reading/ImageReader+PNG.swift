// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

// PNG files in a folder for each class, in the order of the folders' names; or such folders in two, `train` and `test`.

extension ImageReader {
  func readPNG(_ root: String) throws -> ImageParts {
    let folders = try folders(in: root)
    guard folders == ["test", "train"] else {
      let images = try classes(of: root, folders)
      return ImageParts(
        training: images, heldOut: nil, units: .bytes, classNames: folders)
    }
    let parts = ["\(root)/train", "\(root)/test"]
    let names = try parts.map { try self.folders(in: $0) }
    guard names[0] == names[1] else {
      throw ImageDataError(path: root, problem: .classes(training: names[0], heldOut: names[1]))
    }
    let sets = try parts.map { try classes(of: $0, names[0]) }
    try checkAlike(sets[0], sets[1], in: root)
    return ImageParts(
      training: sets[0], heldOut: sets[1], units: .bytes, classNames: names[0])
  }

  private func folders(in path: String) throws -> [String] {
    try FileSystem.names(in: path).filter {
      !$0.hasPrefix(".") && FileSystem.isFolder("\(path)/\($0)")
    }
  }

  private func classes(of root: String, _ folders: [String]) throws -> ImageSet {
    guard !folders.isEmpty else { throw ImageDataError(path: root, problem: .noClasses) }
    var first: (path: String, image: PNGImage)?
    var pixels: [UInt8] = []
    var labels: [Int32] = []
    for (label, folder) in folders.enumerated() {
      let names = try FileSystem.names(in: "\(root)/\(folder)").filter { !$0.hasPrefix(".") }
      guard !names.isEmpty else {
        throw ImageDataError(path: "\(root)/\(folder)", problem: .emptyClass)
      }
      for name in names {
        let path = "\(root)/\(folder)/\(name)"
        guard !FileSystem.isFolder(path) else { throw PNGError(path: path, problem: .notPNG) }
        let image = try PNGImage(contentsOf: path)
        let expected = first ?? (path, image)
        guard image.shape == expected.image.shape else {
          throw ImageDataError(
            path: path,
            problem: .imageSize(
              found: image.shape, expected: expected.image.shape, first: expected.path))
        }
        first = expected
        // Channel after channel, where a file has them side by side.
        let channels = image.kind.channels
        for channel in 0..<channels {
          for place in stride(from: channel, to: image.pixels.count, by: channels) {
            pixels.append(image.pixels[place])
          }
        }
        labels.append(Int32(label))
      }
    }
    guard let first else { throw ImageDataError(path: root, problem: .noClasses) }
    return ImageSet(shape: first.image.shape, values: .bytes(pixels), labels: labels)
  }
}

extension PNGImage {
  /// `[C, H, W]`
  fileprivate var shape: [Int] { [kind.channels, height, width] }
}
