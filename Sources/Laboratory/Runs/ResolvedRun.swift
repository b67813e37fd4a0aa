// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import GroundTruth
internal import Networks

/// What `run.json` holds: everything that determines a run, nothing left to defaults, and how it was made.
///
/// The target stands in it with all its numbers, so that a run can be resumed and sampled without the
/// file its target came from.
public struct ResolvedRun: Codable, Sendable, Equatable {
  public var configuration: TrainingConfiguration
  public let target: Target
  /// A checkpoint is written every so many steps, and at the last.
  public var checkpointInterval: Int
  /// For information: it changes no bit of a result.
  public var threads: Int
  /// The version of the lab that started the run.
  public let version: String
  /// The command that started the run.
  public let command: String

  public init(
    configuration: TrainingConfiguration, target: Target, checkpointInterval: Int = 1000,
    threads: Int, command: String
  ) {
    self.configuration = configuration
    self.target = target
    self.checkpointInterval = checkpointInterval
    self.threads = threads
    version = toylabVersion
    self.command = command
  }

  /// Reads and checks the `run.json` of a run.
  ///
  /// - Throws: `FileError`, ``RunFolderError/configuration(path:detail:)``, also for settings out of range.
  public init(of layout: RunLayout) throws {
    self = try layout.configuration()
    do {
      try validate()
    } catch {
      throw RunFolderError.configuration(
        path: layout.configurationPath, detail: String(describing: error))
    }
  }

  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws {
    try configuration.validate()
    if configuration.network.dimension != target.law.dimension {
      throw ConfigurationError(
        setting: "dimension", value: "\(configuration.network.dimension)",
        accepted: "that of the target, \(target.law.dimension)")
    }
    let objective = configuration.loss.objective
    if objective.needsExactVelocity && !target.law.hasSymbolicVelocity {
      let accepted = Objective.allCases.filter { !$0.needsExactVelocity }.map(\.shortName)
      throw ConfigurationError(
        setting: "objective", value: objective.shortName,
        accepted: "with the target \(target.name), an objective that is not taught by the exact "
          + "velocity: \(accepted.joined(separator: ", "))")
    }
    if checkpointInterval < 1 {
      throw ConfigurationError(
        setting: "checkpoint interval", value: "\(checkpointInterval)",
        accepted: "a whole number of at least 1")
    }
    if !(1...1024).contains(threads) {
      throw ConfigurationError(
        setting: "threads", value: "\(threads)", accepted: "a whole number from 1 to 1024")
    }
  }
}

/// A number of steps to which a run cannot be extended.
public struct ExtensionError: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let steps: Int
  public let asked: Int

  public var description: String {
    if asked < steps {
      return
        "\(path) asks for \(steps) steps; a run can be continued beyond them, not cut to \(asked)"
    }
    return
      "\(path) asks for \(steps) steps, towards the last of which the learning rate falls; with "
      + "\(asked) the steps already made would have been others. Only a constant and a square-root "
      + "schedule can be extended: start another run"
  }
}

extension ResolvedRun {
  /// Raises the number of steps of a run.
  ///
  /// - Parameter path: the run's configuration, for the error.
  /// - Throws: ``ExtensionError`` if it were lowered, or if the learning rate depends on it.
  public mutating func extend(toSteps steps: Int, path: String) throws(ExtensionError) {
    let current = configuration.steps
    guard steps != current else { return }
    guard steps > current, !configuration.schedule.decay.dependsOnLastStep else {
      throw ExtensionError(path: path, steps: current, asked: steps)
    }
    configuration.steps = steps
  }
}
