// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Networks
import Runs
import Training

/// Trained networks that a run takes over.
struct PretrainedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take v* of the objectives that are taught by a velocity from a trained network instead of the exact law, "
        + "and measure the Eulerian loss along it: a run's folder, one of its checkpoints, or a "
        + "transformer's checkpoint under its published names.", valueName: "run|file"))
  var teacher: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Use the teacher's average with this decay (default: its parameters).", valueName: "decay"))
  var teacherAverage: Double?

  @Option(
    help: ArgumentHelp(
      "Begin with the parameters of a trained network instead of random ones; its network and interpolant "
        + "are taken over unless given. As --teacher.", valueName: "run|file"))
  var start: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Begin with the average of this decay (default: the parameters).", valueName: "decay"))
  var startAverage: Double?

  func validate() throws {
    for (option, average, path) in [
      ("teacher", teacherAverage, teacher), ("start", startAverage, start),
    ] where average != nil && path == nil {
      throw ValidationError("--\(option)-average goes with --\(option).")
    }
  }

  var isGiven: Bool { teacher != nil || start != nil }

  /// - Parameter configuration: tells the network of a file that does not tell it itself.
  func pretrainedTeacher(_ configuration: TrainingConfiguration) throws -> Pretrained? {
    try teacher.map { try pretrained($0, teacherAverage, "--teacher", configuration) }
  }

  /// - Parameter configuration: tells the network of a file that does not tell it itself.
  func pretrainedStart(_ configuration: TrainingConfiguration) throws -> Pretrained? {
    try start.map { try pretrained($0, startAverage, "--start", configuration) }
  }

  private func pretrained(
    _ path: String, _ average: Double?, _ option: String, _ configuration: TrainingConfiguration
  ) throws -> Pretrained {
    guard FileSystem.exists(path) else {
      throw Setting.error(
        option, path,
        accepted: "the folder of a run, one of its checkpoints or a file of published names, "
          + "and there is nothing of this name")
    }
    guard path.hasSuffix(".safetensors"), !ProbedRun.isInRun(path) else {
      return try Pretrained(run: path, averageDecay: average)
    }
    if average != nil {
      throw Setting.error(
        "\(option)-average", "\(average ?? 0)",
        accepted: "it with a run, which a file outside of one is not")
    }
    guard case .transformer(let network) = configuration.network else {
      throw Setting.error(
        option, path,
        accepted: "a run's folder or one of its checkpoints; a file of published names fits a run "
          + "whose network is a transformer")
    }
    return try Pretrained(
      published: path, as: network.configuration, interpolant: configuration.interpolant)
  }
}
