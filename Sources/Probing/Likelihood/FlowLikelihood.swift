// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// Points carried from the data to the noise along a velocity, and their log-likelihoods by the instantaneous change of
/// variables (Chen et al. 2018): `log p_0(x) = log N(x_T; 0, I) + ∫₀ᵀ ∇·v(x_t, t) dt`, with the exact divergence.
///
/// The pair of order 5 of Dormand and Prince chooses steps for all points together; the same steps, each cut in two,
/// then give the values returned. What the halving changes is stated for every point: it is the error of the coarser
/// values, and about 31 times that of the finer ones where the order is reached. It is an estimate, not a bound.
public struct FlowLikelihood: Sendable, Hashable {
  /// The errors that can be asked for.
  public static let validTolerances = 1e-10...1.0

  /// `log p_0(x)` a point, in natural logarithms.
  public let logDensities: [Double]

  /// What halving the steps changed in each log-density.
  public let errors: [Double]

  /// `x_T`, the noise of each point, `N × d` row-major.
  public let noise: [Double]

  /// What halving the steps changed in each noise, the largest coordinate.
  public let noiseErrors: [Double]

  /// The steps taken, each cut in two.
  public let stepCount: Int

  /// - Parameters:
  ///   - points: `N × d`, row-major, finite.
  ///   - tolerance: the largest error of a log-density, see ``validTolerances``.
  /// - Throws: ``FlowLikelihoodError``, or what the field throws.
  public init(_ field: FlowField, of points: [Double], tolerance: Double = 1e-5) throws {
    precondition(Self.validTolerances.contains(tolerance), "the tolerance \(tolerance)")
    let d = field.dimension
    precondition(points.count % d == 0, "\(points.count) numbers are no points of dimension \(d)")
    let count = points.count / d
    let integrator = DormandPrince(field, count: count)
    let start = points + Array(repeating: 0, count: count)
    var localTolerance = tolerance / 10
    while true {
      let coarse = try integrator.adaptive(start, tolerance: localTolerance)
      let fine = try integrator.halved(start, times: coarse.times)
      let errors = (0..<count).map { abs(fine[count * d + $0] - coarse.end[count * d + $0]) }
      guard fine.allSatisfy(\.isFinite) else {
        throw FlowLikelihoodError.notFinite(time: field.endTime)
      }
      let worst = errors.indices.max { errors[$0] < errors[$1] }
      if let worst, errors[worst] > tolerance {
        // The error is not of one point's making alone: all are carried again with smaller steps.
        localTolerance /= 32
        if localTolerance < tolerance * 1e-6 || localTolerance < 1e-14 {
          throw FlowLikelihoodError.tolerance(
            point: worst, error: errors[worst], tolerance: tolerance)
        }
        continue
      }
      self.errors = errors
      noise = Array(fine[..<(count * d)])
      noiseErrors = (0..<count).map { row in
        (row * d..<(row + 1) * d).reduce(0) { max($0, abs(fine[$1] - coarse.end[$1])) }
      }
      stepCount = coarse.times.count - 1
      logDensities = (0..<count).map { row in
        let squares = (row * d..<(row + 1) * d).reduce(0) { $0 + fine[$1] * fine[$1] }
        return fine[count * d + row] - 0.5 * (squares + Double(d) * log(2 * Double.pi))
      }
      return
    }
  }
}

/// Why points have no likelihood along a velocity.
public enum FlowLikelihoodError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The velocity or its divergence is not finite.
  case notFinite(time: Double)
  /// More steps than are taken.
  case tooManySteps(reached: Double, limit: Int)
  /// No steps meet the tolerance.
  case tolerance(point: Int, error: Double, tolerance: Double)

  public var description: String {
    switch self {
    case .notFinite(let time):
      return "the velocity or its divergence is not finite near time \(time)"
    case .tooManySteps(let reached, let limit):
      return "\(limit) steps from 0 end at time \(reached): the velocity is too steep for the "
        + "tolerance; give a larger one"
    case .tolerance(let point, let error, let tolerance):
      return "the log-likelihood of point \(point) is known to \(error), not to the tolerance "
        + "\(tolerance), with the smallest steps; give a larger one, or leave the point out"
    }
  }
}

/// The method of Dormand and Prince (1980) for a batch of points with their divergences: the state is `N × d` points and
/// behind them `N` integrals.
private struct DormandPrince {
  /// The most steps of an integration.
  static let largestStepCount = 20_000

  private let field: FlowField
  private let count: Int

  init(_ field: FlowField, count: Int) {
    self.field = field
    self.count = count
  }

  /// Integrates from 0 to `T` with steps whose error is at most `tolerance` in every number, relative to it or to 1.
  func adaptive(
    _ start: [Double], tolerance: Double
  ) throws -> (end: [Double], times: [Double]) {
    var (state, times) = (start, [0.0])
    var length = field.endTime / 16
    var rate = try self.rate(state, 0)
    while let time = times.last, time < field.endTime {
      guard times.count <= Self.largestStepCount else {
        throw FlowLikelihoodError.tooManySteps(reached: time, limit: Self.largestStepCount)
      }
      // A last step that would be a sliver is taken with the one before.
      let isLast = time + length * 1.01 >= field.endTime
      let step = isLast ? field.endTime - time : length
      let trial = try self.step(state, rate, time, step)
      let error = zip(trial.error, trial.end).reduce(0) {
        max($0, abs($1.0) / (1 + abs($1.1)))
      }
      guard error.isFinite || length > 1e-12 * field.endTime else {
        throw FlowLikelihoodError.notFinite(time: time)
      }
      if error <= tolerance {
        times.append(isLast ? field.endTime : time + step)
        (state, rate) = (trial.end, trial.endRate)
      }
      let factor = error.isFinite ? 0.9 * pow(tolerance / max(error, 1e-300), 0.2) : 0.1
      length = step * min(5, max(0.1, factor))
    }
    return (state, times)
  }

  /// Integrates with given steps, each cut in two.
  func halved(_ start: [Double], times: [Double]) throws -> [Double] {
    var state = start
    var rate = try self.rate(state, times[0])
    for (from, to) in zip(times, times.dropFirst()) {
      let middle = 0.5 * (from + to)
      for (time, end) in [(from, middle), (middle, to)] {
        let step = try self.step(state, rate, time, end - time)
        (state, rate) = (step.end, step.endRate)
      }
    }
    return state
  }

  private func rate(_ state: [Double], _ time: Double) throws -> [Double] {
    let values = try field.values(Array(state[..<(count * field.dimension)]), time)
    return values.velocities + values.divergences
  }

  private func step(
    _ state: [Double], _ first: [Double], _ time: Double, _ length: Double
  ) throws -> (end: [Double], endRate: [Double], error: [Double]) {
    var rates = [first]
    for (node, weights) in zip(Self.nodes, Self.weights) {
      rates.append(
        try rate(combination(state, rates, weights, length), time + node * length))
    }
    // The last stage stands at the end of the step with the weights of the solution.
    let end = combination(state, rates, Self.weights[Self.weights.count - 1], length)
    let zero = [Double](repeating: 0, count: state.count)
    return (end, rates[rates.count - 1], combination(zero, rates, Self.errorWeights, length))
  }

  private func combination(
    _ state: [Double], _ rates: [[Double]], _ weights: [Double], _ length: Double
  ) -> [Double] {
    var sum = state
    for (rate, weight) in zip(rates, weights) where weight != 0 {
      let factor = weight * length
      for index in sum.indices { sum[index] += factor * rate[index] }
    }
    return sum
  }

  private static let nodes: [Double] = [1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1]

  private static let weights: [[Double]] = [
    [1.0 / 5],
    [3.0 / 40, 9.0 / 40],
    [44.0 / 45, -56.0 / 15, 32.0 / 9],
    [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
    [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
    [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
  ]

  /// Order 5 less order 4.
  private static let errorWeights: [Double] = [
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
  ]
}
