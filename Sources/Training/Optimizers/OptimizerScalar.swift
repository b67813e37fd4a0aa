// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels
public import Engines

/// Coefficients of one Adam step, see the equation at ``OptimizerScalar/adamStep(_:)``.
public struct AdamCoefficients: Sendable, Equatable {
  /// Multiplies the gradient before anything else, for clipping.
  public var gradientScale: Double
  /// Decay of the first moment.
  public var beta1: Double
  /// Decay of the second moment.
  public var beta2: Double
  /// Added to the root of the corrected second moment.
  public var epsilon: Double
  /// Learning rate over the first moment's bias correction.
  public var rate: Double
  /// Square root of the second moment's bias correction.
  public var root: Double
  /// Learning rate times decoupled weight decay.
  public var decay: Double
}

/// The kernels of one element type, called once a step for a whole vector.
public struct OptimizerKernels<Scalar>: Sendable {
  typealias Pool = OpaquePointer?
  typealias Read = UnsafePointer<Scalar>?
  typealias Write = UnsafeMutablePointer<Scalar>?
  typealias MomentStep =
    @Sendable (Pool, Write, Read, Write, Write, Int, toylab_adam_coefficients) -> Void

  let adamStep: MomentStep
  let unadaptedStep: MomentStep
  let momentumStep: @Sendable (Pool, Write, Read, Write, Int, Double, Double, Double) -> Void
  let descentStep: @Sendable (Pool, Write, Read, Int, Double, Double) -> Void
  let updateAverage: @Sendable (Pool, UnsafeMutablePointer<Double>?, Read, Int, Double) -> Void
  let sumOfSquares: @Sendable (Pool, Read, Int) -> Double
  let firstNonFinite: @Sendable (Read, Int) -> Int
}

/// An element type for which the vector kernels of the optimisers exist.
///
/// All buffers of one call have the same count and do not overlap. Long ones are shared out over the
/// pool's threads; without a pool the calling thread does it all. No bit depends on which.
public protocol OptimizerScalar: BinaryFloatingPoint & Sendable {
  static var optimizerKernels: OptimizerKernels<Self> { get }
}

extension Float: OptimizerScalar {
  public static let optimizerKernels = OptimizerKernels<Float>(
    adamStep: toylab_adam_step_float, unadaptedStep: toylab_radam_unadapted_step_float,
    momentumStep: toylab_momentum_step_float, descentStep: toylab_descent_step_float,
    updateAverage: toylab_average_update_float, sumOfSquares: toylab_sum_of_squares_float,
    firstNonFinite: toylab_first_non_finite_float)
}

extension Double: OptimizerScalar {
  public static let optimizerKernels = OptimizerKernels<Double>(
    adamStep: toylab_adam_step_double, unadaptedStep: toylab_radam_unadapted_step_double,
    momentumStep: toylab_momentum_step_double, descentStep: toylab_descent_step_double,
    updateAverage: toylab_average_update_double, sumOfSquares: toylab_sum_of_squares_double,
    firstNonFinite: toylab_first_non_finite_double)
}

extension OptimizerScalar {
  /// Updates both moments from `gradientScale * gradient`, then
  /// `parameters = (1 - decay) * parameters - rate * first / (sqrt(second) / root + epsilon)`.
  public static func adamStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    firstMoment: UnsafeMutableBufferPointer<Self>, secondMoment: UnsafeMutableBufferPointer<Self>,
    coefficients: AdamCoefficients, pool: WorkerPool?
  ) {
    optimizerKernels.adamStep(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, firstMoment.baseAddress,
      secondMoment.baseAddress, parameters.count, coefficients.kernelCoefficients)
  }

  /// Updates both moments, then `parameters = (1 - decay) * parameters - rate * first`.
  public static func unadaptedStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    firstMoment: UnsafeMutableBufferPointer<Self>, secondMoment: UnsafeMutableBufferPointer<Self>,
    coefficients: AdamCoefficients, pool: WorkerPool?
  ) {
    optimizerKernels.unadaptedStep(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, firstMoment.baseAddress,
      secondMoment.baseAddress, parameters.count, coefficients.kernelCoefficients)
  }

  /// `velocity = momentum * velocity + gradientScale * gradient`, `parameters -= rate * velocity`.
  public static func momentumStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    velocity: UnsafeMutableBufferPointer<Self>, gradientScale: Double, rate: Double,
    momentum: Double, pool: WorkerPool?
  ) {
    optimizerKernels.momentumStep(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, velocity.baseAddress,
      parameters.count, gradientScale, rate, momentum)
  }

  /// `parameters -= rate * gradientScale * gradient`.
  public static func descentStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    gradientScale: Double, rate: Double, pool: WorkerPool?
  ) {
    optimizerKernels.descentStep(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, parameters.count, gradientScale,
      rate)
  }

  /// `average += weight * (values - average)`, kept in double precision.
  public static func updateAverage(
    _ average: UnsafeMutableBufferPointer<Double>, values: UnsafeBufferPointer<Self>,
    weight: Double, pool: WorkerPool?
  ) {
    optimizerKernels.updateAverage(
      pool?.handle, average.baseAddress, values.baseAddress, values.count, weight)
  }

  /// `values = average`, each rounded once.
  public static func copy(
    average: UnsafeBufferPointer<Double>, to values: UnsafeMutableBufferPointer<Self>
  ) {
    for index in average.indices { values[index] = Self(average[index]) }
  }

  /// Sum of squares in double precision, added in an order that depends on the count alone.
  public static func sumOfSquares(_ values: UnsafeBufferPointer<Self>, pool: WorkerPool?) -> Double
  {
    optimizerKernels.sumOfSquares(pool?.handle, values.baseAddress, values.count)
  }

  /// Index of the first infinity or NaN, or nil if every value is finite.
  public static func firstNonFiniteIndex(_ values: UnsafeBufferPointer<Self>) -> Int? {
    let index = optimizerKernels.firstNonFinite(values.baseAddress, values.count)
    return index < 0 ? nil : index
  }
}

extension AdamCoefficients {
  fileprivate var kernelCoefficients: toylab_adam_coefficients {
    toylab_adam_coefficients(
      gradient_scale: gradientScale, beta1: beta1, beta2: beta2, epsilon: epsilon, rate: rate,
      root: root, decay: decay)
  }
}
