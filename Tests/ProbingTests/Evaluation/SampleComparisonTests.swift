// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth
import Measures
import Probing
import RandomStreams
import Testing

@Suite struct SampleComparisonTests {
  private func comparison(shift: Double, count: Int = 800) throws -> SampleComparison {
    let target = try MixturePreset.single.mixture(deviation: 0.5)
    let stream = RandomStream(seed: 11, purpose: "test sample")
    let samples = target.samples(count: count, stream: stream).map { $0 + shift }
    return SampleComparison(samples, source: target, seed: 0)
  }

  @Test("an exact sample scores as the floor does")
  func exact() throws {
    let result = try comparison(shift: 0)
    let wasserstein = result.slicedWasserstein
    #expect(wasserstein.value.value < 2 * wasserstein.floor.value + 0.05)
    let energy = result.energyDistance
    #expect(abs(energy.value.value) < 5 * energy.value.standardError)
    // P(χ²(2) ≤ 9) = 1 − exp(−9/2)
    let inside = try #require(result.fractionInsideModes)
    let expected = 0.98889
    for reading in [inside.value, inside.floor] {
      #expect(abs(reading.value - expected) < 4 * (expected * (1 - expected) / 800).squareRoot())
    }
  }

  @Test("a shifted Gaussian is as far away as its shift")
  func shifted() throws {
    // Along a direction at angle φ the shift (a, a) is a (cos φ + sin φ), of mean square a².
    let result = try comparison(shift: 3)
    #expect(abs(result.slicedWasserstein.value.value - 3) < 0.1)
    #expect(result.energyDistance.value.value > 20 * result.energyDistance.value.standardError)
    #expect(try #require(result.fractionInsideModes).value.value < 0.01)
  }
}
