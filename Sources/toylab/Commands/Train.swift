// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Files
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Probing
import Runs
import Training

/// `toylab train`
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a flow map and record the run in a folder.",
    usage: """
      toylab train --out <folder> [--source <name|file> | --data <name|path>] [--objective <name>] [<options>]
      toylab train <run.json> --out <folder> [<options>]
      toylab train --out <folder> --resume [--steps <count>] [--threads <count>]
      toylab train --schema
      """,
    discussion: """
      The folder receives run.json (every setting, resolved), metrics.jsonl (one row of numbers each \
      --metrics-every steps), checkpoints and state.json (running, finished, interrupted or diverged). Without \
      options the settings are those of figure 3. An interruption (Ctrl-C, or a terminal that is closed) ends the \
      run after the current step, with a checkpoint to resume from; one that was killed is resumed from its latest \
      checkpoint, or from its start.

      Objectives, by short or full name:
      \(objectiveList)

      Sources:
      \(sourceList)
        FILE         {"weights": [K], "means": [K][d], "covariances": [K][d][d]}
        FILE         points of your own, a row each: .csv, .npy, .safetensors, .json

      Images, by --data:
      \(imageList)
        PATH         a folder or a file of images or latents, see --data

      Examples:
        toylab train --source four --objective isd --out runs/first
        toylab train --source ring8:0.3 --objective direct --out runs/direct
        toylab train --source points.csv --labels class --objective isd --out runs/mine
        toylab train --steps 3000 --width 128 --average 0.999 --out runs/long
        toylab train --objective cd --teacher runs/flow --start runs/flow --out runs/distilled
        toylab train --guidance 2 --out runs/guided
        toylab train digits.json --data fashion-mnist --shrink 2 --grid-every 500 --out runs/images
        toylab train runs/first/run.json --seed 1 --out runs/second
        toylab train --out runs/first --resume
      """)

  @Argument(
    help: ArgumentHelp(
      "Settings of the run: a run.json, or one written by hand that leaves out what shall have its default. "
        + "Options override it.", valueName: "run.json"))
  var file: String?

  @OptionGroup(title: "Source and network") var model: ModelOptions
  @OptionGroup(title: "Network and recipe by name") var recipe: RecipeOptions
  @OptionGroup(title: "Objective") var objective: ObjectiveOptions
  @OptionGroup(title: "Classes and guidance") var conditions: ConditionOptions
  @OptionGroup(title: "Trained networks") var pretrained: PretrainedOptions
  @OptionGroup(title: "Consistency") var consistency: ConsistencyOptions
  @OptionGroup(title: "Optimiser") var optimizer: OptimizerOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if file != nil && options.resume {
      throw ValidationError("A file starts a run; --resume continues one with its own settings.")
    }
  }

  func run() throws {
    guard !options.schema else {
      return try StandardOutput.write(ResolvedRun.shape.schema(title: "A run of toylab"))
    }
    let stop = StopRequest(
      notice: "\nStopping after this step; the same signal again stops at once.\n")
    let resolved = options.resume ? try resumedRun() : try newRun()
    let training = try prepare(resolved, until: stop)
    tellDamage(training.damagedCheckpoints, instead: training.checkpointStep)
    let ending: RecordedTraining.Ending
    do {
      try StandardOutput.write(introduction(training))
      ending = try train(training, until: stop)
    } catch {
      training.discardIfUnfinished()
      throw TrainingFailure(
        error, path: options.out, checkpoint: training.checkpointStep)
    }
    switch ending {
    case .complete:
      try StandardOutput.write(trainingResults(training) + "\nRun: \(options.out)\n")
    case .stopped(let step):
      StandardError.write(
        "Stopped after step \(step) of \(resolved.configuration.steps). Continue with: "
          + "toylab train --out \(shellQuoted(options.out)) --resume\n")
      throw ExitCode(128 + (stop.signal ?? SIGINT))
    }
  }

  /// Finds the exact answers that the run is held against, which can take long.
  private func prepare(
    _ resolved: ResolvedRun, until stop: StopRequest
  ) throws -> RecordedTraining {
    let progress = ProgressLine(label: "prepare", total: nil)
    defer { progress.finish() }
    do {
      return try RecordedTraining(resolved, in: options.out, existing: existing) { done, total in
        if let signal = stop.signal { throw StoppedWhilePreparing(signal: signal) }
        progress.update(step: done, metric: "of \(total)")
      }
    } catch let error as StoppedWhilePreparing {
      progress.finish()
      StandardError.write(
        "Stopped while the run was prepared; "
          + (options.resume ? "it is as it was.\n" : "nothing of it is left.\n"))
      throw ExitCode(128 + error.signal)
    }
  }

  private func train(
    _ training: RecordedTraining, until stop: StopRequest
  ) throws -> RecordedTraining.Ending {
    let progress = ProgressLine(
      label: "train", total: training.run.configuration.steps, start: training.step,
      isVisible: StandardError.isTerminal && !options.follow)
    defer { progress.finish() }
    var follower = MetricsFollower()
    return try training.train { report in
      progress.update(step: report.step, metric: String(format: "loss %.4g", report.loss))
      if options.follow, let line = follower.line(for: training.lastRow) {
        // What nobody can read is no reason to stop a run.
        try? StandardOutput.write(line)
      }
    } shouldStop: {
      stop.signal != nil
    }
  }

  private var existing: RunFolder.ExistingRun {
    options.resume ? .resume : options.overwrite ? .overwrite : .refuse
  }

  private func introduction(_ training: RecordedTraining) -> String {
    let configuration = training.run.configuration
    let network = configuration.network
    let start = training.step == 0 ? "" : " from step \(training.step)"
    return """
      Training \(configuration.loss.objective.shortName) on \(training.run.source.name), \
      \(configuration.interpolant.rawValue) interpolant: \(network.summary) \
      (\(network.layout.count) parameters), \(configuration.steps) steps\(start) of \
      \(configuration.batch) samples, seed \(configuration.seed), \(configuration.precision.rawValue), \
      \(training.run.threads) thread\(training.run.threads == 1 ? "" : "s")

      """
  }
}

// MARK: - Settings

extension Train {
  private func settings(for source: ResolvedRun.Source) throws -> [Setting] {
    model.settings + conditions.settings(classCount: source.data.classCount)
      + (try objective.settings()) + consistency.settings + optimizer.settings + options.settings
  }

  /// The settings of a new run, checked.
  func newRun() throws -> ResolvedRun {
    let written = try file.map(writtenRun)
    let source =
      try written.map { try model.isGiven ? model.resolvedSource() : $0.source }
      ?? model.resolvedSource()
    var configuration = written?.configuration ?? TrainingConfiguration()
    if written == nil || model.isGiven {
      try configuration.fit(to: source)
    }
    if let steps = options.steps { configuration.steps = steps }
    let start = try pretrained.pretrainedStart(configuration)
    if let start {
      configuration.start = start.network
      configuration.network = start.network.network
      configuration.interpolant = start.network.interpolant
    }
    try recipe.apply(to: &configuration, source: source.data)
    try configuration.apply(try settings(for: source))
    let teacher = try pretrained.pretrainedTeacher(configuration)
    if let teacher { configuration.teacher = teacher.network }
    let run = ResolvedRun(
      configuration: configuration, source: source,
      pretrained: PretrainedParameters(
        teacher: teacher?.parameters ?? written?.pretrained.teacher ?? [],
        start: start?.parameters ?? written?.pretrained.start ?? []),
      checkpointInterval: options.checkpointEvery ?? written?.checkpointInterval
        ?? RunOptions.defaultCheckpointInterval,
      gridInterval: options.gridEvery ?? written?.gridInterval,
      features: try options.featureSettings(written?.features),
      decoder: options.decoderPath ?? written?.decoder,
      threads: threads.count, command: commandLine())
    try run.validate()
    return run
  }

  /// What a file says of a run.
  private func writtenRun(_ path: String) throws -> ResolvedRun {
    try ResolvedRun(file: path) { source in
      try .withDefaults(source, threads: threads.count)
    } source: { name in
      try model.isGiven
        ? model.resolvedSource() : model.resolvedSource(named: name ?? ModelOptions.defaultSource)
    }
  }

  /// The settings of a run that is to be continued; the options given must agree with them.
  func resumedRun() throws -> ResolvedRun {
    let layout = RunLayout(options.out)
    if FileSystem.exists(options.out) { try RunFolder.settle(options.out) }
    guard FileSystem.exists(layout.configurationPath) else {
      throw RunFolderError.nothingToResume(path: options.out)
    }
    var run = try ResolvedRun(of: layout)
    for (old, new) in run.mappedKeys.sorted(by: { $0.key < $1.key }) {
      StandardError.write(
        "\(layout.configurationPath) is of an earlier version: its \"\(old)\" is read as \"\(new)\".\n"
      )
    }
    try run.requireAgreement(
      with: try settings(for: run.source), path: layout.configurationPath)
    if !recipe.given.isEmpty {
      throw ContradictionError(
        path: layout.configurationPath,
        contradictions: recipe.given.map { "\($0), for which the run has its own settings" })
    }
    if pretrained.isGiven {
      throw ContradictionError(
        path: layout.configurationPath,
        contradictions: ["--teacher and --start, which the run has in its folder"])
    }
    if let contradiction = try model.contradiction(with: run.source) {
      throw ContradictionError(path: layout.configurationPath, contradictions: [contradiction])
    }
    if model.images.data != nil { run.locateSource(as: try model.resolvedSource()) }
    if let gridEvery = options.gridEvery { run.gridInterval = gridEvery }
    run.features = try options.featureSettings(run.features)
    if let decoder = options.decoderPath { run.decoder = decoder }
    if let steps = options.steps { try run.extend(toSteps: steps, path: layout.configurationPath) }
    if let checkpointEvery = options.checkpointEvery { run.checkpointInterval = checkpointEvery }
    if let threads = threads.threads { run.threads = threads }
    try run.validate()
    return run
  }
}

extension ResolvedRun {
  /// What a run has where nothing is said.
  static func withDefaults(_ source: Source, threads: Int) throws -> ResolvedRun {
    var configuration = TrainingConfiguration()
    try configuration.fit(to: source)
    return ResolvedRun(
      configuration: configuration, source: source,
      checkpointInterval: RunOptions.defaultCheckpointInterval, threads: threads,
      command: commandLine())
  }
}

// MARK: - Words

extension Architecture {
  /// The network in a few words.
  fileprivate var summary: String {
    switch self {
    case .perceptron(let network): return "\(network.depth) layers of \(network.width) units"
    case .transformer(let network):
      let sizes = network.configuration
      return "\(sizes.depth) blocks of \(sizes.width) features, \(sizes.tokens) tokens"
    case .unet(let network):
      let widths = network.configuration.blockChannels.map(String.init)
      return "levels of \(widths.joined(separator: ", ")) channels"
    }
  }
}

private let objectiveList = Objective.allCases.map { objective in
  "  \(objective.shortName), \(objective.rawValue)\n      \(objective.summary)"
}.joined(separator: "\n")

private let sourceList =
  (MixturePreset.allCases.map { ($0.rawValue, $0.summary) }
  + CurvePreset.allCases.map { ($0.rawValue, $0.summary) }
  + ShapePreset.allCases.map { ($0.rawValue, $0.summary) }
  + GlyphPreset.allCases.map { ($0.rawValue, $0.summary) })
  .map { name, summary in
    "  \(name.padding(toLength: 12, withPad: " ", startingAt: 0)) \(summary)"
  }.joined(separator: "\n")

private let imageList = KnownImages.allCases.map { images in
  "  \(images.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0)) \(images.summary)"
}.joined(separator: "\n")

/// The final metrics beside those of an exact sample.
func trainingResults(_ training: RecordedTraining) -> String {
  guard let row = training.lastRow else { return "" }
  let floors = [
    Metric.slicedWasserstein: training.evaluation.slicedWassersteinFloor,
    .energyDistance: training.evaluation.energyDistanceFloor,
  ]
  let rows = Metric.allCases.compactMap { metric -> [String]? in
    guard let estimate = row.estimate(of: metric) else { return nil }
    return [metric.label, "\(estimate)", floors[metric].map { "\($0)" } ?? ""]
  }
  return "\nStep \(row.step), \(training.evaluation.count) evaluation points, one-step samples:\n\n"
    + textTable(["metric", "value", "exact sample"], rows) + "\n" + featureResults(training, row)
}

/// What samples of images read in features, at each number of steps.
private func featureResults(_ training: RecordedTraining, _ row: MetricsRow) -> String {
  guard let features = training.features else { return "" }
  let decay = training.run.configuration.averageDecays.first
  let names = ["frechet", "frechetLimit", "kernelDistance", "precision", "recall", "classAccuracy"]
  let rows = features.settings.steps.map { steps -> [String] in
    let prefix = FeatureSettings.prefix(steps: steps, average: decay)
    return ["\(steps)"]
      + names.map { name in
        guard let value = row[prefix + name] else { return "" }
        guard let error = row[prefix + name + ".standardError"] else {
          return String(format: "%.4g", value)
        }
        return Estimate(value: value, standardError: error, count: 0).description
      }
  }
  let floor = features.evaluation.floor.map {
    "; two halves of \($0.halfCount) held-out images: Fréchet \($0.frechet.mean), kernel \($0.kernel.mean)"
  }
  return "\n\(features.settings.samples) samples of the "
    + (decay.map { "average \($0)" } ?? "parameters")
    + " in \(features.evaluation.space.title)\(floor ?? ""):\n\n"
    + textTable(
      ["steps", "Fréchet", "limit", "kernel distance", "precision", "recall", "class accuracy"],
      rows) + "\n"
}

/// A signal asked to stop before the first step.
private struct StoppedWhilePreparing: Error {
  let signal: Int32
}

/// An error in a run, and what is left of the run.
struct TrainingFailure: Error, CustomStringConvertible {
  let description: String

  init(_ error: any Error, path: String, checkpoint: Int?) {
    let text = String(describing: error)
    switch (error, checkpoint) {
    // These say themselves what is left.
    case (RunFolderError.moved, _), (RunFolderError.removed, _), (RunFolderError.partRemoved, _),
      (_, nil):
      description = text
    // A number that was not finite would come again at the same step.
    case (is NonFiniteError, let checkpoint?):
      description =
        "\(text)\nThe run is kept as diverged, with its metrics and the parameters of step \(checkpoint): "
        + "toylab sample \(shellQuoted(path))"
    case (_, let checkpoint?):
      description =
        "\(text)\nThe run is kept up to its checkpoint of step \(checkpoint); continue with: "
        + "toylab train --out \(shellQuoted(path)) --resume"
    }
  }
}
