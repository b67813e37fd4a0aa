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

/// An element type for which the vector kernels of the optimisers exist.
///
/// All buffers of one call have the same count and do not overlap. Long ones are shared out over the
/// pool's threads; without a pool the calling thread does it all. No bit depends on which.
public protocol OptimizerScalar: BinaryFloatingPoint & Sendable {
  /// Updates both moments from `gradientScale * gradient`, then
  /// `parameters = (1 - decay) * parameters - rate * first / (sqrt(second) / root + epsilon)`.
  static func adamStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    firstMoment: UnsafeMutableBufferPointer<Self>, secondMoment: UnsafeMutableBufferPointer<Self>,
    coefficients: AdamCoefficients, pool: WorkerPool?)

  /// Updates both moments, then `parameters = (1 - decay) * parameters - rate * first`.
  static func unadaptedStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    firstMoment: UnsafeMutableBufferPointer<Self>, secondMoment: UnsafeMutableBufferPointer<Self>,
    coefficients: AdamCoefficients, pool: WorkerPool?)

  /// `velocity = momentum * velocity + gradientScale * gradient`, `parameters -= rate * velocity`.
  static func momentumStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    velocity: UnsafeMutableBufferPointer<Self>, gradientScale: Double, rate: Double,
    momentum: Double, pool: WorkerPool?)

  /// `parameters -= rate * gradientScale * gradient`.
  static func descentStep(
    parameters: UnsafeMutableBufferPointer<Self>, gradient: UnsafeBufferPointer<Self>,
    gradientScale: Double, rate: Double, pool: WorkerPool?)

  /// `average += weight * (values - average)`, kept in double precision.
  static func updateAverage(
    _ average: UnsafeMutableBufferPointer<Double>, values: UnsafeBufferPointer<Self>,
    weight: Double, pool: WorkerPool?)

  /// `values = average`, each rounded once.
  static func copy(
    average: UnsafeBufferPointer<Double>, to values: UnsafeMutableBufferPointer<Self>)

  /// Sum of squares in double precision, added in an order that depends on the count alone.
  static func sumOfSquares(_ values: UnsafeBufferPointer<Self>, pool: WorkerPool?) -> Double

  /// Index of the first infinity or NaN, or nil if every value is finite.
  static func firstNonFiniteIndex(_ values: UnsafeBufferPointer<Self>) -> Int?
}

extension AdamCoefficients {
  fileprivate var kernelCoefficients: toylab_adam_coefficients {
    toylab_adam_coefficients(
      gradient_scale: gradientScale, beta1: beta1, beta2: beta2, epsilon: epsilon, rate: rate,
      root: root, decay: decay)
  }
}

extension Float: OptimizerScalar {
  public static func copy(
    average: UnsafeBufferPointer<Double>, to values: UnsafeMutableBufferPointer<Float>
  ) {
    for index in average.indices { values[index] = Float(average[index]) }
  }

  public static func adamStep(
    parameters: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    firstMoment: UnsafeMutableBufferPointer<Float>, secondMoment: UnsafeMutableBufferPointer<Float>,
    coefficients: AdamCoefficients, pool: WorkerPool?
  ) {
    toylab_adam_step_float(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, firstMoment.baseAddress,
      secondMoment.baseAddress, parameters.count, coefficients.kernelCoefficients)
  }

  public static func unadaptedStep(
    parameters: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    firstMoment: UnsafeMutableBufferPointer<Float>, secondMoment: UnsafeMutableBufferPointer<Float>,
    coefficients: AdamCoefficients, pool: WorkerPool?
  ) {
    toylab_radam_unadapted_step_float(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, firstMoment.baseAddress,
      secondMoment.baseAddress, parameters.count, coefficients.kernelCoefficients)
  }

  public static func momentumStep(
    parameters: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    velocity: UnsafeMutableBufferPointer<Float>, gradientScale: Double, rate: Double,
    momentum: Double, pool: WorkerPool?
  ) {
    toylab_momentum_step_float(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, velocity.baseAddress,
      parameters.count,
      gradientScale, rate, momentum)
  }

  public static func descentStep(
    parameters: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    gradientScale: Double, rate: Double, pool: WorkerPool?
  ) {
    toylab_descent_step_float(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, parameters.count, gradientScale,
      rate)
  }

  public static func updateAverage(
    _ average: UnsafeMutableBufferPointer<Double>, values: UnsafeBufferPointer<Float>,
    weight: Double, pool: WorkerPool?
  ) {
    toylab_average_update_float(
      pool?.handle, average.baseAddress, values.baseAddress, values.count, weight)
  }

  public static func sumOfSquares(
    _ values: UnsafeBufferPointer<Float>, pool: WorkerPool?
  ) -> Double {
    toylab_sum_of_squares_float(pool?.handle, values.baseAddress, values.count)
  }

  public static func firstNonFiniteIndex(_ values: UnsafeBufferPointer<Float>) -> Int? {
    let index = toylab_first_non_finite_float(values.baseAddress, values.count)
    return index < 0 ? nil : index
  }
}

extension Double: OptimizerScalar {
  public static func copy(
    average: UnsafeBufferPointer<Double>, to values: UnsafeMutableBufferPointer<Double>
  ) {
    for index in average.indices { values[index] = average[index] }
  }

  public static func adamStep(
    parameters: UnsafeMutableBufferPointer<Double>, gradient: UnsafeBufferPointer<Double>,
    firstMoment: UnsafeMutableBufferPointer<Double>,
    secondMoment: UnsafeMutableBufferPointer<Double>,
    coefficients: AdamCoefficients, pool: WorkerPool?
  ) {
    toylab_adam_step_double(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, firstMoment.baseAddress,
      secondMoment.baseAddress, parameters.count, coefficients.kernelCoefficients)
  }

  public static func unadaptedStep(
    parameters: UnsafeMutableBufferPointer<Double>, gradient: UnsafeBufferPointer<Double>,
    firstMoment: UnsafeMutableBufferPointer<Double>,
    secondMoment: UnsafeMutableBufferPointer<Double>,
    coefficients: AdamCoefficients, pool: WorkerPool?
  ) {
    toylab_radam_unadapted_step_double(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, firstMoment.baseAddress,
      secondMoment.baseAddress, parameters.count, coefficients.kernelCoefficients)
  }

  public static func momentumStep(
    parameters: UnsafeMutableBufferPointer<Double>, gradient: UnsafeBufferPointer<Double>,
    velocity: UnsafeMutableBufferPointer<Double>, gradientScale: Double, rate: Double,
    momentum: Double, pool: WorkerPool?
  ) {
    toylab_momentum_step_double(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, velocity.baseAddress,
      parameters.count,
      gradientScale, rate, momentum)
  }

  public static func descentStep(
    parameters: UnsafeMutableBufferPointer<Double>, gradient: UnsafeBufferPointer<Double>,
    gradientScale: Double, rate: Double, pool: WorkerPool?
  ) {
    toylab_descent_step_double(
      pool?.handle, parameters.baseAddress, gradient.baseAddress, parameters.count, gradientScale,
      rate)
  }

  public static func updateAverage(
    _ average: UnsafeMutableBufferPointer<Double>, values: UnsafeBufferPointer<Double>,
    weight: Double, pool: WorkerPool?
  ) {
    toylab_average_update_double(
      pool?.handle, average.baseAddress, values.baseAddress, values.count, weight)
  }

  public static func sumOfSquares(
    _ values: UnsafeBufferPointer<Double>, pool: WorkerPool?
  ) -> Double {
    toylab_sum_of_squares_double(pool?.handle, values.baseAddress, values.count)
  }

  public static func firstNonFiniteIndex(_ values: UnsafeBufferPointer<Double>) -> Int? {
    let index = toylab_first_non_finite_double(values.baseAddress, values.count)
    return index < 0 ? nil : index
  }
}
