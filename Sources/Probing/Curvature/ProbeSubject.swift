// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Interpolants
internal import Networks
public import Training

/// What a probe was made on.
public struct ProbeSubject: Sendable, Equatable, Codable {
  /// The folder of the run.
  public let run: String
  public let step: Int
  /// The average probed instead of the parameters, if any.
  public let averageDecay: Double?
  public let target: String
  public let interpolant: String
  public let objective: String
  public let parameterCount: Int
  /// The parameters that are probed, where it is not all of them.
  public internal(set) var selection: Selection?

  /// Some of the parameters.
  public struct Selection: Sendable, Equatable, Codable {
    /// What was asked for, see `ParameterSelection`.
    public let names: [String]
    /// How many numbers that is.
    public let count: Int
  }

  /// The parameters of a step of a run.
  public init(
    run: String, step: Int, averageDecay: Double? = nil, target: String,
    configuration: TrainingConfiguration
  ) {
    self.run = run
    self.step = step
    self.averageDecay = averageDecay
    self.target = target
    interpolant = configuration.interpolant.rawValue
    objective = configuration.loss.objective.rawValue
    parameterCount = configuration.network.layout.count
  }

  /// One line for tables.
  public var text: String {
    let source = averageDecay.map { "average of decay \($0)" } ?? "parameters"
    let part = selection.map { "\($0.names.joined(separator: ", ")), \($0.count) of " } ?? ""
    return
      "\(run): \(part)\(parameterCount) \(source) of step \(step); \(objective), \(interpolant), "
      + "target \(target)"
  }
}
