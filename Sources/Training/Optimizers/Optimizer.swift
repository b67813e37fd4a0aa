// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// A rule that turns a gradient into a parameter update, with its coefficients.
///
/// The learning rate is not part of the rule: it comes from a ``LearningRateSchedule``. The running
/// moments are not part of it either: they belong to an ``OptimizerState``.
public enum Optimizer: Sendable, Hashable, Codable {
  /// Adam (Kingma & Ba, arXiv 1412.6980) with bias-corrected moments and no weight decay.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)

  /// Adam with decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101): each step first
  /// multiplies the parameters by one minus learning rate times `weightDecay`.
  case adamW(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)

  /// Rectified Adam (Liu et al., arXiv 1908.03265): the second moment is used only once its
  /// variance is tractable, see ``Optimizer/rectification(step:beta2:)``.
  case radam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)

  /// Gradient descent with heavy-ball momentum: `velocity = momentum * velocity + gradient`,
  /// `parameters -= rate * velocity`. Momentum zero is plain gradient descent.
  case sgd(momentum: Double = 0)

  /// Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): the momentum of each matrix is made
  /// orthogonal, see ``NewtonSchulz``, before it is followed; everything else is stepped by AdamW with `beta1`,
  /// `beta2` and `epsilon`. The momentum is Nesterov's. The orthogonal matrix is scaled to a root mean square of
  /// 0.2 an entry, about that of an Adam step (Liu et al., arXiv 2502.16982), so that one learning rate serves
  /// both.
  ///
  /// With a `neuronDecay` it is NorMuon (Li et al., arXiv 2510.05491): every neuron's share of the orthogonal
  /// matrix is divided by the root of a running mean of its squares, of this decay, before the scaling.
  case muon(
    momentum: Double = 0.95, neuronDecay: Double? = nil, weightDecay: Double = 0.01,
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-10)
}

extension Optimizer {
  /// Every rule with its default coefficients, in the order in which help texts list them.
  public static let defaults: [Optimizer] = [
    .adam(), .adamW(), .radam(), .sgd(), .muon(), .norMuon,
  ]

  /// NorMuon with the coefficients of its paper.
  public static let norMuon = Optimizer.muon(neuronDecay: 0.95)

  /// The rule's name on the command line and in run files.
  public var name: String {
    switch self {
    case .adam: "adam"
    case .adamW: "adamw"
    case .radam: "radam"
    case .sgd: "sgd"
    case .muon(_, let neuronDecay, _, _, _, _): neuronDecay == nil ? "muon" : "normuon"
    }
  }

  /// Whether a fused kernel makes the whole step, see ``OptimizerState``; the others are programs alone.
  public var hasKernel: Bool {
    switch self {
    case .adam, .adamW, .radam, .sgd: true
    case .muon: false
    }
  }

  /// The decoupled weight decay; nil for a rule without one.
  public var weightDecay: Double? {
    switch self {
    case .adam, .radam, .sgd: nil
    case .adamW(_, _, _, let weightDecay): weightDecay
    case .muon(_, _, let weightDecay, _, _, _): weightDecay
    }
  }

  /// The same rule with another weight decay; nil for a rule without one.
  public func with(weightDecay: Double) -> Optimizer? {
    switch self {
    case .adam, .radam, .sgd: nil
    case .adamW(let beta1, let beta2, let epsilon, _):
      .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    case .muon(let momentum, let neuronDecay, _, let beta1, let beta2, let epsilon):
      .muon(
        momentum: momentum, neuronDecay: neuronDecay, weightDecay: weightDecay, beta1: beta1,
        beta2: beta2, epsilon: epsilon)
    }
  }

  /// Checks that every coefficient lies in its range: decays and momentum in [0, 1), a positive
  /// epsilon, a finite weight decay of at least zero.
  ///
  /// - Throws: ``ConfigurationError`` for the first that does not.
  public func validate() throws(ConfigurationError) {
    switch self {
    case .adam(let beta1, let beta2, let epsilon), .radam(let beta1, let beta2, let epsilon):
      try validate(beta1: beta1, beta2: beta2, epsilon: epsilon)
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      try validate(beta1: beta1, beta2: beta2, epsilon: epsilon)
      try validate(weightDecay: weightDecay)
    case .sgd(let momentum):
      try validate(decay: momentum, named: "momentum")
    case .muon(
      let momentum, let neuronDecay, let weightDecay, let beta1, let beta2, let epsilon):
      try validate(decay: momentum, named: "momentum")
      if let neuronDecay { try validate(decay: neuronDecay, named: "neuronDecay") }
      try validate(weightDecay: weightDecay)
      try validate(beta1: beta1, beta2: beta2, epsilon: epsilon)
    }
  }

  private func validate(weightDecay: Double) throws(ConfigurationError) {
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw error("weightDecay", weightDecay, accepted: "a finite number of at least 0")
    }
  }

  private func validate(beta1: Double, beta2: Double, epsilon: Double) throws(ConfigurationError) {
    try validate(decay: beta1, named: "beta1")
    try validate(decay: beta2, named: "beta2")
    guard epsilon > 0, epsilon.isFinite else {
      throw error("epsilon", epsilon, accepted: "a finite number above 0")
    }
  }

  private func validate(decay: Double, named coefficient: String) throws(ConfigurationError) {
    guard decay >= 0, decay < 1 else {
      throw error(coefficient, decay, accepted: "a number from 0 to below 1")
    }
  }

  private func error(
    _ coefficient: String, _ value: Double, accepted: String
  ) -> ConfigurationError {
    ConfigurationError(setting: "\(coefficient) of \(name)", value: "\(value)", accepted: accepted)
  }
}

extension Optimizer {
  /// The factor by which RAdam scales the adaptive step number `step`, counted from 1, or nil while
  /// the second moment rests on too few gradients and the step follows the first moment alone.
  ///
  /// With `rho = 2 / (1 - beta2) - 1` and `rho(t) = rho - 2 t beta2^t / (1 - beta2^t)`, the length
  /// of the equivalent simple moving average, the factor exists when `rho(t) > 5`. The algorithm in
  /// arXiv 1908.03265 asks for more than 4; its authors' code and the common libraries use 5, and
  /// so runs can be compared. For beta2 = 0.999 the first rectified step is number 6.
  public static func rectification(step: Int, beta2: Double) -> Double? {
    precondition(step >= 1, "Optimiser steps are counted from 1, not \(step).")
    let limit = 2 / (1 - beta2) - 1
    let power = integerPower(beta2, step)
    let length = limit - 2 * Double(step) * power / (1 - power)
    guard length > 5 else { return nil }
    let numerator = (length - 4) * (length - 2) * limit
    let denominator = (limit - 4) * (limit - 2) * length
    return (numerator / denominator).squareRoot()
  }
}

/// `base` to a power of at least zero by repeated squaring; unlike the mathematical library's power
/// function it gives the same bits on every platform.
func integerPower(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var square = base
  var remaining = exponent
  while remaining > 0 {
    if remaining & 1 == 1 { result *= square }
    square *= square
    remaining >>= 1
  }
  return result
}
