// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines

/// The memory of an optimiser over a training run: its running moments and its step count.
///
/// The buffers are allocated once, by the initialiser;
/// ``step(parameters:gradient:rate:gradientScale:)`` works in them and allocates nothing as long as
/// no copy of the state is alive. A copy is a value: it can be kept or saved while the original
/// goes on (the next step then copies once).
public struct OptimizerState<Scalar: OptimizerScalar>: Sendable {
  /// The update rule.
  public let optimizer: Optimizer

  /// The number of parameters.
  public let count: Int

  /// The number of updates made so far.
  public private(set) var stepCount: Int

  /// Running mean of the gradient; the velocity for momentum; empty for plain gradient descent.
  private var firstMoment: [Scalar]

  /// Running mean of the squared gradient; empty for gradient descent.
  private var secondMoment: [Scalar]

  /// A fresh state with zero moments for `count` parameters.
  ///
  /// The optimiser's coefficients must be valid, see ``Optimizer/validate()``.
  public init(_ optimizer: Optimizer, count: Int) {
    precondition(count >= 0, "A parameter count of \(count) is below zero.")
    precondition((try? optimizer.validate()) != nil, "Invalid coefficients: \(optimizer).")
    self.optimizer = optimizer
    self.count = count
    self.stepCount = 0
    self.firstMoment = Array(repeating: 0, count: optimizer.keepsFirstMoment ? count : 0)
    self.secondMoment = Array(repeating: 0, count: optimizer.keepsSecondMoment ? count : 0)
  }

  /// Updates the parameters in place.
  ///
  /// - Parameters:
  ///   - parameters: ``count`` values.
  ///   - gradient: ``count`` values; not changed.
  ///   - rate: The learning rate of this step.
  ///   - gradientScale: Multiplies the gradient, see ``GradientClipping``.
  ///   - pool: Threads that share the work on a long vector; they change no bit of the result.
  public mutating func step(
    parameters: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafeBufferPointer<Scalar>,
    rate: Double, gradientScale: Double = 1, pool: WorkerPool? = nil
  ) {
    precondition(
      parameters.count == count && gradient.count == count,
      "\(parameters.count) parameters and \(gradient.count) slopes for a state of \(count).")
    stepCount += 1
    switch optimizer {
    case .adam(let beta1, let beta2, let epsilon):
      let coefficients = adamCoefficients(
        beta1: beta1, beta2: beta2, epsilon: epsilon, rate: rate, scale: gradientScale)
      adamStep(parameters, gradient, coefficients, pool)
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      var coefficients = adamCoefficients(
        beta1: beta1, beta2: beta2, epsilon: epsilon, rate: rate, scale: gradientScale)
      coefficients.decay = rate * weightDecay
      adamStep(parameters, gradient, coefficients, pool)
    case .radam(let beta1, let beta2, let epsilon):
      var coefficients = adamCoefficients(
        beta1: beta1, beta2: beta2, epsilon: epsilon, rate: rate, scale: gradientScale)
      if let rectification = Optimizer.rectification(step: stepCount, beta2: beta2) {
        coefficients.rate *= rectification
        adamStep(parameters, gradient, coefficients, pool)
      } else {
        unadaptedStep(parameters, gradient, coefficients, pool)
      }
    case .sgd(let momentum):
      descend(
        parameters, gradient, rate: rate, scale: gradientScale, momentum: momentum,
        pool)
    }
  }

  private func adamCoefficients(
    beta1: Double, beta2: Double, epsilon: Double, rate: Double, scale: Double
  ) -> AdamCoefficients {
    AdamCoefficients(
      gradientScale: scale, beta1: beta1, beta2: beta2, epsilon: epsilon,
      rate: rate / (1 - integerPower(beta1, stepCount)),
      root: (1 - integerPower(beta2, stepCount)).squareRoot(), decay: 0)
  }

  private mutating func adamStep(
    _ parameters: UnsafeMutableBufferPointer<Scalar>, _ gradient: UnsafeBufferPointer<Scalar>,
    _ coefficients: AdamCoefficients, _ pool: WorkerPool?
  ) {
    firstMoment.withUnsafeMutableBufferPointer { first in
      secondMoment.withUnsafeMutableBufferPointer { second in
        Scalar.adamStep(
          parameters: parameters, gradient: gradient, firstMoment: first, secondMoment: second,
          coefficients: coefficients, pool: pool)
      }
    }
  }

  private mutating func unadaptedStep(
    _ parameters: UnsafeMutableBufferPointer<Scalar>, _ gradient: UnsafeBufferPointer<Scalar>,
    _ coefficients: AdamCoefficients, _ pool: WorkerPool?
  ) {
    firstMoment.withUnsafeMutableBufferPointer { first in
      secondMoment.withUnsafeMutableBufferPointer { second in
        Scalar.unadaptedStep(
          parameters: parameters, gradient: gradient, firstMoment: first, secondMoment: second,
          coefficients: coefficients, pool: pool)
      }
    }
  }

  private mutating func descend(
    _ parameters: UnsafeMutableBufferPointer<Scalar>, _ gradient: UnsafeBufferPointer<Scalar>,
    rate: Double, scale: Double, momentum: Double, _ pool: WorkerPool?
  ) {
    guard optimizer.keepsFirstMoment else {
      Scalar.descentStep(
        parameters: parameters, gradient: gradient, gradientScale: scale, rate: rate,
        pool: pool)
      return
    }
    firstMoment.withUnsafeMutableBufferPointer { velocity in
      Scalar.momentumStep(
        parameters: parameters, gradient: gradient, velocity: velocity, gradientScale: scale,
        rate: rate, momentum: momentum, pool: pool)
    }
  }
}

extension OptimizerState {
  /// The moments by name, as a checkpoint stores them: `firstMoment` and `secondMoment`, those that
  /// the rule keeps. Together with ``stepCount`` they are the whole state.
  public var vectors: [(name: String, values: [Scalar])] {
    var vectors: [(name: String, values: [Scalar])] = []
    if optimizer.keepsFirstMoment { vectors.append((VectorName.first, firstMoment)) }
    if optimizer.keepsSecondMoment { vectors.append((VectorName.second, secondMoment)) }
    return vectors
  }

  /// Takes up a saved state; further steps then give the same bits as the uninterrupted run.
  ///
  /// Vectors that the rule does not keep are ignored. On failure the state is unchanged.
  ///
  /// - Throws: ``OptimizerError`` for a step count below zero, a missing vector or a wrong length.
  public mutating func restore(
    stepCount: Int, vectors: [String: [Scalar]]
  ) throws(OptimizerError) {
    guard stepCount >= 0 else { throw .stepCount(stepCount) }
    let first = try savedVector(VectorName.first, kept: optimizer.keepsFirstMoment, in: vectors)
    let second = try savedVector(VectorName.second, kept: optimizer.keepsSecondMoment, in: vectors)
    self.stepCount = stepCount
    self.firstMoment = first
    self.secondMoment = second
  }

  private func savedVector(
    _ name: String, kept: Bool, in vectors: [String: [Scalar]]
  ) throws(OptimizerError) -> [Scalar] {
    guard kept else { return [] }
    guard let values = vectors[name] else {
      throw .missingVector(name: name, available: Array(vectors.keys))
    }
    guard values.count == count else {
      throw .vectorLength(name: name, found: values.count, expected: count)
    }
    return values
  }
}

private enum VectorName {
  static let first = "firstMoment"
  static let second = "secondMoment"
}

extension Optimizer {
  fileprivate var keepsFirstMoment: Bool {
    switch self {
    case .adam, .adamW, .radam: true
    case .sgd(let momentum): momentum != 0
    }
  }

  fileprivate var keepsSecondMoment: Bool {
    switch self {
    case .adam, .adamW, .radam: true
    case .sgd: false
    }
  }
}
