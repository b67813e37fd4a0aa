// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
public import GroundTruth
public import Networks

/// Why a file of reference values was refused. Keys are paths such as `0.objectives.directFull.mean`;
/// records and elements are counted from 0.
public enum ReferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case malformed(file: String, reason: String)
  /// No record of a known format can be recognised.
  case unknownFormat(file: String, keys: [String])
  /// A file of tensors, none of which belongs to a known format.
  case unknownTensors(file: String)
  /// A file of tensors that is no valid one, or a tensor that is missing or of another type or shape.
  case tensors(SafeTensorsError)
  /// Parameters under published names that are not those of the network.
  case checkpoint(PublishedCheckpointError)
  case missingKey(file: String, key: String)
  /// A key that no quantity of the format has, so that its values would go unchecked.
  case unknownKey(file: String, key: String)
  case wrongValue(file: String, key: String, reason: String)
  case invalidMixture(file: String, key: String, error: MixtureError)
  /// A file of mixtures was refused.
  case mixtureFile(MixtureFileError)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      return "\(file): cannot be read: \(reason)"
    case .malformed(let file, let reason):
      return "\(file): not valid JSON: \(reason)"
    case .unknownFormat(let file, let keys):
      let found =
        keys.isEmpty ? "no record" : "a record with the keys " + keys.joined(separator: ", ")
      return
        "\(file): holds \(found); known are lists of records of mixtures (with \"points\"), of "
        + "objectives (with \"objectives\") and of Gaussian minimisers (with \"dataDeviation\")"
    case .unknownTensors(let file):
      return
        "\(file): holds tensors of no known format; known are those of a transformer (with "
        + "\"outputTangent\") and of an autoencoder (with \"latentMean\")"
    case .tensors(let error):
      return error.description
    case .checkpoint(let error):
      return error.description
    case .missingKey(let file, let key):
      return "\(file): the key \"\(key)\" is missing"
    case .unknownKey(let file, let key):
      return "\(file): the key \"\(key)\" is none of this format, and its values would go unchecked"
    case .wrongValue(let file, let key, let reason):
      return "\(file): \(key.isEmpty ? "the top level" : "the value at \"\(key)\""): \(reason)"
    case .invalidMixture(let file, let key, let error):
      return "\(file): the value at \"\(key)\": \(error)"
    case .mixtureFile(let error):
      return error.description
    }
  }
}
