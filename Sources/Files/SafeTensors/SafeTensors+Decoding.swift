// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension SafeTensors {
  /// The bytes of a file. Its header is read first, and nothing more of a file whose length does not fit it.
  ///
  /// - Throws: ``FileError``, ``SafeTensorsError``.
  package static func bytes(of path: String) throws -> Data {
    var file = try OpenFile(path, .read)
    let length = try file.length()
    var data = try file.nextBytes(8)
    let end = try SafeTensorsDirectory.headerEnd(data, fileLength: length, path: path)
    data += try file.nextBytes(end - data.count)
    _ = try SafeTensorsDirectory(data: data, fileLength: length, path: path)
    data += try file.readAll()
    try file.close()
    return data
  }

  /// Contents from the bytes of a file, checked: every length and offset, that no tensors overlap,
  /// and that the tensors use all of the data.
  ///
  /// - Parameter path: Names the file in errors.
  public init(data: Data, path: String) throws(SafeTensorsError) {
    let directory = try SafeTensorsDirectory(data: data, path: path)
    self.init(metadata: directory.metadata)
    for entry in directory.entries {
      let start = data.startIndex + entry.bytes.lowerBound
      self[entry.name] = Tensor(
        elementType: entry.elementType, shape: entry.shape,
        bytes: Data(data[start..<start + entry.bytes.count]))
    }
  }

  /// The values of a tensor that must be there with this type and, if given, shape.
  ///
  /// - Parameter path: Names the file in errors.
  public func values<Element: TensorElement>(
    _ name: String, as type: Element.Type = Element.self, shape: [Int]? = nil, path: String
  ) throws(SafeTensorsError) -> [Element] {
    guard let tensor = tensors[name] else {
      throw SafeTensorsError(path: path, tensor: name, problem: .missing)
    }
    guard let values = tensor.values(as: type) else {
      throw SafeTensorsError(
        path: path, tensor: name,
        problem: .unexpectedType(found: tensor.elementType, expected: Element.elementType))
    }
    if let shape, shape != tensor.shape {
      throw SafeTensorsError(
        path: path, tensor: name, problem: .unexpectedShape(found: tensor.shape, expected: shape))
    }
    return values
  }
}
