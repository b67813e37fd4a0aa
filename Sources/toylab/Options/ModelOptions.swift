// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Files
import GroundTruth
import Interpolants
import Networks
import Runs
import Training

/// The source, the interpolant and the network.
struct ModelOptions: ParsableArguments {
  static let defaultSource = "four"
  private static let defaults = TrainingConfiguration()
  private static let defaultPerceptron = MultilayerPerceptron()

  @Option(
    name: [.long, .customLong("target")],
    help: ArgumentHelp(
      "Where the data come from: a preset, PRESET:DEVIATION, a JSON file with weights, means and covariances, or "
        + "a file of points, .csv, .npy, .safetensors or .json (default: \(defaultSource)).",
      valueName: "name|file"))
  var source: String?

  @OptionGroup var images: ImageOptions

  @Option(
    help: ArgumentHelp(
      "Where the labels of a file of points or of an array of images stand: a column by its name or number from 1, an array by its "
        + "name, or another file (default: what is called label or labels).",
      valueName: "column|file"))
  var labels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of a file of points, or of images without a part for it, that is held out from training for the metrics, 0.01 to 0.9 "
        + "(default: \(PointCloud.defaultShare)).",
      valueName: "share"))
  var heldOut: Double?

  @Option(
    help: ArgumentHelp(
      "Units of a file of points in training: each coordinate of deviation 1; one scale for all, which keeps angles; "
        + "or none (default: each). Samples are given in the units of the file.", valueName: "kind")
  )
  var standardize: Standardization.Kind?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take a file of points for a mixture of Gaussians of this deviation, one at each point, whose velocity and "
        + "flow map are then exact like those of any mixture.", valueName: "deviation"))
  var asMixture: Double?

  @Option(
    parsing: .unconditional,
    help: "Standard deviation of the preset's components, above 0 (default: the preset's own).")
  var deviation: Double?

  @Option(help: "Path between data and noise (default: \(defaults.interpolant.rawValue)).")
  var interpolant: InterpolantKind?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of each hidden layer, 1 to \(MultilayerPerceptron.validWidths.upperBound) "
        + "(default: \(defaultPerceptron.width)).", valueName: "units"))
  var width: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Hidden layers, 1 to \(MultilayerPerceptron.validDepths.upperBound) "
        + "(default: \(defaultPerceptron.depth)).", valueName: "layers"))
  var depth: Int?

  @Option(help: "Activation (default: \(defaultPerceptron.activation.rawValue)).")
  var activation: MultilayerPerceptron.Activation?

  @Option(
    help: ArgumentHelp(
      "How the second time enters the network: s, or t - s "
        + "(default: \(defaultPerceptron.timeEmbedding.argument)).", valueName: "embedding"))
  var timeEmbedding: MultilayerPerceptron.TimeEmbedding?

  @Option(
    help: ArgumentHelp(
      "What the times become before the first layer: themselves, slow cosines and sines, or fast random "
        + "ones (default: \(TimeFeaturesName(defaultPerceptron.timeFeatures).rawValue)).",
      valueName: "features"))
  var timeFeatures: TimeFeaturesName?

  /// The source of a new run.
  func resolvedSource() throws -> ResolvedRun.Source {
    if let data = images.data { return try imageSource(data) }
    return try resolvedSource(named: source ?? Self.defaultSource)
  }

  /// Whether a source is asked for.
  var isGiven: Bool { source != nil || deviation != nil || images.data != nil }

  func validate() throws {
    if let data = images.data, let source {
      throw ValidationError(
        "--data \(data) and --source \(source) both say where the data come from; give one.")
    }
  }

  /// Images or latents by a name, a folder or a file.
  private func imageSource(_ data: String) throws -> ResolvedRun.Source {
    for (option, isGiven) in [
      ("--standardize", standardize != nil), ("--as-mixture", asMixture != nil),
      ("--deviation", deviation != nil),
    ] where isGiven {
      throw Setting.error(
        option, "with the data \(data)", accepted: "it with other sources than images and latents")
    }
    let request = images.request(data, labels: labels, heldOut: heldOut)
    return ResolvedRun.Source(request, try request.read())
  }

  /// The source of a name or a file.
  func resolvedSource(named name: String) throws -> ResolvedRun.Source {
    if KnownImages(rawValue: name) != nil { return try imageSource(name) }
    if let option = images.uses.first {
      throw Setting.error(option, "with the source \(name)", accepted: "it with --data")
    }
    guard try PointSource.isOfPoints(name) else {
      for (option, isGiven) in [
        ("--labels", labels != nil), ("--held-out", heldOut != nil),
        ("--standardize", standardize != nil), ("--as-mixture", asMixture != nil),
      ] where isGiven {
        throw Setting.error(option, "with the source \(name)", accepted: "it with a file of points")
      }
      return try ResolvedRun.Source(named: name, deviation: deviation)
    }
    if deviation != nil {
      throw Setting.error(
        "--deviation", "with the file \(name)",
        accepted: "--as-mixture DEVIATION for a file of points")
    }
    return try PointSource(
      path: name, labels: labels, heldOut: heldOut, standardize: standardize, deviation: asMixture
    ).source()
  }

  /// What of the source contradicts that of a run.
  func contradiction(with stored: ResolvedRun.Source) throws -> String? {
    guard isGiven else {
      let uses = images.uses
      return uses.isEmpty ? nil : "\(uses.joined(separator: ", ")), which go with --data"
    }
    if images.data != nil {
      let asked = try resolvedSource()
      func text(_ source: ResolvedRun.Source) -> String {
        "\(source.name) of \(source.data.pointShape.map(String.init).joined(separator: " by "))"
      }
      return asked.isSameData(as: stored)
        ? nil
        : "the data \(text(asked)), where the run has \(text(stored)) with other numbers or uses"
    }
    let storedPreset = stored.name.prefix { $0 != ":" }
    let asked = try resolvedSource(named: source ?? String(storedPreset))
    guard !asked.isSameData(as: stored) else { return nil }
    return "the source \(asked.name), where the run has \(stored.name)"
      + (asked.name == stored.name ? " with other numbers" : "")
  }

  var settings: [Setting] {
    [
      Setting(
        "--interpolant", interpolant, current: { $0.interpolant.rawValue },
        apply: { $0.interpolant = $1 }),
      Setting(
        "--width", width, current: { $0.perceptronText { "\($0.width)" } },
        apply: { configuration, width in
          try require("--width", width, in: MultilayerPerceptron.validWidths)
          try configuration.changePerceptron("--width") { $0.changing(width: width) }
        }),
      Setting(
        "--depth", depth, current: { $0.perceptronText { "\($0.depth)" } },
        apply: { configuration, depth in
          try require("--depth", depth, in: MultilayerPerceptron.validDepths)
          try configuration.changePerceptron("--depth") { $0.changing(depth: depth) }
        }),
      Setting(
        "--activation", activation, current: { $0.perceptronText(\.activation.rawValue) },
        apply: { configuration, activation in
          try configuration.changePerceptron("--activation") {
            $0.changing(activation: activation)
          }
        }),
      Setting(
        "--time-embedding", timeEmbedding, current: { $0.perceptronText(\.timeEmbedding.argument) },
        apply: { configuration, embedding in
          try configuration.changePerceptron("--time-embedding") {
            $0.changing(timeEmbedding: embedding)
          }
        }),
      Setting(
        "--time-features", timeFeatures?.rawValue,
        current: { $0.perceptronText { TimeFeaturesName($0.timeFeatures).rawValue } },
        apply: { configuration, _ in
          guard let timeFeatures else { return }
          try configuration.changePerceptron("--time-features") {
            TimeFeaturesName($0.timeFeatures) == timeFeatures
              ? $0 : $0.changing(timeFeatures: timeFeatures.features)
          }
        }),
    ].compactMap { $0 }
  }
}

private func require(
  _ option: String, _ value: Int, in range: ClosedRange<Int>
) throws(ConfigurationError) {
  guard range.contains(value) else {
    throw Setting.error(
      option, value, accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)")
  }
}

extension TrainingConfiguration {
  /// Gives a perceptron and the measurements the sizes of a source. Other networks have the sizes that were
  /// chosen for them.
  mutating func fit(to source: ResolvedRun.Source) throws {
    if let perceptron = network.perceptron {
      network = .perceptron(
        perceptron.changing(
          dimension: source.data.dimension, observationSize: source.data.observationSize))
    }
    guard let limit = source.data.measurementLimit else { return }
    let least = TrainingConfiguration.validEvaluationPoints.lowerBound
    guard limit >= 2 * least else {
      throw Setting.error(
        "--source", "\(source.name), of which \(limit) points are held out,",
        accepted: "a file of which \(2 * least) points or more are held out for the "
          + "metrics, see --held-out")
    }
    evaluationPoints = min(evaluationPoints, limit / 2)
  }

  /// What a setting of the perceptron is, for messages.
  fileprivate func perceptronText(_ text: (MultilayerPerceptron) -> String) -> String {
    network.perceptron.map(text) ?? "no perceptron"
  }

  /// Changes the perceptron.
  ///
  /// - Throws: ``ConfigurationError`` if the network is another.
  mutating func changePerceptron(
    _ option: String, _ change: (MultilayerPerceptron) -> MultilayerPerceptron
  ) throws(ConfigurationError) {
    guard let perceptron = network.perceptron else {
      throw ConfigurationError(
        setting: option, value: "with a network that is no perceptron",
        accepted: "it for perceptrons only")
    }
    network = .perceptron(change(perceptron))
  }
}

extension MultilayerPerceptron {
  /// The network with some of its properties replaced.
  func changing(
    dimension: Int? = nil, width: Int? = nil, depth: Int? = nil, activation: Activation? = nil,
    timeEmbedding: TimeEmbedding? = nil, timeFeatures: TimeFeatures? = nil,
    classCount: Int? = nil, observationSize: Int? = nil
  ) -> MultilayerPerceptron {
    MultilayerPerceptron(
      dimension: dimension ?? self.dimension, width: width ?? self.width,
      depth: depth ?? self.depth, activation: activation ?? self.activation,
      timeEmbedding: timeEmbedding ?? self.timeEmbedding, initializer: initializer,
      timeFeatures: timeFeatures ?? self.timeFeatures, classCount: classCount ?? self.classCount,
      observationSize: observationSize ?? self.observationSize,
      takesGuidance: takesGuidance)
  }
}
