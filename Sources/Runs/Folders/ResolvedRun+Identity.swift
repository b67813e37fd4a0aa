// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import Training

extension ResolvedRun {
  /// What a run's name is made from.
  private struct Identity: Encodable {
    let configuration: TrainingConfiguration
    let source: Source
    /// Of what lies beside the configuration, if anything.
    let inputs: String?
  }

  /// The name of the run: a fingerprint of all that decides its numbers. Runs that differ in threads, in how often
  /// they keep a checkpoint, or in a length that changes no step, have the same numbers and the same name.
  public var identity: String {
    get throws {
      var configuration = configuration
      if !configuration.schedule.decay.dependsOnLastStep { configuration.steps = 0 }
      return Fingerprint(
        try JSON.line(
          Identity(
            configuration: configuration, source: source.withoutPlace,
            inputs: inputs.map { Fingerprint($0.encoded()).text }))
      ).text
    }
  }
}
