// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth

/// A target that cannot be found.
public struct UnknownTargetError: Error, Equatable, CustomStringConvertible {
  public let name: String

  public init(name: String) { self.name = name }

  public var description: String {
    let presets = MixturePreset.allCases.map(\.rawValue)
    let suggestion = nearestName(to: name, among: presets).map { " Did you mean \($0)?" } ?? ""
    return
      "target \"\(name)\" is neither a preset nor an existing JSON file with weights, means and "
      + "covariances.\(suggestion) The presets are \(presets.joined(separator: ", ")); PRESET:DEVIATION, "
      + "such as single:0.5, sets the deviation of the components."
  }
}

extension GaussianMixture {
  /// The mixture of a preset's name, of `PRESET:DEVIATION`, or of a JSON file.
  ///
  /// - Parameter deviation: replaces the preset's deviation.
  /// - Throws: ``UnknownTargetError``, `MixtureError` or `MixtureFileError`;
  ///   ``ConfigurationError`` for a deviation that is no number, given twice, or given with a file.
  public static func named(_ name: String, deviation: Double? = nil) throws -> GaussianMixture {
    if let preset = MixturePreset(rawValue: name) {
      return try mixture(preset, deviation, setting: "deviation")
    }
    if let (preset, text) = presetWithDeviation(name) {
      guard let inName = Double(text) else {
        throw ConfigurationError(
          setting: "target", value: name,
          accepted: "a number as the deviation behind \(preset.rawValue):")
      }
      if let deviation {
        throw ConfigurationError(
          setting: "deviation", value: "\(deviation)",
          accepted: "one deviation, and the target \(name) names its own")
      }
      return try mixture(preset, inName, setting: "target \(name)")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else {
      throw UnknownTargetError(name: name)
    }
    if isFolder.boolValue {
      throw ConfigurationError(
        setting: "target", value: name, accepted: "a preset or a JSON file, not a folder")
    }
    if let deviation {
      throw ConfigurationError(
        setting: "deviation", value: "\(deviation)",
        accepted: "a preset as target, not a file such as \(name)")
    }
    return try GaussianMixture(contentsOfFile: name)
  }

  private static func mixture(
    _ preset: MixturePreset, _ deviation: Double?, setting: String
  ) throws -> GaussianMixture {
    do {
      return try preset.mixture(deviation: deviation)
    } catch MixtureError.invalidDeviation(let value) {
      throw ConfigurationError(
        setting: setting, value: "\(value)", accepted: "a positive, finite standard deviation")
    }
  }

  private static func presetWithDeviation(
    _ name: String
  ) -> (preset: MixturePreset, deviation: Substring)? {
    guard let colon = name.firstIndex(of: ":"),
      let preset = MixturePreset(rawValue: String(name[..<colon]))
    else { return nil }
    return (preset, name[name.index(after: colon)...])
  }
}
