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
    for row in 0..<8 {
      let point = Array(points[row * 64..<(row + 1) * 64])
      #expect(mixture.isInside(point))
    }
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
}
