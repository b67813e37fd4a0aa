// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Testing

@Suite struct MixturePresetTests {
  @Test(
    "every preset is a mixture in the plane with a summary of one line",
    arguments: MixturePreset.allCases)
  func presets(preset: MixturePreset) throws {
    let counts: [MixturePreset: Int] = [
      .single: 1, .two: 2, .four: 4, .ring8: 8, .skewed3: 3, .grid: 25, .spiral: 16,
    ]
    let mixture = try preset.mixture()
    #expect(mixture.dimension == 2 && mixture.name == preset.rawValue)
    #expect(mixture.components.count == counts[preset])
    #expect(!preset.summary.isEmpty && !preset.summary.contains("\n"))
  }

  @Test(
    "a deviation given is the root mean square of the components'",
    arguments: MixturePreset.allCases)
  func deviation(preset: MixturePreset) throws {
    let mixture = try preset.mixture(deviation: 0.1)
    let meanVariance = mixture.components.reduce(0) {
      $0 + $1.weight * ($1.covariance[0][0] + $1.covariance[1][1]) / 2
    }
    #expect(abs(meanVariance - 0.01) < 1e-16)
  }

  @Test("ring8 and skewed3 are those of the reference file") func reference() throws {
    let url = try #require(
      Bundle.module.url(forResource: "mixture", withExtension: "json", subdirectory: "Fixtures"))
    for entry in try ReferenceMixtureFile(contentsOfFile: url.path).entries {
      let preset = try #require(MixturePreset(rawValue: entry.mixture.name)).mixture()
      for (a, b) in zip(preset.components, entry.mixture.components) {
        #expect(largestDifference(a.mean, b.mean) < 1e-15)
        #expect(largestDifference(a.covariance.flatMap { $0 }, b.covariance.flatMap { $0 }) < 1e-16)
        #expect(abs(a.weight - b.weight) < 1e-16)
      }
    }
  }

  @Test("the spiral's Gaussians point along the arm, at nearly equal distances")
  func spiral() throws {
    let components = try MixturePreset.spiral.mixture().components
    var distances: [Double] = []
    for (a, b) in zip(components, components.dropFirst()) {
      let chord = [b.mean[0] - a.mean[0], b.mean[1] - a.mean[1]]
      let length = hypot(chord[0], chord[1])
      distances.append(length)
      let middle =
        a.covariance[0][0] * chord[0] * chord[0]
        + 2 * a.covariance[0][1] * chord[0] * chord[1] + a.covariance[1][1] * chord[1] * chord[1]
      #expect(middle / (length * length) > 0.5 * 0.0625)
    }
    let (least, largest) = (distances.min() ?? 0, distances.max() ?? 0)
    #expect(largest < 1.5 * least)
  }
}
