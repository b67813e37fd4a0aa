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
    arguments: [CurvePreset.moons, .rings, .circles])
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
      case .circles:
        radius = (x * x + y * y).squareRoot() - (labels[row] == 0 ? 2 : 1)
      default:
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

  @Test(
    "Samples of a spiral lie about its turns, with the deviation across them",
    arguments: [CurvePreset.twoSpirals, .swissRoll])
  func spirals(preset: CurvePreset) throws {
    let mixture = try preset.mixture(deviation: 0.05)
    let turns = preset == .swissRoll ? 4.5 : 3
    let count = 20_000
    let (points, labels) = mixture.labelledSamples(count: count, stream: stream)
    var (squares, inside) = (0.0, 0)
    for row in 0..<count {
      let (x, y) = (points[2 * row], points[2 * row + 1])
      let polar = hypot(x, y) * turns * Double.pi / 2
      let angle = atan2(y, x) - Double(labels[row]) * Double.pi
      let nearest = angle + 2 * Double.pi * ((polar - angle) / (2 * Double.pi)).rounded()
      // About the middle of a spiral its turns are not told apart.
      guard nearest > 2 else { continue }
      inside += 1
      // The distance along the radius, brought onto the normal of the curve.
      let distance = (polar - nearest) * 2 / (turns * Double.pi)
      squares += distance * distance * nearest * nearest / (1 + nearest * nearest)
    }
    #expect(inside > 9 * count / 10)
    let deviation = (squares / Double(inside)).squareRoot()
    #expect(deviation > 0.047 && deviation < 0.057)
  }

  @Test("Second moments are those of the curves' laws, and classes have the same weight")
  func moments() throws {
    // E r² of the curve: r² uniform up to 4; the mean of 4 θ²/(4.5π)² for even θ; 4 E ρ² of a normal number cut off
    // at three deviations; (4 + 1)/2.
    let ends = (1.5 * Double.pi, 4.5 * Double.pi)
    let roll =
      4 * (pow(ends.1, 3) - pow(ends.0, 3)) / (3 * (ends.1 - ends.0)) / (ends.1 * ends.1)
    let kept = 1 - 6 * exp(-4.5) / (2 * Double.pi).squareRoot() / erf(3 / 2.0.squareRoot())
    let cases: [(CurvePreset, want: Double, classes: Int)] = [
      (.twoSpirals, 2, 2), (.swissRoll, roll, 1), (.pinwheel, 4 * (1 + 0.09 * kept), 5),
      (.circles, 2.5, 2),
    ]
    for (preset, want, classes) in cases {
      let components = try preset.mixture().components
      let found = components.reduce(0) {
        $0 + $1.weight * ($1.mean[0] * $1.mean[0] + $1.mean[1] * $1.mean[1])
      }
      #expect(abs(found / want - 1) < 2e-4, "\(preset)")
      for label in 0..<classes {
        let weight = components.filter { $0.label == label }.reduce(0) { $0 + $1.weight }
        #expect(abs(weight - 1 / Double(classes)) < 1e-12)
      }
      #expect(components.count < GaussianMixture.fineComponentCount)
    }
  }

  @Test("The arms of the pinwheel and of the two spirals are one arm turned")
  func symmetry() throws {
    for (preset, folds) in [(CurvePreset.pinwheel, 5), (.twoSpirals, 2)] {
      let marginal = try preset.mixture().marginal(at: 0.2, LinearInterpolant())
      let angle = 2 * Double.pi / Double(folds)
      for point in [[0.9, 0.4], [-1.5, 0.3], [0.1, -0.2]] {
        let turned = [
          cos(angle) * point[0] - sin(angle) * point[1],
          sin(angle) * point[0] + cos(angle) * point[1],
        ]
        #expect(abs(marginal.logDensity(point) - marginal.logDensity(turned)) < 1e-12)
      }
    }
  }

  @Test("Every preset has a summary of one line, a name of its own and its own deviation")
  func descriptions() throws {
    for preset in CurvePreset.allCases {
      #expect(!preset.summary.isEmpty && !preset.summary.contains("\n"))
      #expect(try preset.mixture().name == preset.rawValue)
      #expect(try preset.mixture() == preset.mixture(deviation: preset.ownDeviation))
      #expect(MixturePreset(rawValue: preset.rawValue) == nil)
      #expect(ShapePreset(rawValue: preset.rawValue) == nil)
    }
  }
}
