// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps

/// A number that is not finite stopped a run.
public struct NonFiniteError: Error, Equatable, CustomStringConvertible {
  public let step: Int
  public let objective: String
  /// The first bad quantity.
  public let quantity: String
  public let value: Double
  /// How often the parameters were updated before.
  public let stepsMade: Int
  /// What may help.
  public let advice: String

  /// - Parameters:
  ///   - step: the step that could not be made, or after which a measurement failed.
  ///   - stepsMade: how often the parameters were updated before.
  package init(
    step: Int, of configuration: TrainingConfiguration, quantity: String, value: Double,
    stepsMade: Int
  ) {
    self.step = step
    objective = configuration.loss.objective.rawValue
    self.quantity = quantity
    self.value = value
    self.stepsMade = stepsMade
    advice = Self.advice(stepsMade: stepsMade, configuration)
  }

  /// An error of its parts.
  init(
    step: Int, objective: String, quantity: String, value: Double, stepsMade: Int, advice: String
  ) {
    self.step = step
    self.objective = objective
    self.quantity = quantity
    self.value = value
    self.stepsMade = stepsMade
    self.advice = advice
  }

  public var description: String {
    "step \(step) of \(objective): \(quantity) is \(value.isNaN ? "nan" : "\(value)"); the run stopped with the parameters "
      + "of step \(stepsMade). \(advice)"
  }

  private static func advice(stepsMade: Int, _ configuration: TrainingConfiguration) -> String {
    if case .centralDifference(let width) = configuration.loss.tangent {
      let resolution = configuration.precision.resolution
      if width < resolution {
        return
          "The finite-difference step \(width) is below the resolution \(resolution) of "
          + "\(configuration.precision.rawValue): a larger step or the exact tangent helps."
      }
    }
    if stepsMade == 0 {
      return
        "No step had been made, so that the learning rate is not the cause: the settings of the loss, or the "
        + "scale of the data, are."
    }
    return "A smaller learning rate, relaxed times or gradient clipping may help."
  }
}

extension Precision {
  /// The distance from 1 to the next number.
  fileprivate var resolution: Double {
    switch self {
    case .float32: Double(Float.ulpOfOne)
    case .float64: .ulpOfOne
    }
  }
}
