// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files
internal import FlowMaps
internal import Networks
public import Training

/// What `run.json` holds: everything that determines a run, nothing left to defaults, and how it was made.
///
/// The source stands in it with all its numbers, so that a run can be resumed and sampled without the
/// file its source came from.
public struct ResolvedRun: Codable, Sendable, Equatable {
  public var configuration: TrainingConfiguration
  public internal(set) var source: Source
  /// A checkpoint is written every so many steps, and at the last.
  public var checkpointInterval: Int
  /// Samples are drawn as a picture every so many steps, and at the last; nil for never. It changes no bit of a result.
  public var gridInterval: Int?
  /// How samples of images are measured with each row of metrics; nil for not at all.
  public var features: FeatureSettings?
  /// The file of the autoencoder that makes images of samples that are latents, for pictures and ``features``; nil for
  /// none. It changes no bit of a training.
  public var decoder: String?
  /// For information: it changes no bit of a result.
  public var threads: Int
  /// The version of the lab that started the run.
  public let version: String
  /// The command that started the run.
  public let command: String
  /// The parameters of the networks that the configuration takes over; they stand in a file beside `run.json`.
  public var pretrained = PretrainedParameters.none
  /// The keys of an earlier version that were read, each with the one that took its place; not written.
  public private(set) var mappedKeys: [String: String] = [:]

  public init(
    configuration: TrainingConfiguration, source: Source,
    pretrained: PretrainedParameters = .none, checkpointInterval: Int = 1000,
    gridInterval: Int? = nil, features: FeatureSettings? = nil, decoder: String? = nil,
    threads: Int, command: String
  ) {
    self.configuration = configuration
    self.source = source
    self.pretrained = pretrained
    self.checkpointInterval = checkpointInterval
    self.gridInterval = gridInterval
    self.features = features
    self.decoder = decoder
    self.threads = threads
    version = toylabVersion
    self.command = command
  }

  /// Reads and checks the `run.json` of a run.
  ///
  /// - Throws: `FileError`, ``RunFolderError/configuration(path:detail:)``, also for settings out of range.
  public init(of layout: RunLayout) throws {
    self = try layout.configuration(userInfo: [RunInputs.key: try RunInputs(of: layout)])
    do {
      try validate()
    } catch {
      throw RunFolderError.configuration(
        path: layout.configurationPath, detail: String(describing: error))
    }
  }

  /// The run with the rows of its source at hand, see ``Source/reading()``.
  public func readingSource() throws -> ResolvedRun {
    var run = self
    run.source = try source.reading()
    return run
  }

  /// Takes images or latents from the place of others, which are the same data.
  public mutating func locateSource(as other: Source) { source = source.located(as: other) }

  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws {
    try configuration.validate()
    try configuration.validate(for: source.data)
    if let limit = source.data.measurementLimit, configuration.evaluationPoints > limit / 2 {
      throw ConfigurationError(
        setting: "evaluation points", value: "\(configuration.evaluationPoints)",
        accepted: "at most half of the \(limit) held-out points of \(source.name), \(limit / 2)")
    }
    if checkpointInterval < 1 {
      throw ConfigurationError(
        setting: "checkpoint interval", value: "\(checkpointInterval)",
        accepted: "a whole number of at least 1")
    }
    if let gridInterval {
      guard gridInterval >= 1, source.images != nil else {
        throw ConfigurationError(
          setting: "grid interval", value: "\(gridInterval)",
          accepted: source.images == nil
            ? "none: the source \(source.name) is not of images"
            : "a whole number of at least 1")
      }
    }
    if let decoder, source.images?.kind != .latents {
      throw ConfigurationError(
        setting: "decoder", value: decoder,
        accepted: "none: the source \(source.name) is not of latents")
    }
    try features?.validate(for: source, decoder: decoder)
    if !(1...1024).contains(threads) {
      throw ConfigurationError(
        setting: "threads", value: "\(threads)", accepted: "a whole number from 1 to 1024")
    }
  }
}

// MARK: - Coding

extension ResolvedRun {
  private enum CodingKeys: String, CodingKey {
    case configuration, source, checkpointInterval, gridInterval, features, decoder, threads
    case version, command
  }

  /// Where a decoder finds the source of a run that gives it by its name.
  static let namedSourceKey: CodingUserInfoKey = {
    guard let key = CodingUserInfoKey(rawValue: "named source") else { fatalError("no key") }
    return key
  }()

  /// The name of ``source`` in runs from before it was called one.
  private enum OldKeys: String, CodingKey { case target }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let old = try decoder.container(keyedBy: OldKeys.self)
    configuration = try values.decode(TrainingConfiguration.self, forKey: .configuration)
    if let named = decoder.userInfo[Self.namedSourceKey] as? Source {
      source = named
    } else if old.contains(.target) {
      source = try old.decode(Source.self, forKey: .target)
      mappedKeys[OldKeys.target.rawValue] = CodingKeys.source.rawValue
    } else {
      source = try values.decode(Source.self, forKey: .source)
    }
    pretrained = try PretrainedParameters(of: configuration, from: decoder)
    checkpointInterval = try values.decode(Int.self, forKey: .checkpointInterval)
    gridInterval = try values.decodeIfPresent(Int.self, forKey: .gridInterval)
    features = try values.decodeIfPresent(FeatureSettings.self, forKey: .features)
    self.decoder = try values.decodeIfPresent(String.self, forKey: .decoder)
    threads = try values.decode(Int.self, forKey: .threads)
    version = try values.decode(String.self, forKey: .version)
    command = try values.decode(String.self, forKey: .command)
  }
}

/// A number of steps to which a run cannot be extended.
public struct ExtensionError: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let steps: Int
  public let asked: Int

  public var description: String {
    if asked < steps {
      return
        "\(path) asks for \(steps) steps; a run can be continued beyond them, not cut to \(asked)"
    }
    return
      "\(path) asks for \(steps) steps, towards the last of which the learning rate falls; with "
      + "\(asked) the steps already made would have been others. Only a constant and a square-root "
      + "schedule can be extended: start another run"
  }
}

extension ResolvedRun {
  /// Raises the number of steps of a run.
  ///
  /// - Parameter path: the run's configuration, for the error.
  /// - Throws: ``ExtensionError`` if it were lowered, or if the learning rate depends on it.
  public mutating func extend(toSteps steps: Int, path: String) throws(ExtensionError) {
    let current = configuration.steps
    guard steps != current else { return }
    guard steps > current, !configuration.schedule.decay.dependsOnLastStep else {
      throw ExtensionError(path: path, steps: current, asked: steps)
    }
    configuration.steps = steps
  }
}
