// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Files

/// Limits the length of the whole gradient vector (the global norm), keeping its direction.
public struct GradientClipping: Sendable, Hashable, Codable {
  /// The largest Euclidean norm a step may use; nil leaves every gradient as it is.
  public var maximumNorm: Double?

  /// No clipping.
  public static let none = GradientClipping(maximumNorm: nil)

  /// Clips to `maximumNorm`, which must be above zero; nil clips nothing.
  public init(maximumNorm: Double?) {
    precondition(maximumNorm.map { $0 > 0 } ?? true, "A largest norm must be above zero.")
    self.maximumNorm = maximumNorm
  }

  /// The factor for a gradient of this norm: 1 up to ``maximumNorm``, their ratio above it.
  ///
  /// A NaN norm gives 1, so that a gradient that is not finite stays so and is found by
  /// ``firstNonFiniteIndex(_:)`` instead of being hidden.
  public func scale(forNorm norm: Double) -> Double {
    guard let maximumNorm, norm > maximumNorm else { return 1 }
    return maximumNorm / norm
  }
}

/// The Euclidean norm of a vector, accumulated in double precision in a fixed order.
///
/// - Parameter pool: Threads that share the work on a long vector; they change no bit of the result.
public func euclideanNorm<Scalar: OptimizerScalar>(
  _ values: UnsafeBufferPointer<Scalar>, pool: WorkerPool? = nil
) -> Double {
  Scalar.sumOfSquares(values, pool: pool).squareRoot()
}

/// The index of the first infinity or NaN in a vector, or nil if every value is finite.
public func firstNonFiniteIndex<Scalar: OptimizerScalar>(
  _ values: UnsafeBufferPointer<Scalar>
) -> Int? {
  Scalar.firstNonFiniteIndex(values)
}

/// The Euclidean norm of a buffer's contents, see ``euclideanNorm(_:pool:)``.
public func euclideanNorm<Scalar: EngineScalar & OptimizerScalar>(
  _ values: Buffer<Scalar>, pool: WorkerPool? = nil
) -> Double {
  euclideanNorm(UnsafeBufferPointer(values.elements), pool: pool)
}

/// The index of the first infinity or NaN in a buffer, or nil if every value is finite.
public func firstNonFiniteIndex<Scalar: EngineScalar & OptimizerScalar>(
  _ values: Buffer<Scalar>
) -> Int? {
  firstNonFiniteIndex(UnsafeBufferPointer(values.elements))
}

extension GradientClipping {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    if let norm = maximumNorm, !(norm > 0 && norm.isFinite) {
      throw ConfigurationError(
        setting: "clipping", value: "\(norm)", accepted: "a finite norm above 0")
    }
  }
}
