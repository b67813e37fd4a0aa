// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Training

/// Tells on standard error of checkpoints that cannot be used.
///
/// - Parameter step: that of the checkpoint used instead; nil is the start of the run.
func tellDamage(_ damaged: [CheckpointFileError], instead step: Int?) {
  for damage in damaged { StandardError.write("\(damage)\n") }
  guard !damaged.isEmpty else { return }
  let place = step.map { "the checkpoint of step \($0)" } ?? "the start of the run"
  StandardError.write("Instead \(place) is taken.\n")
}
