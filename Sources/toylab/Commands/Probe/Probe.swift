// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser

/// `toylab probe`
struct Probe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure curvature, landscapes and Jacobians of a trained map.",
    discussion: """
      A probe reads a run's folder, or one checkpoint of it, and leaves it as it is. Curvatures belong to the \
      loss the run was trained with, on a frozen batch that its seed, step and number of rows name; they are \
      taken in double precision, matrix-free. Every number comes with its residual or standard error, and \
      --json prints all of them, and the settings, as JSON instead of the table.

      Examples:
        toylab probe hessian runs/first --largest 5 --smallest 2
        toylab probe hessian runs/first --operator update-field
        toylab probe density runs/first --json > density.json
        toylab probe landscape runs/first --plane filter --out first-landscape
        toylab probe jacobian runs/first/checkpoints/step-001000.safetensors
      """,
    subcommands: [
      ProbeHessian.self, ProbeDensity.self, ProbeTrace.self, ProbeLandscape.self, ProbeLED.self,
      ProbeShares.self, ProbeLipschitz.self, ProbeJacobian.self,
    ])
}
