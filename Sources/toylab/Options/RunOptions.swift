// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Foundation
import Measures
import Runs
import Training

/// The length of a run, what it measures and where it is kept.
struct RunOptions: ParsableArguments {
  private static let defaults = TrainingConfiguration()
  static let defaultCheckpointInterval = 1000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Training steps, at least 1 (default: \(defaults.steps)).", valueName: "count"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples a step, 1 to 16777216 (default: \(defaults.batch)).", valueName: "count"))
  var batch: Int?

  @Option(
    parsing: .unconditional,
    help: "Seed of every random number, 0 to 2^64 - 1 (default: \(defaults.seed)).")
  var seed: UInt64?

  @Option(help: "Element type of all numbers (default: \(defaults.precision.rawValue)).")
  var precision: Precision?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between two rows of metrics, at least 1 (default: \(defaults.metricsInterval)).",
      valueName: "steps"))
  var metricsEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Points on which metrics are evaluated, 16 to 65536 (default: \(defaults.evaluationPoints)).",
      valueName: "count"))
  var evaluationPoints: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between two checkpoints, at least 1 (default: \(defaultCheckpointInterval)); one is always "
        + "written at the end.", valueName: "steps"))
  var checkpointEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between two pictures of samples of images, samples-STEP.png in the run's folder; one is then always "
        + "drawn at the end (default: none).", valueName: "steps"))
  var gridEvery: Int?

  @Option(
    help: ArgumentHelp(
      "Measure samples of images in features with each row of metrics: Fréchet and kernel distance to the held-out "
        + "images, precision and recall, class accuracy, in 1, 2 and 4 steps (default: none).",
      valueName: "space"))
  var features: FeatureSettings.Space?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples measured in features, 200 to 100000 (default: 2000).", valueName: "count"))
  var featureSamples: Int?

  @Option(
    help: ArgumentHelp(
      "Make images of samples that are latents, for --grid-every and --features: a file of toylab autoencoder train. "
        + "Features are then held against the held-out images of its own training.",
      valueName: "file"))
  var decoder: String?

  @Option(help: ArgumentHelp("Folder of the run; it is created.", valueName: "folder"))
  var out = ""

  @Flag(help: "Print each row of metrics in a line with its course so far.")
  var follow = false

  @Flag(help: "Print the JSON Schema of run.json, and train nothing.")
  var schema = false

  @Flag(help: "Replace a run that the folder holds, once the new one has a checkpoint.")
  var overwrite = false

  @Flag(
    help: """
      Continue the run of the folder from its latest checkpoint, bit for bit as if it had never stopped. \
      Options that contradict its run.json are refused; --steps may be raised if the learning rate does \
      not depend on the last step (constant and square-root).
      """)
  var resume = false

  /// How samples of images are measured, as far as it is asked for.
  ///
  /// - Parameter written: what a file says of it.
  func featureSettings(_ written: FeatureSettings?) throws -> FeatureSettings? {
    guard let space = features ?? written?.space else {
      if let featureSamples {
        throw Setting.error("--feature-samples", featureSamples, accepted: "it with --features")
      }
      return nil
    }
    let defaults = written ?? FeatureSettings(space: space)
    return FeatureSettings(
      space: space, samples: featureSamples ?? defaults.samples, steps: defaults.steps)
  }

  /// The path of the decoder from the root, so that it holds in every folder.
  var decoderPath: String? {
    decoder.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
  }

  func validate() throws {
    if overwrite && resume {
      throw ValidationError("--overwrite and --resume exclude each other.")
    }
    if out.isEmpty && !schema {
      throw ValidationError("--out is missing; accepted is the path of a folder.")
    }
  }

  /// All but the number of steps, which a resumed run may raise.
  var settings: [Setting] {
    [
      Setting("--batch", batch, current: { "\($0.batch)" }, apply: { $0.batch = $1 }),
      Setting("--seed", seed, current: { "\($0.seed)" }, apply: { $0.seed = $1 }),
      Setting(
        "--precision", precision, current: { $0.precision.rawValue }, apply: { $0.precision = $1 }),
      Setting(
        "--metrics-every", metricsEvery, current: { "\($0.metricsInterval)" },
        apply: { $0.metricsInterval = $1 }),
      Setting(
        "--evaluation-points", evaluationPoints, current: { "\($0.evaluationPoints)" },
        apply: { $0.evaluationPoints = $1 }),
    ].compactMap { $0 }
  }
}
