// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import GroundTruth

@Suite struct UniformAxisTests {
  /// Centres and half widths of every regime: narrow, wide, inside, at the edge, far in the tail.
  private static let cases: [(p: Double, q: Double)] = [
    (0, 1e-9), (3, 1e-4), (0.7, 0.3), (0.2, 0.5), (0.2, 0.50001), (0, 1.5), (2.9, 1), (3.2, 1),
    (1, 4), (12, 11), (12, 9), (30, 29.5), (30, 5), (8, 0.4), (500, 20), (40, 100),
  ]

  @Test("Mass and moments agree with Simpson's rule", arguments: cases)
  func moments(p: Double, q: Double) {
    let normal = TruncatedNormal(centre: p, halfWidth: q)
    // Relative to the density at the point of the interval nearest to zero, on the part that counts.
    let peak = max(0, p - q)
    let low = max(p - q, peak - 12)
    let high = min(p + q, peak + 12 / max(1, peak / 4))
    let count = 40_000
    var sums = [0.0, 0, 0]
    func average(_ power: Int, about centre: Double) -> Double {
      let width = (high - low) / Double(count)
      return (0...count).reduce(0.0) { sum, index in
        let z = low + width * Double(index)
        let weight = index == 0 || index == count ? 1.0 : index.isMultiple(of: 2) ? 2 : 4
        return sum + weight * width / 3 * exp(0.5 * (peak - z) * (peak + z))
          * pow(z - centre, Double(power))
      }
    }
    sums[0] = average(0, about: 0)
    let offset = average(1, about: peak) / sums[0]
    let mean = peak + offset
    let variance = average(2, about: mean) / sums[0]
    #expect(abs(normal.mean - mean) < 1e-12 * max(1, p))
    #expect(abs(normal.variance / variance - 1) < 1e-9)
    let logMass = log(sums[0] / (2 * q)) - 0.5 * peak * peak - 0.5 * log(2 * Double.pi)
    #expect(abs(normal.logMeanDensity - logMass) < 1e-10 * max(1, logMass.magnitude))
    #expect(abs(normal.place - (p - mean) / q) < 1e-6)
    #expect(abs(normal.placeVariance * q * q / variance - 1) < 1e-9)
    #expect(abs(normal.varianceDeficit - (1 - variance)) < 1e-9)
  }

  @Test("The closed form and the quadrature meet where one takes over from the other")
  func seams() {
    for (p, q) in [(0.1, 0.5), (1, 0.5), (2.5, 0.5), (2.9, 0.9), (7, 5), (22, 20)] {
      let step = 1e-9
      let left = TruncatedNormal(centre: p - step, halfWidth: q - step)
      let right = TruncatedNormal(centre: p + step, halfWidth: q + step)
      for path in [
        \TruncatedNormal.logMeanDensity, \.mean, \.variance, \.varianceDeficit, \.place,
      ] {
        #expect(abs(left[keyPath: path] - right[keyPath: path]) < 1e-7)
      }
    }
  }

  @Test("Deep inside a wide interval the deficit of the variance keeps its relative accuracy")
  func deficit() {
    // 1 − Var = 2 q φ(q) / mass on [−q, q].
    let q = 9.0
    let normal = TruncatedNormal(centre: 0, halfWidth: q)
    let density = exp(-0.5 * q * q) / (2 * Double.pi).squareRoot()
    #expect(abs(normal.varianceDeficit / (2 * q * density) - 1) < 1e-12)
  }
}
