// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Runs

/// Which parameters of a run are used.
struct CheckpointOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use the checkpoint of this step (default: the latest).", valueName: "step"))
  var checkpoint: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Use the run's average of this decay instead of the parameters.", valueName: "decay"))
  var average: Double?

  /// The run of a folder or of one of its checkpoints; says so if a damaged one was passed over.
  func probed(_ path: String) throws -> ProbedRun {
    let run = try ProbedRun(path, step: checkpoint, averageDecay: average)
    tellDamage(run.damaged, instead: run.checkpoint.step)
    return run
  }
}
