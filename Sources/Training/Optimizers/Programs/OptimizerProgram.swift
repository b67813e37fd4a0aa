// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Networks
public import Tensors

/// One step of an optimiser over named parameters as a tensor program that carries its state.
///
/// - Inputs: `parameters/NAME` and `gradient/NAME` for every parameter, `state/VECTOR/NAME` for what is carried,
///   and `coefficients/NAME` of one element for each of ``StepCoefficients/Name``.
/// - Outputs: the new `parameters/NAME` and `state/VECTOR/NAME`. An engine may write them where it read them.
///
/// The vectors of the state are `firstMoment` and `secondMoment`, those that the rule keeps of a parameter, and
/// `average.DECAY` for each average. The state begins as zeros, averages as the parameters.
///
/// ``OptimizerState``, ``GradientClipping`` and ``ExponentialMovingAverage`` compute the same in fused kernels, where there
/// are any, to the roundings of a step: an engine may add and multiply in another order.
public struct OptimizerProgram: Sendable {
  public let optimizer: Optimizer
  public let parameters: ParameterLayout
  /// The parameters that a rule with weight decay shrinks.
  public let decays: DecayedParameters
  /// Limits the norm of the gradient of all parameters together, beside the coefficient `gradientScale`.
  public let clipping: GradientClipping
  /// Decays of the averages that follow the new parameters, without bias correction.
  public let averageDecays: [Double]
  /// The carried state, vector by vector, each part of a parameter's role.
  public let state: ParameterLayout

  /// - Precondition: the coefficients are valid, see ``Optimizer/validate()``.
  public init(
    _ optimizer: Optimizer, parameters: ParameterLayout, decays: DecayedParameters = .all,
    clipping: GradientClipping = .none, averageDecays: [Double] = []
  ) {
    precondition((try? optimizer.validate()) != nil, "Invalid coefficients: \(optimizer).")
    self.optimizer = optimizer
    self.parameters = parameters
    self.decays = decays
    self.clipping = clipping
    self.averageDecays = averageDecays
    var state = ParameterLayout()
    for moment in Moment.allCases {
      for entry in parameters.entries {
        for (kept, shape) in optimizer.moments(of: entry) where kept == moment {
          state.append("\(moment.rawValue)/\(entry.name)", shape, entry.role)
        }
      }
    }
    for decay in averageDecays {
      for entry in parameters.entries {
        state.append("\(Self.averageName(decay))/\(entry.name)", entry.shape, entry.role)
      }
    }
    self.state = state
  }

  static let parametersPrefix = "parameters"
  static let gradientPrefix = "gradient"
  static let statePrefix = "state"
  static let coefficientsPrefix = "coefficients"

  private static func averageName(_ decay: Double) -> String { "average.\(decay)" }

  /// The step of all parameters.
  public var program: Program { program(of: parameters.entries) }

  /// The step of some of the parameters, for an engine that makes it piece by piece.
  ///
  /// - Precondition: the pieces do not depend on each other: all parameters, or no clipping.
  public func program(of entries: [ParameterLayout.Entry]) -> Program {
    precondition(
      clipping == .none || entries == parameters.entries, "a clipped gradient is clipped as a whole"
    )
    let coefficients = StepCoefficients.Name.allCases.map {
      Tensor.input("\(Self.coefficientsPrefix)/\($0.rawValue)", [1])
    }
    var named = Dictionary(uniqueKeysWithValues: zip(StepCoefficients.Name.allCases, coefficients))
    let gradients = entries.map { Tensor.input("\(Self.gradientPrefix)/\($0.name)", $0.shape) }
    if let scale = named[.gradientScale], clipping != .none {
      named[.gradientScale] = scale * clipping.scale(of: gradients)
    }
    var inputs = coefficients + gradients
    var outputs: [(name: String, role: Program.OutputRole, tensor: Tensor)] = []
    func carried(_ vector: String, _ entry: ParameterLayout.Entry, _ shape: Shape) -> Tensor {
      let tensor = Tensor.input("\(Self.statePrefix)/\(vector)/\(entry.name)", shape)
      inputs.append(tensor)
      return tensor
    }
    for (entry, gradient) in zip(entries, gradients) {
      let parameter = Tensor.input("\(Self.parametersPrefix)/\(entry.name)", entry.shape)
      inputs.append(parameter)
      let moments = optimizer.moments(of: entry).map { moment, shape in
        (moment, carried(moment.rawValue, entry, shape))
      }
      let step = UpdateTrace(
        entry: entry, isDecayed: decays.includes(entry.role), coefficients: named,
        parameter: parameter, gradient: gradient,
        moments: Dictionary(uniqueKeysWithValues: moments)
      ).step(of: optimizer)
      outputs.append(("\(Self.parametersPrefix)/\(entry.name)", .sum, step.parameter))
      for (moment, _) in moments {
        guard let new = step.moments[moment] else {
          preconditionFailure("\(optimizer.name) leaves the \(moment.rawValue) as it was")
        }
        outputs.append(("\(Self.statePrefix)/\(moment.rawValue)/\(entry.name)", .sum, new))
      }
      for decay in averageDecays {
        let average = carried(Self.averageName(decay), entry, entry.shape)
        outputs.append(
          (
            "\(Self.statePrefix)/\(Self.averageName(decay))/\(entry.name)", .sum,
            average + (1 - decay) * (step.parameter - average)
          ))
      }
    }
    return Program(inputs: inputs.map { (.shared, $0) }, outputs: outputs)
  }
}

extension GradientClipping {
  /// ``scale(forNorm:)`` of the norm of all gradients together, as a tensor of one element.
  func scale(of gradients: [Tensor]) -> Tensor {
    guard let maximumNorm, let first = gradients.first else { return .ones([1]) }
    let squares = gradients.dropFirst().reduce(square(first).sum()) { $0 + square($1).sum() }
    let norm = sqrt(squares).reshaped(to: [1])
    // A norm that is not a number is not larger than any: the gradient stays as it is.
    return select(less(Tensor(maximumNorm), norm), maximumNorm / norm, 1)
  }
}
