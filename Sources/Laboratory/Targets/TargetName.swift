// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth

/// A target that cannot be found.
public struct UnknownTargetError: Error, Equatable, CustomStringConvertible {
  public let name: String

  public var description: String {
    let presets = MixturePreset.allCases.map(\.rawValue).joined(separator: ", ")
    return "target \"\(name)\" is neither a preset (\(presets)) nor an existing JSON file with "
      + "weights, means and covariances"
  }
}

extension GaussianMixture {
  /// The mixture of a preset's name or of a JSON file.
  ///
  /// - Parameter deviation: replaces the preset's deviation.
  /// - Throws: ``UnknownTargetError``, `MixtureError` or `MixtureFileError`;
  ///   ``ConfigurationError`` for a deviation given with a file.
  public static func named(_ name: String, deviation: Double? = nil) throws -> GaussianMixture {
    if let preset = MixturePreset(rawValue: name) { return try preset.mixture(deviation: deviation) }
    guard FileManager.default.fileExists(atPath: name) else {
      throw UnknownTargetError(name: name)
    }
    if let deviation {
      throw ConfigurationError(
        setting: "deviation", value: "\(deviation)", accepted: "a preset as target, not a file")
    }
    return try GaussianMixture(contentsOfFile: name)
  }
}
