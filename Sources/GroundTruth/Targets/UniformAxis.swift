// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// What is known of one coordinate of `x_t` for data uniform on an interval `[a, b]`.
///
/// Given `x_t = y` the noise `z` is a standard normal truncated to `[(y − αb)/σ, (y − αa)/σ]`. Its moments
/// have a closed form through the error function, used where that does not cancel; on narrow intervals
/// (towards pure noise) and in the tails the same integrals are done by Gauss–Legendre quadrature over the part of the
/// interval that counts, which is exact to rounding. The velocity follows from the noise,
/// `v_c = (α' y + ν z)/α`, while the signal leads, and from the data, `v_c = (σ' y − ν x)/σ`, after.
struct UniformAxis {
  /// `log p(y)`.
  let logDensity: Double
  /// `∂ log p/∂y = −E[z|y]/σ`.
  let score: Double
  /// `E[v_c|y]`.
  let velocity: Double
  /// `Var[v_c|y]`.
  let velocityVariance: Double
  /// `∂E[v_c|y]/∂y`.
  let velocitySlope: Double
  /// At time 0 the squared distance of the point from the interval, otherwise 0.
  let squaredGap: Double

  init(_ y: Double, lower: Double, upper: Double, _ time: ScheduleValues) {
    let (a, s, aRate, sRate) = (time.signal, time.noise, time.signalRate, time.noiseRate)
    let nu = a * sRate - s * aRate
    guard s > 0 else {
      let nearest = min(max(y / a, lower), upper)
      let gap = y / a - nearest
      logDensity = gap == 0 ? -log(a * (upper - lower)) : -.infinity
      score = 0
      velocity = aRate * nearest
      velocityVariance = nu * nu / (a * a)
      velocitySlope = aRate / a
      squaredGap = gap * gap
      return
    }
    let (centre, half) = (0.5 * (lower + upper), 0.5 * (upper - lower))
    let p = (y - a * centre) / s
    let posterior = TruncatedNormal(centre: p.magnitude, halfWidth: a * half / s)
    let noise = p < 0 ? -posterior.mean : posterior.mean
    logDensity = posterior.logMeanDensity - log(s)
    score = -noise / s
    squaredGap = 0
    if a >= s {
      velocity = (aRate * y + nu * noise) / a
      velocityVariance = nu * nu / (a * a) * posterior.variance
      velocitySlope = aRate / a + nu / (a * s) * posterior.varianceDeficit
    } else {
      let data = centre + half * (p < 0 ? -posterior.place : posterior.place)
      let variance = half * half * posterior.placeVariance
      velocity = (sRate * y - nu * data) / s
      velocityVariance = nu * nu / (s * s) * variance
      velocitySlope = sRate / s - nu * a / (s * s * s) * variance
    }
  }
}

/// A standard normal variable `z` truncated to `[p − q, p + q]`, `p ≥ 0`, and its place `s = (p − z)/q`, in
/// [−1, 1].
struct TruncatedNormal {
  /// The logarithm of the mean of the normal density over the interval.
  let logMeanDensity: Double
  let mean: Double
  let variance: Double
  /// `1 − variance`, to its own relative accuracy where the variance is near 1.
  let varianceDeficit: Double
  let place: Double
  let placeVariance: Double

  init(centre p: Double, halfWidth q: Double) {
    let (l, u) = (p - q, p + q)
    if l <= 2 && q > 0.5 {
      let root = 0.5.squareRoot()
      let mass =
        l > 0
        ? 0.5 * (erfc(l * root) - erfc(u * root)) : 0.5 * (erf(u * root) - erf(l * root))
      let (atLower, atUpper) = (normalDensity(l), normalDensity(u))
      mean = (atLower - atUpper) / mass
      let edges = (atLower > 0 ? l * atLower : 0) - (atUpper > 0 ? u * atUpper : 0)
      varianceDeficit = mean * mean - edges / mass
      variance = 1 - varianceDeficit
      logMeanDensity = log(mass) - log(2 * q)
      place = (p - mean) / q
      placeVariance = variance / (q * q)
      return
    }
    // Beyond a factor of e^40 nothing counts.
    let reach = l > 0 ? 80 / ((l * l + 80).squareRoot() + l) : .infinity
    let length = min(2 * q, reach)
    let share = length < 2 * q ? length / (2 * q) : 1
    let range = l * length + 0.5 * length * length
    let rule = range <= 4 ? shortRule : longRule
    var (sum, first) = (0.0, 0.0)
    for (node, weight) in zip(rule.nodes, rule.weights) {
      let t = length * node
      let mass = weight * exp(-t * (l + 0.5 * t))
      sum += mass
      first += mass * node
    }
    let middle = first / sum
    var spread = 0.0
    for (node, weight) in zip(rule.nodes, rule.weights) {
      let t = length * node
      spread += weight * exp(-t * (l + 0.5 * t)) * (node - middle) * (node - middle)
    }
    spread /= sum
    logMeanDensity = -0.5 * l * l - 0.9189385332046727418 + log(sum * share)
    mean = l + length * middle
    variance = length * length * spread
    varianceDeficit = 1 - variance
    place = 1 - 2 * share * middle
    placeVariance = 4 * share * share * spread
  }
}

/// For integrands that vary by a factor of up to `e^4`.
private let shortRule = GaussRule.legendre(16)
/// For integrands that vary by a factor of up to `e^40`.
private let longRule = GaussRule.legendre(64)

private func normalDensity(_ z: Double) -> Double {
  0.3989422804014326779 * exp(-0.5 * z * z)
}
