// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants

/// The law `p_t` of `x_t = α(t) x + σ(t) z` for data `x` from a mixture and `z ~ N(0, I)`, with the exact
/// moments of the conditional velocity given `x_t` (theory, section 5). Made once per time.
///
/// All is computed in log-space and in the eigenbases of the covariances: any time from 0 to `T`
/// inclusive, any finite point and nearly degenerate covariances are in range. Of a fine mixture, whose components
/// share a covariance from ``GaussianMixture/fineComponentCount`` of them on, components whose weights at a point
/// are together below 1e-18 of the whole may be left out of sums.
public struct MixtureMarginal: Sendable {
  public let time: Double
  public let dimension: Int
  public let componentCount: Int
  private let form: MixtureForm
  private let storage: [Double]

  init(_ form: MixtureForm, time: Double, _ values: ScheduleValues) {
    self.time = time
    self.form = form
    switch form {
    case .general(let parameters):
      dimension = parameters.dimension
      componentCount = parameters.count
      storage = filled(
        MarginalTables.count(components: parameters.count, dimension: parameters.dimension)
      ) { storage in
        parameters.withPointers {
          MarginalTables(storage: storage, parameters: $0).update($0, values)
        }
      }
    case .fine(let mixture):
      dimension = mixture.dimension
      componentCount = mixture.count
      storage = filled(FineTables.count(dimension: mixture.dimension)) {
        FineTables(storage: $0, mixture).update(values)
      }
    }
  }
}

/// Numbers as a body fills them.
private func filled(
  _ count: Int, _ body: (UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
  [Double](unsafeUninitializedCapacity: count) { buffer, filled in
    body(base(buffer))
    filled = count
  }
}

extension GaussianMixture {
  /// The mixture under an interpolant at `time` in `[0, T]`.
  public func marginal(at time: Double, _ interpolant: any Interpolant) -> MixtureMarginal {
    precondition(
      time >= 0 && time <= interpolant.endTime,
      "time \(time) is outside [0, \(interpolant.endTime)]")
    return MixtureMarginal(form, time: time, Schedule(interpolant).values(at: time))
  }
}

// MARK: - Values

extension MixtureMarginal {
  /// `r_k(x)`, the probability of each component given `x_t = x`.
  public func responsibilities(_ x: [Double]) -> [Double] {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    return filled(componentCount) { out in
      x.withUnsafeBufferPointer { x in
        evaluate(base(x)) { _, scratch, _ in
          out.update(from: scratch.responsibilities, count: componentCount)
        } fine: {
          $0.responsibilities(base(x), into: out)
        }
      }
    }
  }
}

// MARK: - Hot loops

extension MixtureMarginal {
  /// `log p_t(x)` for `d` coordinates. Allocates nothing on the heap while `K (1 + 2d) ≤ 128`, as the
  /// other forms on pointers.
  public func logDensity(at x: UnsafePointer<Double>) -> Double {
    evaluate(x) { _, _, logDensity in
      logDensity
    } fine: {
      $0.logDensity(x)
    }
  }

  /// `∇ log p_t(x)`, `d` numbers.
  public func score(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    evaluate(x) { tables, scratch, _ in
      tables.average(scratch.scores, scratch, into: out)
    } fine: {
      $0.score(x, into: out)
    }
  }

  /// `v*(x,t)`, `d` numbers.
  public func velocity(at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    evaluate(x) { tables, scratch, _ in
      tables.average(scratch.velocities, scratch, into: out)
    } fine: {
      $0.velocity(x, into: out)
    }
  }

  /// `Σ(x,t)`, `d × d`, row-major.
  public func velocityCovariance(
    at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    evaluate(x) { tables, scratch, _ in
      withVelocity(tables, scratch) { tables.covariance($0, scratch, into: out) }
    } fine: {
      $0.covariance(x, into: out)
    }
  }

  /// `∇v*(x,t)`, `d × d`, row-major.
  public func velocityJacobian(
    at x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    evaluate(x) { tables, scratch, _ in
      withVelocity(tables, scratch) { tables.jacobian($0, scratch, into: out) }
    } fine: {
      $0.velocity(x, into: nil, jacobian: out)
    }
  }

  private func withVelocity(
    _ tables: MarginalTables, _ scratch: MarginalScratch, _ body: (UnsafePointer<Double>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { mean in
      let mean = base(mean)
      tables.average(scratch.velocities, scratch, into: mean)
      body(mean)
    }
  }

  private func evaluate<Result>(
    _ x: UnsafePointer<Double>,
    general: (MarginalTables, MarginalScratch, _ logDensity: Double) -> Result,
    fine: (FineTables) -> Result
  ) -> Result {
    storage.withUnsafeBufferPointer { storage in
      // The tables are only read from here on.
      let storage = UnsafeMutablePointer(mutating: base(storage))
      switch form {
      case .fine(let mixture):
        return fine(FineTables(storage: storage, mixture))
      case .general(let parameters):
        let count = MarginalScratch.count(components: componentCount, dimension: dimension)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { memory in
          let scratch = MarginalScratch(
            base(memory), components: componentCount, dimension: dimension)
          return parameters.withPointers { parameters in
            let tables = MarginalTables(storage: storage, parameters: parameters)
            return general(tables, scratch, tables.evaluate(x, scratch))
          }
        }
      }
    }
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
