// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import RandomStreams
import Testing

@Suite struct CurvePresetTests {
  private let stream = RandomStream(seed: 1, purpose: "data")

  @Test(
    "Samples lie about the curve of their class, with the deviation across it",
    arguments: CurvePreset.allCases)
  func samples(preset: CurvePreset) throws {
    let mixture = try preset.mixture(deviation: 0.05)
    #expect(mixture.labels == [0, 1] && !preset.summary.isEmpty)
    let count = 20_000
    let (points, labels) = mixture.labelledSamples(count: count, stream: stream)
    var squares = 0.0
    for row in 0..<count {
      let (x, y) = (points[2 * row], points[2 * row + 1])
      let radius: Double
      switch preset {
      case .rings:
        radius = (x * x + y * y).squareRoot() - (labels[row] == 0 ? 1 : 2)
      case .moons:
        let side = labels[row] == 0 ? -1.0 : 1
        let (u, v) = (x - 0.5 * side, y - 0.25 * side)
        radius = (u * u + v * v).squareRoot() - 1
      }
      #expect(abs(radius) < 0.35)
      squares += radius * radius / Double(count)
    }
    // A component is flat where the curve bends: at most (1/8)² / 2 off, on average half of it.
    #expect(squares.squareRoot() > 0.045 && squares.squareRoot() < 0.06)
  }

  @Test("The density along a ring is even, and classes have the weight of their length")
  func evenness() throws {
    let mixture = try CurvePreset.rings.mixture(deviation: 0.1)
    let marginal = mixture.marginal(at: 0, LinearInterpolant())
    let values = (0..<200).map { index -> Double in
      let angle = 2 * Double.pi * Double(index) / 200
      return marginal.logDensity([2 * cos(angle), 2 * sin(angle)])
    }
    #expect((values.max() ?? 0) - (values.min() ?? 0) < 1e-5)
    let outer = mixture.components.filter { $0.label == 1 }.reduce(0) { $0 + $1.weight }
    #expect(abs(outer - 2.0 / 3) < 1e-12)
  }

  @Test("A deviation that is not positive is refused") func refusals() {
    #expect(throws: MixtureError.invalidDeviation(value: 0)) {
      try CurvePreset.moons.mixture(deviation: 0)
    }
  }
}
