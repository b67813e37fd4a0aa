// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Networks
import Runs
import Training

/// `toylab export`
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's transformer as a checkpoint under the published names.",
    discussion: """
      The file has the names and shapes of the published FlowMapTiT checkpoints, in any of four types of numbers, \
      rounded to the nearest. A run reads it with --start or --teacher.

      Examples:
        toylab export runs/digits --out digits.safetensors
        toylab export runs/digits --average 0.999 --type bfloat16 --out digits.safetensors
      """)

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint in it.", valueName: "run"))
  var path: String

  @OptionGroup var checkpoint: CheckpointOptions

  @Option(help: "Type of the numbers.")
  var type = FloatingPointElement.float32

  @Option(help: ArgumentHelp("The file to write, .safetensors.", valueName: "file"))
  var out: String

  func validate() throws {
    guard out.hasSuffix(".safetensors") else {
      throw ValidationError(
        "--out \(out) cannot be used; accepted is a name ending in .safetensors.")
    }
  }

  func run() throws {
    try checkPlace(of: out, option: "--out")
    let run = try checkpoint.probed(path)
    guard let transformer = run.run.configuration.network.transformer,
      transformer.observationSize == 0, !transformer.takesGuidance
    else {
      throw Setting.error(
        "export", path,
        accepted:
          "a run whose network is a transformer without observations or guidance, for which names are published"
      )
    }
    let names = PublishedTransformerNames(transformer.configuration)
    try names.checkpoint(run.parameters, as: type).write(to: out)
    try StandardOutput.write(
      "\(out): \(names.entries.count) arrays, \(names.layout.count) parameters, step \(run.checkpoint.step)\n"
    )
  }
}
