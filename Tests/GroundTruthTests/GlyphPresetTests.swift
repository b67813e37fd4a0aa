// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth
import Interpolants
import RandomStreams
import Testing

@Suite struct GlyphPresetTests {
  @Test("ten digits at three places, all different, each of its class")
  func digits() throws {
    let mixture = try GlyphPreset.glyphs.mixture()
    #expect(mixture.dimension == 64 && mixture.classCount == 10)
    #expect(mixture.components.map(\.label) == (0..<30).map { $0 / 3 })
    #expect(Set(mixture.components.map(\.mean)).count == 30)
    #expect(mixture.components.allSatisfy { $0.mean.allSatisfy { abs($0) == 1 } })
    #expect(mixture.components.allSatisfy { abs($0.weight - 1.0 / 30) < 1e-15 })
    #expect(throws: MixtureError.self) { try GlyphPreset.glyphs.mixture(deviation: 0) }
  }

  @Test(
    "the exact flow carries noise to a digit, and its velocity is that of the digits far from them")
  func flow() throws {
    let mixture = try GlyphPreset.glyphs.mixture()
    let noise = RandomStream(seed: 1, purpose: "test").normals(rows: 8, draws: 64)
    let points = try mixture.exactMaps(noise, from: 1, to: 0, LinearInterpolant(), threads: 1)
    let inside = (0..<8).count { mixture.isInside(Array(points[$0 * 64..<($0 + 1) * 64])) }
    #expect(inside >= 7)
    // At t = 1 nothing is known of the data: v* = z − E x.
    let velocity = mixture.exactVelocities(noise, at: 1, LinearInterpolant())
    var mean = [Double](repeating: 0, count: 64)
    for component in mixture.components {
      for pixel in 0..<64 { mean[pixel] += component.mean[pixel] / 30 }
    }
    for index in noise.indices {
      #expect(abs(velocity[index] - (noise[index] - mean[index % 64])) < 1e-12)
    }
  }

  @Test("of the digits at one place a class is one Gaussian, whose flow map is m + 0.2 z")
  func onePlace() throws {
    let mixture = try GlyphPreset.digits.mixture()
    #expect(mixture.components.map(\.label) == Array(0..<10))
    let middle = try GlyphPreset.glyphs.mixture().components.enumerated()
      .filter { $0.offset % 3 == 1 }.map(\.element.mean)
    #expect(mixture.components.map(\.mean) == middle)
    let noise = RandomStream(seed: 4, purpose: "test").normals(rows: 1, draws: 64)
    for label in [0, 7] {
      let map = ExactFlowMap(
        of: try GuidedVelocity(mixture, label: label, scale: 1), interpolant: LinearInterpolant(),
        relativeTolerance: 1e-10)
      let image = try map.trajectory(noise, from: 1, through: [0])[0]
      for pixel in 0..<64 {
        let exact = mixture.components[label].mean[pixel] + 0.2 * noise[pixel]
        #expect(abs(image[pixel] - exact) < 1e-8)
      }
    }
  }

  @Test("of exact samples 0.989 count as inside, as in the plane")
  func inside() throws {
    let mixture = try GlyphPreset.glyphs.mixture()
    let samples = mixture.samples(count: 4000, stream: RandomStream(seed: 3, purpose: "test"))
    let inside = (0..<4000).count { mixture.isInside(Array(samples[$0 * 64..<($0 + 1) * 64])) }
    // Five standard errors of a share of 0.98889.
    #expect(abs(Double(inside) / 4000 - 0.98889) < 5 * (0.98889 * 0.01111 / 4000).squareRoot())
  }
}
