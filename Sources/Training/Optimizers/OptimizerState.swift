// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Networks

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

  /// The vector in stretches that are decayed or spared.
  private let stretches: [DecayStretch]

  /// A fresh state with zero moments for `count` parameters, all of which are decayed by a rule that decays.
  ///
  /// - Precondition: the rule has a kernel, and its coefficients are valid, see ``Optimizer/validate()``.
  public init(_ optimizer: Optimizer, count: Int) {
    self.init(
      optimizer, count: count, stretches: [DecayStretch(range: 0..<count, isDecayed: true)])
  }

  /// A fresh state for parameters of a layout.
  ///
  /// - Parameter decays: the parameters that a rule with weight decay shrinks.
  /// - Precondition: the rule has a kernel, and its coefficients are valid, see ``Optimizer/validate()``.
  public init(
    _ optimizer: Optimizer, layout: ParameterLayout, decays: DecayedParameters = .all
  ) {
    self.init(optimizer, count: layout.count, stretches: layout.stretches(decays))
  }

  private init(_ optimizer: Optimizer, count: Int, stretches: [DecayStretch]) {
    precondition(count >= 0, "A parameter count of \(count) is below zero.")
    precondition(optimizer.hasKernel, "There is no kernel for \(optimizer.name).")
    precondition((try? optimizer.validate()) != nil, "Invalid coefficients: \(optimizer).")
    self.stretches = stretches
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
    let step = optimizer.coefficients(
      step: stepCount, rate: rate, gradientScale: gradientScale)
    switch optimizer {
    case .adam(let beta1, let beta2, let epsilon), .radam(let beta1, let beta2, let epsilon):
      let coefficients = AdamCoefficients(step, beta1: beta1, beta2: beta2, epsilon: epsilon)
      if step.isAdapted {
        adamStep(parameters, gradient, coefficients, pool, range: 0..<count)
      } else {
        unadaptedStep(parameters, gradient, coefficients, pool)
      }
    case .adamW(let beta1, let beta2, let epsilon, _):
      var coefficients = AdamCoefficients(step, beta1: beta1, beta2: beta2, epsilon: epsilon)
      for index in stretches.indices {
        coefficients.decay = stretches[index].isDecayed ? step.decay : 0
        adamStep(parameters, gradient, coefficients, pool, range: stretches[index].range)
      }
    case .sgd(let momentum):
      descend(
        parameters, gradient, rate: rate, scale: gradientScale, momentum: momentum,
        pool)
    case .muon:
      preconditionFailure("There is no kernel for \(optimizer.name).")
    }
  }

  private mutating func adamStep(
    _ parameters: UnsafeMutableBufferPointer<Scalar>, _ gradient: UnsafeBufferPointer<Scalar>,
    _ coefficients: AdamCoefficients, _ pool: WorkerPool?, range: Range<Int>
  ) {
    firstMoment.withUnsafeMutableBufferPointer { first in
      secondMoment.withUnsafeMutableBufferPointer { second in
        Scalar.adamStep(
          parameters: UnsafeMutableBufferPointer(rebasing: parameters[range]),
          gradient: UnsafeBufferPointer(rebasing: gradient[range]),
          firstMoment: UnsafeMutableBufferPointer(rebasing: first[range]),
          secondMoment: UnsafeMutableBufferPointer(rebasing: second[range]),
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

extension OptimizerState where Scalar: EngineScalar {
  /// Updates parameters in a buffer, see ``step(parameters:gradient:rate:gradientScale:pool:)``.
  public mutating func step(
    parameters: Buffer<Scalar>, gradient: Buffer<Scalar>, rate: Double, gradientScale: Double = 1,
    pool: WorkerPool? = nil
  ) {
    step(
      parameters: parameters.elements, gradient: UnsafeBufferPointer(gradient.elements),
      rate: rate, gradientScale: gradientScale, pool: pool)
  }
}

extension OptimizerState {
  /// The moments by name, as a checkpoint stores them: `firstMoment` and `secondMoment`, those that
  /// the rule keeps. Together with ``stepCount`` they are the whole state.
  public var vectors: [(name: String, values: [Scalar])] {
    var vectors: [(name: String, values: [Scalar])] = []
    if optimizer.keepsFirstMoment { vectors.append((Moment.first.rawValue, firstMoment)) }
    if optimizer.keepsSecondMoment { vectors.append((Moment.second.rawValue, secondMoment)) }
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
    let first = try savedVector(
      Moment.first.rawValue, kept: optimizer.keepsFirstMoment, in: vectors)
    let second = try savedVector(
      Moment.second.rawValue, kept: optimizer.keepsSecondMoment, in: vectors)
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

extension AdamCoefficients {
  /// Without weight decay.
  fileprivate init(_ step: StepCoefficients, beta1: Double, beta2: Double, epsilon: Double) {
    self.init(
      gradientScale: step.gradientScale, beta1: beta1, beta2: beta2, epsilon: epsilon,
      rate: step.adaptedRate, root: step.root, decay: 0)
  }
}

extension Optimizer {
  fileprivate var keepsFirstMoment: Bool {
    switch self {
    case .adam, .adamW, .radam, .muon: true
    case .sgd(let momentum): momentum != 0
    }
  }

  fileprivate var keepsSecondMoment: Bool {
    switch self {
    case .adam, .adamW, .radam: true
    case .sgd, .muon: false
    }
  }
}
