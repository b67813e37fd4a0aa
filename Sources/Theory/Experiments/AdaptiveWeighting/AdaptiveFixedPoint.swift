// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The weight `w = 1/(ℓ + offset)^power` of a sample of loss `ℓ = ‖F − v_c‖²/d`.
public struct AdaptiveWeight: Sendable, Hashable, Codable {
  public let power: Double
  public let offset: Double

  /// - Precondition: both are positive.
  public init(power: Double = 1, offset: Double = 0.01) {
    precondition(power > 0 && offset > 0, "power \(power) and offset \(offset) must be positive")
    self.power = power
    self.offset = offset
  }

  func callAsFunction(_ loss: Double) -> Double {
    power == 1 ? 1 / (loss + offset) : exp(-power * log(loss + offset))
  }
}

/// Where training with an adaptive weight comes to rest: `F = E[w v_c | x] / E[w | x]`.
///
/// The weight depends on `F`, so this is an equation for `F`. Iterating it from `v*` lowers
/// `E[(ℓ + η)^{1−p}]/(1−p)`, for `p = 1` `E[log(ℓ + η)]`, at every step: a concave function of `ℓ` lies below
/// its tangent, and the step minimises the tangent (iteratively reweighted least squares). The weighted
/// field is thus not the mean of `v_c` but another measure of its location, as of a Cauchy law.
extension ConditionalVelocity {
  private static var quadratureStep: Double { 0.35 }

  /// The fixed point reached from `v*`, with the expectations by quadrature.
  ///
  /// `1/(ℓ + η)^p = ∫_0^∞ λ^{p−1} e^{−λ(ℓ+η)} dλ / Γ(p)`, and for a Gaussian `N(m, s²)` and `μ = λ/d`
  ///
  ///     E e^{−μ(F−v)²} = (1 + 2μs²)^{−1/2} exp(−μ(F−m)²/(1 + 2μs²)),
  ///     E e^{−μ(F−v)²} v = the same times (m + 2μs²F)/(1 + 2μs²),
  ///
  /// so that both expectations are integrals over the one variable `λ` of products over coordinates. In
  /// `log λ` the trapezoidal rule converges exponentially.
  ///
  /// - Parameter dimension: `d` of the mean over coordinates in `ℓ`, at least ``coordinates``: the others
  ///   are known from `x_t` without error.
  public func fixedPoint(_ weight: AdaptiveWeight, dimension: Int) -> [Double] {
    precondition(dimension >= coordinates, "dimension \(dimension) has fewer than \(coordinates)")
    var field = mean
    for _ in 0..<4000 {
      let next = weightedMean(about: field, weight, dimension: dimension)
      let change = zip(field, next).reduce(0) { max($0, abs($1.0 - $1.1)) }
      field = next
      if change < 1e-11 { break }
    }
    return field
  }

  /// `E[w v_c | x] / E[w | x]` for the weight that a field gives.
  public func weightedMean(
    about field: [Double], _ weight: AdaptiveWeight, dimension: Int
  ) -> [Double] {
    let last = log(40 / weight.offset)
    let nodes = Int(((28 / weight.power + last) / Self.quadratureStep).rounded(.up))
    var total = 0.0
    var sums = [Double](repeating: 0, count: coordinates)
    var ratios = sums
    for node in 0...nodes {
      let exponent = last - Double(node) * Self.quadratureStep
      let lambda = exp(exponent)
      let logProduct = tilted(field, rate: lambda / Double(dimension), into: &ratios)
      let mass = exp(logProduct - lambda * weight.offset + weight.power * exponent)
      total += mass
      for j in sums.indices { sums[j] += mass * ratios[j] }
    }
    return sums.map { $0 / total }
  }

  /// `log E e^{−μ‖F−v‖²}`, and for each coordinate the mean of `v` under that tilt.
  private func tilted(_ field: [Double], rate: Double, into ratios: inout [Double]) -> Double {
    var logProduct = 0.0
    // The product of many factors is taken in pieces that cannot underflow.
    var product = 1.0
    for j in 0..<coordinates {
      var (mass, moment) = (0.0, 0.0)
      for k in 0..<components {
        let index = j * components + k
        let widening = 1 + 2 * rate * variances[k]
        let offset = field[j] - means[index]
        let part = shares[index] / widening.squareRoot() * exp(-rate * offset * offset / widening)
        mass += part
        moment += part * (means[index] + 2 * rate * variances[k] * field[j]) / widening
      }
      // Far out in a tail both vanish together with the weight of the node.
      ratios[j] = mass > 0 ? moment / mass : field[j]
      product *= mass
      if product < 1e-150 {
        logProduct += log(product)
        product = 1
      }
    }
    return logProduct + log(product)
  }

  /// `−p κ_j / (d (ℓ̄ + η))`, the first term of the bias in `1/d`.
  ///
  /// With `ℓ = ℓ̄ + u` and `u = O(d^{−1/2})`, `w ∝ 1 − p u/(ℓ̄ + η) + …`, hence
  /// `E[w (v_j − v*_j)]/E[w] = −p E[u (v_j − v*_j)]/(ℓ̄ + η) + …`; independent coordinates leave
  /// `E[u (v_j − v*_j)] = κ_j/d`.
  public func leadingBias(_ weight: AdaptiveWeight, dimension: Int) -> [Double] {
    let loss = variance.reduce(0, +) / Double(dimension)
    return thirdMoment.map { -weight.power * $0 / (Double(dimension) * (loss + weight.offset)) }
  }

  /// The fixed point for drawn velocities in place of the law, less their mean: a bias in which the
  /// scatter of the mean cancels.
  public func sampledBias(
    _ weight: AdaptiveWeight, dimension: Int, draws: [Double]
  ) -> [Double] {
    let count = draws.count / coordinates
    precondition(count > 0 && draws.count == count * coordinates, "the draws are not whole points")
    var average = [Double](repeating: 0, count: coordinates)
    for index in draws.indices { average[index % coordinates] += draws[index] / Double(count) }
    var field = average
    for _ in 0..<4000 {
      let next = weightedMean(ofDraws: draws, about: field, weight, dimension: dimension)
      let change = zip(field, next).reduce(0) { max($0, abs($1.0 - $1.1)) }
      field = next
      if change < 1e-7 { break }
    }
    return zip(field, average).map { $0 - $1 }
  }

  private func weightedMean(
    ofDraws draws: [Double], about field: [Double], _ weight: AdaptiveWeight, dimension: Int
  ) -> [Double] {
    let d = coordinates
    var sums = [Double](repeating: 0, count: d)
    var total = 0.0
    draws.withUnsafeBufferPointer { draws in
      field.withUnsafeBufferPointer { field in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in 0..<draws.count / d {
            var loss = 0.0
            for j in 0..<d {
              let residual = field[j] - draws[row * d + j]
              loss += residual * residual
            }
            let w = weight(loss / Double(dimension))
            total += w
            for j in 0..<d { sums[j] += w * draws[row * d + j] }
          }
        }
      }
    }
    return sums.map { $0 / total }
  }
}
