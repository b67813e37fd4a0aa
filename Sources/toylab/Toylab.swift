// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
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
      1 if something failed or a value cannot be used, 64 if the command line cannot be read, and 130 after \
      an interruption.
      """,
    version: toylabVersion,
    subcommands: [
      Train.self, Sample.self, Measure.self, Features.self, AutoencoderCommand.self,
      Likelihood.self, Probe.self,
      Verify.self, ExactDegenerate.self, Export.self, Bench.self, Profile.self, Figure.self,
    ]
      + walkthroughs.map { figureCommand($0) })

  static func main() {
    StandardStreams.occupy()
    // A limit on the size of files is then an error of the write, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    main(nil)
  }
}
