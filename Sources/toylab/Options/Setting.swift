// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Networks
import Runs
import Training

/// An option that was given, and what it sets.
///
/// Options stand as optionals, so that a resumed run can tell those that were given from those that were
/// not: the given ones must agree with `run.json`.
struct Setting {
  /// The option, with its dashes.
  let option: String
  let value: String
  /// What a configuration has for it.
  let current: (TrainingConfiguration) -> String
  let apply: (inout TrainingConfiguration) throws -> Void

  /// Nil if the option was not given.
  init?<Value>(
    _ option: String, _ value: Value?, current: @escaping (TrainingConfiguration) -> String,
    apply: @escaping (inout TrainingConfiguration, Value) throws -> Void
  ) {
    guard let value else { return nil }
    self.option = option
    self.value = "\(value)"
    self.current = current
    self.apply = { try apply(&$0, value) }
  }

  /// An error about the value.
  static func error(
    _ option: String, _ value: some Any, accepted: String
  ) -> ConfigurationError {
    ConfigurationError(setting: option, value: "\(value)", accepted: accepted)
  }
}

extension TrainingConfiguration {
  /// Applies settings in their order.
  mutating func apply(_ settings: [Setting]) throws {
    for setting in settings { try setting.apply(&self) }
  }
}

/// The settings of a run with which a resumed run's options do not agree.
struct ContradictionError: Error, Equatable, CustomStringConvertible {
  let path: String
  /// Each as "--width 128, where the run has 64".
  let contradictions: [String]

  var description: String {
    "\(path) contradicts what was asked for: \(contradictions.joined(separator: "; ")). "
      + "Leave these options out to continue the run, or start another."
  }
}

extension ResolvedRun {
  /// Checks that the settings are those of the run.
  ///
  /// - Throws: ``ContradictionError`` naming every one that is not.
  func requireAgreement(with settings: [Setting], path: String) throws {
    let contradictions = settings.compactMap { setting -> String? in
      var changed = configuration
      // A setting that cannot even be applied, such as --beta without relaxed times, disagrees too.
      let applied: Void? = try? setting.apply(&changed)
      if applied != nil && changed == configuration { return nil }
      return "\(setting.option) \(setting.value), where the run has "
        + setting.current(configuration)
    }
    guard contradictions.isEmpty else {
      throw ContradictionError(path: path, contradictions: contradictions)
    }
  }
}
