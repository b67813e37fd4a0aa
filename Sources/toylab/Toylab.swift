// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Engines
import Files
import FlowMaps
import Foundation
import GroundTruth
import Runs
import Walkthroughs

/// The command `toylab`.
@main
struct Toylab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "toylab",
    abstract: "A theory laboratory for flow maps and consistency models on Gaussian mixtures.",
    discussion: """
      Everything trained here is held against the exact answer: a Gaussian mixture's velocity, flow map \
      and covariances are known in closed form or to integration accuracy.

      Start with a walkthrough, which prints what to look at and draws a figure:

        toylab figure1
        toylab figure3 --threads 2

      Then train, sample and compare a map of your own:

        toylab train --source four --objective isd --out runs/first
        toylab sample runs/first --count 1000 --steps 2 --compare

      Results go to standard output, progress and errors to standard error. The exit code is 0 on success, \
      64 if an option, a name or a value cannot be used, 1 if something else failed, such as a file or a check, \
      and 130 after an interruption.
      """,
    version: toylabVersion,
    subcommands: [
      Train.self, SweepCommand.self, Sample.self, Measure.self, Features.self,
      AutoencoderCommand.self, Likelihood.self, Probe.self,
      RunsCommand.self, CompareCommand.self, Report.self, BookCommand.self, Doctor.self,
      Verify.self, ExactDegenerate.self,
      Export.self, Bench.self, Profile.self, Figure.self,
    ]
      + walkthroughs.map { figureCommand($0) })

  static func main() {
    StandardStreams.occupy()
    // A limit on the size of files is then an error of the write, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    // The runtime would print the report of a crash and go on.
    signal(SIGQUIT, SIG_DFL)
    StandardOutput.failAtExitIfUnwritten()
    do {
      try checkInstructionSet(in: ProcessInfo.processInfo.environment)
      try checkFigure(named: CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      try command.run()
    } catch  where isMisuse(error) {
      StandardError.write("Error: \(error)\n")
      Foundation.exit(ExitCode.validationFailure.rawValue)
    } catch {
      exit(withError: error)
    }
  }

  /// Whether an error says that what was asked for cannot be done, wherever that was found out.
  static func isMisuse(_ error: any Error) -> Bool {
    error is ConfigurationError || error is UnknownFigureError || error is UnknownSourceError
      || error is UnknownObjectiveError || error is UnknownBenchmarkError
      || error is SweepValueError || error is SweepPointError
  }

  /// Refuses the name of a figure that does not exist with those that do.
  static func checkFigure(named word: String?) throws(UnknownFigureError) {
    guard let word, word.hasPrefix("figure"), let number = Int(word.dropFirst("figure".count)),
      !walkthroughs.contains(where: { $0.number == number })
    else { return }
    throw UnknownFigureError(number: number)
  }

  /// Refuses a choice of kernels that this machine does not have.
  static func checkInstructionSet(in environment: [String: String]) throws(ConfigurationError) {
    guard let name = environment[InstructionSet.variable] else { return }
    let names = InstructionSet.available.map { "\($0)" }
    guard names.contains(name) else {
      throw ConfigurationError(
        setting: InstructionSet.variable, value: "\"\(name)\"",
        accepted: "one of " + names.joined(separator: ", ") + ", which this machine has")
    }
  }
}
