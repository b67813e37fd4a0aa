// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants

/// The law `p_t` of `x_t = α(t) x + σ(t) z` for data `x` from a mixture and `z ~ N(0, I)`, with the exact
/// moments of the conditional velocity given `x_t` (theory, section 5). Made once per time.
///
/// All is computed in log-space and in the eigenbases of the covariances: any time from 0 to `T`
/// inclusive, any finite point and nearly degenerate covariances are in range.
public struct MixtureMarginal: Sendable {
  public let time: Double
  public let dimension: Int
  public var componentCount: Int { parameters.count }
  private let parameters: MixtureParameters
  private let storage: [Double]

  init(_ parameters: MixtureParameters, time: Double, _ values: ScheduleValues) {
    self.time = time
    self.parameters = parameters
    dimension = parameters.dimension
    let count = MarginalTables.count(
      components: parameters.count, dimension: parameters.dimension)
    storage = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = buffer.baseAddress else { preconditionFailure("a mixture is never empty") }
      parameters.withPointers {
        MarginalTables(storage: base, parameters: $0).update($0, values)
      }
      filled = count
    }
  }
}

extension GaussianMixture {
  /// The mixture under an interpolant at `time` in `[0, T]`.
  public func marginal(at time: Double, _ interpolant: any Interpolant) -> MixtureMarginal {
    precondition(
      time >= 0 && time <= interpolant.endTime,
      "time \(time) is outside [0, \(interpolant.endTime)]")
    return MixtureMarginal(parameters, time: time, Schedule(interpolant).values(at: time))
  }
}

// MARK: - Values

extension MixtureMarginal {
  /// `log p_t(x)`.
  public func logDensity(_ x: [Double]) -> Double {
    checked(x).withUnsafeBufferPointer {
      withEvaluation(base($0)) { _, _, logDensity in logDensity }
    }
  }

  /// `∇ log p_t(x)`.
  public func score(_ x: [Double]) -> [Double] { vector(x, score) }

  /// `v*(x,t) = E[v_c | x_t = x]`.
  public func velocity(_ x: [Double]) -> [Double] { vector(x, velocity) }

  /// `Σ(x,t) = Cov[v_c | x_t = x]`, `d × d`.
  public func velocityCovariance(_ x: [Double]) -> [[Double]] { matrix(x, velocityCovariance) }

  /// `∇v*(x,t)`, `d × d`: entry `[i][j]` is `∂v*_i/∂x_j`.
  public func velocityJacobian(_ x: [Double]) -> [[Double]] { matrix(x, velocityJacobian) }

  /// `r_k(x)`, the probability of each component given `x_t = x`.
  public func responsibilities(_ x: [Double]) -> [Double] {
    checked(x).withUnsafeBufferPointer { point in
      withEvaluation(base(point)) { _, scratch, _ in
        Array(UnsafeBufferPointer(start: scratch.responsibilities, count: componentCount))
      }
    }
  }
}

// MARK: - Hot loops

extension MixtureMarginal {
  /// `log p_t(x)` for `d` coordinates. Allocates nothing on the heap while `K (1 + 2d) ≤ 128`, as the
  /// other forms on pointers.
  public func logDensity(at x: UnsafePointer<Double>) -> Double {
    withEvaluation(x) { _, _, logDensity in logDensity }
  }

  /// `∇ log p_t(x)`, `d` numbers.
  public func score(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withEvaluation(x) { tables, scratch, _ in tables.average(scratch.scores, scratch, into: out) }
  }

  /// `v*(x,t)`, `d` numbers.
  public func velocity(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withEvaluation(x) { tables, scratch, _ in
      tables.average(scratch.velocities, scratch, into: out)
    }
  }

  /// `Σ(x,t)`, `d × d`, row-major.
  public func velocityCovariance(
    at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    withVelocity(x) { tables, scratch, mean in tables.covariance(mean, scratch, into: out) }
  }

  /// `∇v*(x,t)`, `d × d`, row-major.
  public func velocityJacobian(
    at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    withVelocity(x) { tables, scratch, mean in tables.jacobian(mean, scratch, into: out) }
  }

  private func withVelocity(
    _ x: UnsafePointer<Double>,
    _ body: (MarginalTables, MarginalScratch, UnsafePointer<Double>) -> Void
  ) {
    withEvaluation(x) { tables, scratch, _ in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { mean in
        let mean = base(mean)
        tables.average(scratch.velocities, scratch, into: mean)
        body(tables, scratch, mean)
      }
    }
  }

  private func withEvaluation<Result>(
    _ x: UnsafePointer<Double>, _ body: (MarginalTables, MarginalScratch, Double) -> Result
  ) -> Result {
    let count = MarginalScratch.count(components: componentCount, dimension: dimension)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { memory in
      let scratch = MarginalScratch(
        base(memory), components: componentCount, dimension: dimension)
      return parameters.withPointers { parameters in
        storage.withUnsafeBufferPointer { storage in
          // The tables are only read from here on.
          let tables = MarginalTables(
            storage: UnsafeMutablePointer(mutating: base(storage)), parameters: parameters)
          return body(tables, scratch, tables.evaluate(x, scratch))
        }
      }
    }
  }
}

// MARK: - Arrays

extension MixtureMarginal {
  private typealias Filler = (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  private func vector(_ x: [Double], _ fill: Filler) -> [Double] {
    numbers(x, count: dimension, fill)
  }

  private func matrix(_ x: [Double], _ fill: Filler) -> [[Double]] {
    let flat = numbers(x, count: dimension * dimension, fill)
    return (0..<dimension).map { Array(flat[$0 * dimension..<($0 + 1) * dimension]) }
  }

  private func numbers(_ x: [Double], count: Int, _ fill: Filler) -> [Double] {
    checked(x).withUnsafeBufferPointer { point in
      [Double](unsafeUninitializedCapacity: count) { buffer, filled in
        fill(base(point), base(buffer))
        filled = count
      }
    }
  }

  private func checked(_ x: [Double]) -> [Double] {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    return x
  }
}

/// The start of a buffer that is known not to be empty.
func base<Element>(_ buffer: UnsafeBufferPointer<Element>) -> UnsafePointer<Element> {
  guard let base = buffer.baseAddress else { preconditionFailure("the buffer is empty") }
  return base
}

/// The start of a buffer that is known not to be empty.
func base<Element>(
  _ buffer: UnsafeMutableBufferPointer<Element>
) -> UnsafeMutablePointer<Element> {
  guard let base = buffer.baseAddress else { preconditionFailure("the buffer is empty") }
  return base
}
