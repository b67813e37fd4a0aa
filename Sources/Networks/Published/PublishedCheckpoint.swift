// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

extension PublishedNames {
  /// A vector in the network's layout from the tensors of a file, of any type of number.
  ///
  /// - Parameters:
  ///   - prefix: what stands before every published name in the file; tensors without it are not the checkpoint's.
  ///   - ignoring: other tensors that the file may hold.
  ///   - path: names the file in errors.
  /// - Throws: ``PublishedCheckpointError`` with every tensor that is missing, unknown or of another shape; an
  ///   older name that stands for one is known.
  public func vector(
    from file: SafeTensors, prefix: String = "", ignoring: Set<String> = [], path: String
  ) throws -> [Double] {
    var missing: [String] = []
    var misshapen: [PublishedCheckpointError.Misshapen] = []
    var unknown = Set(file.tensors.keys.filter { $0.hasPrefix(prefix) }).subtracting(ignoring)
    unknown.subtract(fixed.map { prefix + $0.name })
    var found: [(entry: PublishedArray, name: String)] = []
    for entry in entries {
      let names = ([entry.name] + entry.olderNames).map { prefix + $0 }
      guard let name = names.first(where: { file[$0] != nil }), let tensor = file[name] else {
        missing.append(prefix + entry.name)
        continue
      }
      unknown.remove(name)
      if entry.accepts(tensor.shape) {
        found.append((entry, name))
      } else {
        misshapen.append(.init(name: name, found: tensor.shape, expected: entry.shape))
      }
    }
    guard missing.isEmpty && unknown.isEmpty && misshapen.isEmpty else {
      throw PublishedCheckpointError(
        path: path, missing: missing, unknown: unknown.sorted(), misshapen: misshapen)
    }
    var vector = [Double](repeating: 0, count: layout.count)
    for (entry, name) in found {
      guard let values = try file[name]?.exactNumbers(name: name, path: path) else { continue }
      entry.forEachPair(in: layout) { place, element in vector[place] = values[element] }
    }
    return vector
  }

  /// The tensors of a checkpoint from a vector in the network's layout.
  ///
  /// Numbers are rounded to the nearest of the type, ties to even; those that were read from a file of the type are
  /// written as they were.
  ///
  /// - Parameter type: a type of floating-point numbers.
  /// - Precondition: the vector fits the layout.
  public func checkpoint(
    _ vector: [Double], as type: FloatingPointElement, metadata: [String: String] = ["format": "pt"]
  ) -> SafeTensors {
    var file = SafeTensors(metadata: metadata)
    for array in arrays(from: vector) + fixed {
      file[array.name] = SafeTensors.Tensor(array.values, shape: array.shape, as: type)
    }
    return file
  }
}
