// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import GroundTruth
import Interpolants
import Laboratory
import Networks

/// The target, the interpolant and the network.
struct ModelOptions: ParsableArguments {
  static let defaultTarget = "four"
  private static let defaults = TrainingConfiguration()

  @Option(
    help: ArgumentHelp(
      "Target: a preset, PRESET:DEVIATION, or a JSON file with weights, means and covariances "
        + "(default: \(defaultTarget)).", valueName: "name|file"))
  var target: String?

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
        + "(default: \(defaults.network.width)).", valueName: "units"))
  var width: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Hidden layers, 1 to \(MultilayerPerceptron.validDepths.upperBound) "
        + "(default: \(defaults.network.depth)).", valueName: "layers"))
  var depth: Int?

  @Option(help: "Activation (default: \(defaults.network.activation.rawValue)).")
  var activation: MultilayerPerceptron.Activation?

  @Option(
    help: ArgumentHelp(
      "How the second time enters the network: s, or t - s "
        + "(default: \(defaults.network.timeEmbedding.argument)).", valueName: "embedding"))
  var timeEmbedding: MultilayerPerceptron.TimeEmbedding?

  @Option(
    help: ArgumentHelp(
      "What the times become before the first layer: themselves, slow cosines and sines, or fast random "
        + "ones (default: \(TimeFeaturesName(defaults.network.timeFeatures).rawValue)).",
      valueName: "features"))
  var timeFeatures: TimeFeaturesName?

  /// The target of a new run.
  func resolvedTarget() throws -> ResolvedRun.Target {
    try ResolvedRun.Target(named: target ?? Self.defaultTarget, deviation: deviation)
  }

  /// What of the target contradicts that of a run.
  func contradiction(with stored: ResolvedRun.Target) throws -> String? {
    guard target != nil || deviation != nil else { return nil }
    let storedPreset = stored.name.prefix { $0 != ":" }
    let asked = try ResolvedRun.Target(
      named: target ?? String(storedPreset), deviation: deviation)
    guard asked.law != stored.law else { return nil }
    return "the target \(asked.name), where the run has \(stored.name)"
      + (asked.name == stored.name ? " with other numbers" : "")
  }

  var settings: [Setting] {
    [
      Setting(
        "--interpolant", interpolant, current: { $0.interpolant.rawValue },
        apply: { $0.interpolant = $1 }),
      Setting(
        "--width", width, current: { "\($0.network.width)" },
        apply: { configuration, width in
          try require("--width", width, in: MultilayerPerceptron.validWidths)
          configuration.network = configuration.network.changing(width: width)
        }),
      Setting(
        "--depth", depth, current: { "\($0.network.depth)" },
        apply: { configuration, depth in
          try require("--depth", depth, in: MultilayerPerceptron.validDepths)
          configuration.network = configuration.network.changing(depth: depth)
        }),
      Setting(
        "--activation", activation, current: { $0.network.activation.rawValue },
        apply: { $0.network = $0.network.changing(activation: $1) }),
      Setting(
        "--time-embedding", timeEmbedding, current: { $0.network.timeEmbedding.argument },
        apply: { $0.network = $0.network.changing(timeEmbedding: $1) }),
      Setting(
        "--time-features", timeFeatures?.rawValue,
        current: { TimeFeaturesName($0.network.timeFeatures).rawValue },
        apply: { configuration, _ in
          guard let timeFeatures,
            TimeFeaturesName(configuration.network.timeFeatures) != timeFeatures
          else { return }
          configuration.network = configuration.network.changing(
            timeFeatures: timeFeatures.features)
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

extension MultilayerPerceptron {
  /// The network with some of its properties replaced.
  func changing(
    dimension: Int? = nil, width: Int? = nil, depth: Int? = nil, activation: Activation? = nil,
    timeEmbedding: TimeEmbedding? = nil, timeFeatures: TimeFeatures? = nil
  ) -> MultilayerPerceptron {
    MultilayerPerceptron(
      dimension: dimension ?? self.dimension, width: width ?? self.width,
      depth: depth ?? self.depth, activation: activation ?? self.activation,
      timeEmbedding: timeEmbedding ?? self.timeEmbedding, initializer: initializer,
      timeFeatures: timeFeatures ?? self.timeFeatures)
  }
}
