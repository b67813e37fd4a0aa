// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import GroundTruth
internal import Interpolants
internal import RandomStreams

/// Claim 2: the exact flow map satisfies its three characterisations.
///
/// `f*(x;t,s)` follows `dy/du = v*(y,u)` from `y(t) = x` to `u = s`. Moving `s` moves the end with the
/// velocity found there (Lagrangian); starting at another point of the same trajectory changes nothing, and
/// the derivative of that statement is the Eulerian equation; trajectories can be continued (semigroup).
///
/// `f*` comes from an adaptive integrator of local tolerance `ε`, its Jacobian from the variational
/// equation, and the derivatives in time from central differences of order 8 with step `h`. What halving the
/// step changes is their own error and is taken off, point by point. Errors of single steps add up and are carried on by the Jacobian, bounded here by a hundred steps' worth of `ε`
/// and the largest ‖∇f*‖ of the points; a difference divides them by `h`. Two answers do not rest on the
/// integrator alone: the closed form `√(P(s)/P(t)) x` for one Gaussian, and the conservation of
/// probability, `log p_s(f*) + log |det ∇f*| = log p_t(x)`.
enum FlowMapEquationsCheck: TheoryCheck {
  static let number = 2
  static let claim = "the exact flow map is Eulerian, Lagrangian and a semigroup"

  private static let tolerance = 1e-13

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { kind -> [Finding] in
      session.progress(kind.rawValue)
      return try findings(kind, session) + [try gaussian(kind, session)]
    }
  }

  private static func findings(
    _ kind: InterpolantKind, _ session: CheckSession
  ) throws -> [Finding] {
    let target = try MixturePreset.skewed3.mixture()
    let interpolant = kind.interpolant
    let exact = ExactFlowMap(
      of: target, interpolant: interpolant, relativeTolerance: tolerance)
    let step = interpolant.endTime * 1e-3
    let times = Times(kind, count: session.isThorough ? 256 : 32, step: step, seed: session.seed)
    let points = target.samples(
      count: times.rows.count, stream: RandomStream(seed: session.seed, purpose: .check2Data))
    let noise = RandomStream(seed: session.seed, purpose: .check2Noise)
      .normals(rows: times.rows.count, draws: 2)
    var largest = Residuals()
    for (row, (t, s, u)) in times.rows.enumerated() {
      let range = 2 * row..<2 * row + 2
      let x = interpolant.noisy(data: Array(points[range]), noise: Array(noise[range]), at: t)
      let here = target.marginal(at: t, interpolant)
      let (end, jacobian) = try exact.mapWithJacobian(x, from: t, to: s)
      let velocity = here.velocity(x)
      let inTime = try derivative(step) { try exact.map(x, from: t + $0, to: s) }
      let transported = jacobian.map { -zip($0, velocity).reduce(0) { $0 + $1.0 * $1.1 } }
      largest.eulerian.take(inTime.distanceBeyondError(to: transported))
      largest.motion.take(norm(inTime.value))
      let there = target.marginal(at: s, interpolant)
      let inEnd = try derivative(step) { try exact.map(x, from: t, to: s + $0) }
      largest.lagrangian.take(inEnd.distanceBeyondError(to: there.velocity(end)))
      let halfway = try exact.map(x, from: t, to: u)
      largest.semigroup.take(distance(try exact.map(halfway, from: u, to: s), end))
      let volume = log(
        abs(jacobian[0][0] * jacobian[1][1] - jacobian[0][1] * jacobian[1][0]))
      largest.probability.take(
        abs(there.logDensity(end) + volume - here.logDensity(x)))
      largest.jacobian.take(norm(jacobian.flatMap { $0 }))
    }
    let carried = 100 * tolerance * max(1, largest.jacobian)
    func finding(_ quantity: String, _ measured: Double, atMost bound: Double) -> Finding {
      Finding("\(kind.rawValue): largest \(quantity)", measured: measured, .atMost(bound))
    }
    return [
      finding("|∂_t f* + ∇f* v*|", largest.eulerian, atMost: 2 * carried / step),
      Finding(
        "\(kind.rawValue): largest |∂_t f*|, which ∇f* v* has to cancel",
        measured: largest.motion, .atLeast(0.1)),
      finding("|∂_s f* − v*(f*,s)|", largest.lagrangian, atMost: 2 * carried / step),
      finding("|f*(f*(x;t,u);u,s) − f*(x;t,s)|", largest.semigroup, atMost: carried),
      // The density's logarithm moves with the score, which reaches about 10² on these points.
      finding(
        "|log p_s(f*) + log|det ∇f*| − log p_t(x)|", largest.probability, atMost: 100 * carried),
    ]
  }

  /// The largest deviation from `√(P(s)/P(t)) x`, `P = α²σ_d² + σ²`.
  private static func gaussian(_ kind: InterpolantKind, _ session: CheckSession) throws -> Finding {
    let deviation = 0.4
    let interpolant = kind.interpolant
    let target = try GaussianMixture(weights: [1], means: [[0]], deviation: deviation)
    let exact = ExactFlowMap(
      of: target, interpolant: interpolant, relativeTolerance: tolerance)
    func spread(_ time: Double) -> Double {
      let c = interpolant.coefficients(at: time)
      return (c.signal * c.signal * deviation * deviation + c.noise * c.noise).squareRoot()
    }
    var largest = 0.0
    for (t, s, u) in Times(kind, count: 32, step: 0, seed: session.seed).rows {
      let x = 4 * u / interpolant.endTime - 2
      let mapped = try exact.map([x], from: t, to: s)
      largest.take(abs(mapped[0] - spread(s) / spread(t) * x))
    }
    return Finding(
      "\(kind.rawValue): largest |f* − √(P(s)/P(t)) x|, one Gaussian", measured: largest,
      .atMost(100 * tolerance / deviation))
  }

  /// Rows of `s ≤ u ≤ t`, far enough from 0, from `T` and from each other for differences of a step.
  private struct Times {
    let rows: [(t: Double, s: Double, u: Double)]

    init(_ kind: InterpolantKind, count: Int, step: Double, seed: UInt64) {
      let end = kind.interpolant.endTime
      let uniforms = RandomStream(seed: seed, purpose: .check2Times)
        .uniforms(rows: count, draws: 3)
      rows = (0..<count).map { row in
        let sorted = (0..<3).map { uniforms[3 * row + $0] }.sorted()
        func placed(_ share: Double) -> Double { 4 * step + share * (end - 8 * step) }
        return (placed(sorted[2]), placed(sorted[0]), placed(sorted[1]))
      }
    }
  }

  private struct Residuals {
    var eulerian = 0.0
    var motion = 0.0
    var lagrangian = 0.0
    var semigroup = 0.0
    var probability = 0.0
    var jacobian = 0.0
  }

  /// A derivative with what halving its step changed.
  private struct Derivative {
    let value: [Double]
    let error: Double

    func distanceBeyondError(to other: [Double]) -> Double {
      let found = distance(value, other)
      return found.isNaN ? found : max(0, found - error)
    }
  }

  private static func derivative(
    _ step: Double, _ value: (Double) throws -> [Double]
  ) rethrows -> Derivative {
    let (coarse, fine) = (try difference(step, value), try difference(step / 2, value))
    return Derivative(value: fine, error: distance(coarse, fine))
  }

  /// The derivative at 0 by central differences of order 8.
  private static func difference(
    _ step: Double, _ value: (Double) throws -> [Double]
  ) rethrows -> [Double] {
    var sum = [Double](repeating: 0, count: 2)
    for (index, weight) in [4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280].enumerated() {
      let offset = Double(index + 1) * step
      let (above, below) = (try value(offset), try value(-offset))
      for axis in 0..<2 { sum[axis] += weight * (above[axis] - below[axis]) / step }
    }
    return sum
  }

  private static func norm(_ x: [Double]) -> Double {
    x.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private static func distance(_ x: [Double], _ y: [Double]) -> Double {
    norm(zip(x, y).map { $0 - $1 })
  }
}
