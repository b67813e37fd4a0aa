// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// How a network is taught by a ``SupervisedLoss``.
public struct SupervisedTraining: Sendable, Equatable, Codable {
  /// Rows of a batch.
  public var batch: Int
  /// Updates of the whole training.
  public var steps: Int
  public var seed: UInt64
  public var optimizer: Optimizer
  /// Which parameters a rule with weight decay shrinks.
  public var decays: DecayedParameters
  public var schedule: LearningRateSchedule
  public var clipping: GradientClipping
  /// The decay of the average of the parameters that is kept beside them.
  public var averageDecay: Double

  /// - Parameters: the ranges are those of ``validate()``.
  public init(
    batch: Int, steps: Int, seed: UInt64, optimizer: Optimizer, decays: DecayedParameters,
    schedule: LearningRateSchedule, clipping: GradientClipping = .none, averageDecay: Double
  ) {
    self.batch = batch
    self.steps = steps
    self.seed = seed
    self.optimizer = optimizer
    self.decays = decays
    self.schedule = schedule
    self.clipping = clipping
    self.averageDecay = averageDecay
  }

  /// Checks settings that come from outside.
  ///
  /// - Throws: ``ConfigurationError`` for the first that cannot be used.
  public func validate() throws(ConfigurationError) {
    try ConfigurationError.check([
      ("batch", batch, 1...1_000_000), ("steps", steps, 1...1_000_000_000),
    ])
    guard averageDecay >= 0, averageDecay < 1 else {
      throw ConfigurationError(
        setting: "decay of the average", value: "\(averageDecay)",
        accepted: "a number from 0 to below 1")
    }
    try optimizer.validate()
    try schedule.validate()
    try clipping.validate()
  }
}
