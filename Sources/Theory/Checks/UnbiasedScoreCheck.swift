// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import GroundTruth
internal import Interpolants
import Measures
internal import RandomStreams

/// Claim 11: `E[∇ log p(x_t|x) | x_t] = ∇ log p_t(x_t)`.
///
/// `∇p_t(x_t) = ∫ p_X(x) ∇p(x_t|x) dx = ∫ p_X(x) p(x_t|x) ∇ log p(x_t|x) dx`; divided by `p_t(x_t)` the
/// right side is a mean over the posterior of `x`. Here `∇ log p(x_t|x) = −(x_t − αx)/σ²`.
///
/// For a mixture the posterior is one too and is sampled exactly: component `k` with probability
/// `r_k(x_t)`, then `x` normal, in the eigenbasis of `C_k` with mean `m + (αc/p)(x_t − αm)` and variance
/// `cσ²/p`, `p = α²c + σ²`. At a few points the mean over the posterior is held against the score. Over all
/// pairs, which need no posterior, the same is held against test functions: `E[φ(x_t)·(∇ log p(x_t|x) −
/// ∇ log p_t(x_t))] = 0` for any `φ`. The score itself is held against differences of `log p_t`.
enum UnbiasedScoreCheck: TheoryCheck {
  static let number = 11
  static let claim = "E[∇log p(x_t|x) | x_t] = ∇log p_t(x_t)"

  private static let shares = [0.15, 0.4, 0.7, 0.95]

  static func run(_ session: CheckSession) throws -> [Finding] {
    let target = try MixturePreset.skewed3.mixture()
    return try InterpolantKind.allCases.flatMap { kind -> [Finding] in
      session.progress(kind.rawValue)
      return try byConditioning(target, kind, session) + byTestFunctions(target, kind, session)
        + [byDifferences(target, kind, session)]
    }
  }

  // MARK: At given points

  private static func byConditioning(
    _ target: GaussianMixture, _ kind: InterpolantKind, _ session: CheckSession
  ) throws -> [Finding] {
    let interpolant = kind.interpolant
    let count = session.isThorough ? 4_000_000 : 400_000
    var deviations: [Double] = []
    var relativeError = 0.0
    for (index, share) in shares.enumerated() {
      let t = share * interpolant.endTime
      let c = interpolant.coefficients(at: t)
      let stream = RandomStream(seed: session.seed, purpose: .check11Point, number: index)
      let point = interpolant.noisy(
        data: target.samples(count: 1, stream: stream.appending("data")),
        noise: stream.appending("noise").normals(rows: 1, draws: 2), at: t)
      let score = target.marginal(at: t, interpolant).score(point)
      var moments = [RunningMoments(), RunningMoments()]
      let posterior = Posterior(target, point: point, interpolant, t)
      posterior.draw(count, stream.appending("posterior")) { x in
        for axis in 0..<2 {
          moments[axis].add(-(point[axis] - c.signal * x[axis]) / (c.noise * c.noise))
        }
      }
      for axis in 0..<2 {
        let mean = moments[axis].estimate
        deviations.append((mean.value - score[axis]) / mean.standardError)
        relativeError.take(mean.standardError / max(1, abs(score[axis])))
      }
    }
    // The largest of eight standard normal numbers is beyond 4.5 once in 18,000 trials.
    return [
      Finding(
        "\(kind.rawValue): largest deviation of the posterior mean, in standard errors",
        measured: deviations.map(abs).max() ?? .nan, .atMost(4.5)),
      Finding(
        "\(kind.rawValue): largest standard error, relative to the score or 1",
        measured: relativeError, .atMost(0.1)),
    ]
  }

  // MARK: Over all pairs

  private static func byTestFunctions(
    _ target: GaussianMixture, _ kind: InterpolantKind, _ session: CheckSession
  ) -> [Finding] {
    let interpolant = kind.interpolant
    let count = session.isThorough ? 4_000_000 : 400_000
    let functions: [(String, ([Double]) -> [Double])] = [
      ("x", { $0 }), ("(sin 2x_1, cos 2x_2)", { [sin(2 * $0[0]), cos(2 * $0[1])] }),
    ]
    let t = 0.5 * interpolant.endTime
    let c = interpolant.coefficients(at: t)
    let marginal = target.marginal(at: t, interpolant)
    let stream = RandomStream(seed: session.seed, purpose: .check11Pairs)
    let data = target.samples(count: count, stream: stream.appending("data"))
    let noise = stream.appending("noise").normals(rows: count, draws: 2)
    var moments = functions.map { _ in RunningMoments() }
    var sizes = functions.map { _ in RunningMoments() }
    for row in 0..<count {
      let z = [noise[2 * row], noise[2 * row + 1]]
      let point = interpolant.noisy(data: [data[2 * row], data[2 * row + 1]], noise: z, at: t)
      let score = marginal.score(point)
      for (index, function) in functions.enumerated() {
        let weight = function.1(point)
        // Given x, the score of x_t is −z/σ.
        moments[index].add((0..<2).reduce(0) { $0 + weight[$1] * (-z[$1] / c.noise - score[$1]) })
        sizes[index].add((0..<2).reduce(0) { $0 + weight[$1] * score[$1] })
      }
    }
    return functions.indices.flatMap { index -> [Finding] in
      let mean = moments[index].estimate
      let name = "\(kind.rawValue), φ = \(functions[index].0)"
      return [
        Finding(
          "\(name): E φ·(∇log p(x_t|x) − ∇log p_t)", measured: mean.value,
          standardError: mean.standardError, .agrees(0, standardErrors: 4)),
        Finding(
          "\(name): |E φ·∇log p_t| in those standard errors",
          measured: abs(sizes[index].mean) / mean.standardError, .atLeast(20)),
      ]
    }
  }

  // MARK: The score itself

  /// Central differences of order 2 with step `h` err by `h²/6` times a third derivative, which stays below
  /// `(4/σ)³` within four deviations of the noise `σ`.
  private static func byDifferences(
    _ target: GaussianMixture, _ kind: InterpolantKind, _ session: CheckSession
  ) -> Finding {
    let interpolant = kind.interpolant
    let h = 1e-5
    var largest = 0.0
    for (index, share) in shares.enumerated() {
      let t = share * interpolant.endTime
      let marginal = target.marginal(at: t, interpolant)
      let stream = RandomStream(seed: session.seed, purpose: .check11Differences, number: index)
      let sigma = interpolant.coefficients(at: t).noise
      let point = interpolant.noisy(
        data: target.samples(count: 1, stream: stream.appending("data")),
        noise: stream.appending("noise").normals(rows: 1, draws: 2), at: t)
      let score = marginal.score(point)
      for axis in 0..<2 {
        var (above, below) = (point, point)
        above[axis] += h
        below[axis] -= h
        let slope = (marginal.logDensity(above) - marginal.logDensity(below)) / (2 * h)
        let bound = h * h / 6 * (4 / sigma) * (4 / sigma) * (4 / sigma) + 1e-14 / h
        largest.take(abs(slope - score[axis]) / bound)
      }
    }
    return Finding(
      "\(kind.rawValue): largest |difference of log p_t − score| over its bound",
      measured: largest, .atMost(1))
  }
}

/// The law of `x` given `x_t`.
private struct Posterior {
  /// `U`, means in the eigenbasis and deviations, by component.
  private let components: [(basis: [[Double]], mean: [Double], deviation: [Double])]
  private let thresholds: [Double]

  init(
    _ target: GaussianMixture, point: [Double], _ interpolant: any Interpolant, _ t: Double
  ) {
    let c = interpolant.coefficients(at: t)
    components = target.components.map { component in
      let basis = component.eigenvectors
      func coordinate(_ x: [Double], _ axis: Int) -> Double {
        x.indices.reduce(0) { $0 + basis[$1][axis] * x[$1] }
      }
      let variances = component.eigenvalues
      let totals = variances.map { c.signal * c.signal * $0 + c.noise * c.noise }
      let means = variances.indices.map { axis in
        let mean = coordinate(component.mean, axis)
        return mean
          + c.signal * variances[axis] / totals[axis]
          * (coordinate(point, axis) - c.signal * mean)
      }
      return (
        basis, means,
        zip(variances, totals).map { ($0 * c.noise * c.noise / $1).squareRoot() }
      )
    }
    var sum = 0.0
    // Responsibilities are worked out here by Bayes' rule, with the density of a component's x_t.
    let logs = target.components.enumerated().map { index, component -> Double in
      component.eigenvalues.indices.reduce(component.logWeight) { total, axis in
        let variance =
          c.signal * c.signal * component.eigenvalues[axis] + c.noise * c.noise
        let offset = point.indices.reduce(0.0) {
          $0 + component.eigenvectors[$1][axis] * (point[$1] - c.signal * component.mean[$1])
        }
        return total - 0.5 * (offset * offset / variance + log(variance))
      }
    }
    let largest = logs.max() ?? 0
    let total = logs.reduce(0) { $0 + exp($1 - largest) }
    thresholds = logs.map {
      sum += exp($0 - largest) / total
      return sum
    }
  }

  func draw(_ count: Int, _ stream: RandomStream, _ body: ([Double]) -> Void) {
    let uniforms = stream.appending("component").uniforms(rows: count, draws: 1)
    let normals = stream.appending("normals").normals(rows: count, draws: 2)
    for row in 0..<count {
      let index = thresholds.firstIndex { uniforms[row] < $0 } ?? thresholds.count - 1
      let chosen = components[index]
      let y = (0..<2).map { chosen.mean[$0] + chosen.deviation[$0] * normals[2 * row + $0] }
      body(chosen.basis.map { $0[0] * y[0] + $0[1] * y[1] })
    }
  }
}
