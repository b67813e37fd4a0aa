// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// A source that cannot be found.
public struct UnknownSourceError: Error, Equatable, CustomStringConvertible {
  public let name: String

  public init(name: String) { self.name = name }

  public var description: String {
    let presets =
      MixturePreset.allCases.map(\.rawValue) + CurvePreset.allCases.map(\.rawValue)
      + ShapePreset.allCases.map(\.rawValue) + GlyphPreset.allCases.map(\.rawValue)
    let suggestion = nearestName(to: name, among: presets).map { " Did you mean \($0)?" } ?? ""
    return
      "source \"\(name)\" is neither a preset nor an existing JSON file with weights, means and "
      + "covariances.\(suggestion) The presets are \(presets.joined(separator: ", ")); PRESET:DEVIATION, "
      + "such as single:0.5, sets the deviation of the components."
  }
}

/// The source of a preset's name, of `PRESET:DEVIATION`, or of a JSON file.
///
/// - Parameter deviation: replaces the preset's deviation; uniform shapes have none.
/// - Throws: as `GaussianMixture.named(_:deviation:)`.
public func namedSource(_ name: String, deviation: Double? = nil) throws -> any ExactTarget {
  let (preset, deviationInName) = split(name)
  guard let shape = ShapePreset(rawValue: preset) else {
    return try GaussianMixture.named(name, deviation: deviation)
  }
  guard deviationInName == nil && deviation == nil else {
    throw ConfigurationError(
      setting: "deviation", value: deviation.map { "\($0)" } ?? name,
      accepted: "none with the source \(preset), which is uniform on its shape")
  }
  return try shape.target()
}

extension GaussianMixture {
  /// The mixture of a preset's name, of `PRESET:DEVIATION`, or of a JSON file.
  ///
  /// - Parameter deviation: replaces the preset's deviation.
  /// - Throws: ``UnknownSourceError``, `MixtureError` or `MixtureFileError`;
  ///   ``ConfigurationError`` for a deviation that is no number, given twice, or given with a file, and for a
  ///   source that is no mixture.
  public static func named(_ name: String, deviation: Double? = nil) throws -> GaussianMixture {
    let (preset, deviationInName) = split(name)
    if let make = presetMixture(preset) {
      guard let deviationInName else { return try make(deviation, "deviation") }
      guard let inName = Double(deviationInName) else {
        throw ConfigurationError(
          setting: "source", value: name,
          accepted: "a number as the deviation behind \(preset):")
      }
      if let deviation {
        throw ConfigurationError(
          setting: "deviation", value: "\(deviation)",
          accepted: "one deviation, and the source \(name) names its own")
      }
      return try make(inName, "source \(name)")
    }
    if ShapePreset(rawValue: preset) != nil {
      throw ConfigurationError(
        setting: "source", value: name, accepted: "a mixture, which a uniform shape is not")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else {
      throw UnknownSourceError(name: name)
    }
    if isFolder.boolValue {
      throw ConfigurationError(
        setting: "source", value: name, accepted: "a preset or a JSON file, not a folder")
    }
    if let deviation {
      throw ConfigurationError(
        setting: "deviation", value: "\(deviation)",
        accepted: "a preset as source, not a file such as \(name)")
    }
    return try GaussianMixture(contentsOfFile: name)
  }

  /// What makes a preset's mixture of a deviation, nil being its own, and of the setting it was given as.
  private static func presetMixture(
    _ name: String
  ) -> ((_ deviation: Double?, _ setting: String) throws -> GaussianMixture)? {
    let make: (Double?) throws -> GaussianMixture
    if let preset = MixturePreset(rawValue: name) {
      make = { try preset.mixture(deviation: $0) }
    } else if let preset = GlyphPreset(rawValue: name) {
      make = { try preset.mixture(deviation: $0) }
    } else if let preset = CurvePreset(rawValue: name) {
      make = { try $0.map { try preset.mixture(deviation: $0) } ?? preset.mixture() }
    } else {
      return nil
    }
    return { deviation, setting in
      do {
        return try make(deviation)
      } catch MixtureError.invalidDeviation(let value) {
        throw ConfigurationError(
          setting: setting, value: "\(value)", accepted: "a positive, finite standard deviation")
      }
    }
  }
}

/// A name and what stands behind its first colon, if there is one.
private func split(_ name: String) -> (preset: String, deviation: Substring?) {
  guard let colon = name.firstIndex(of: ":") else { return (name, nil) }
  return (String(name[..<colon]), name[name.index(after: colon)...])
}
