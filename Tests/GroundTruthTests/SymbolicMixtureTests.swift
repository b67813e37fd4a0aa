// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import GroundTruth
import Interpolants
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct SymbolicMixtureTests {
  private static let mixtures = [MixturePreset.skewed3, .ring8, .spiral, .single]

  @Test(
    "symbolic velocity, covariance and responsibilities equal the numeric ones",
    arguments: mixtures, InterpolantKind.allCases)
  func agreesWithNumbers(preset: MixturePreset, kind: InterpolantKind) throws {
    let mixture = try preset.mixture()
    let interpolant = kind.interpolant
    let fractions = [0.0, 1e-6, 0.1, 0.5, 0.9, 1]
    let times = fractions.map { $0 * interpolant.endTime }
    let points = RandomStream(seed: 1, purpose: "points").normals(rows: times.count, draws: 2)
    let x = Argument("x", [times.count, 2], points)
    let t = Argument("t", [times.count, 1], times)
    let marginal = SymbolicMixture(mixture).marginal(
      x.tensor, at: t.tensor, interpolant: interpolant)
    let values = try evaluate(
      [marginal.velocity, marginal.velocityCovariance, marginal.responsibilities], [x, t])
    var expected: [[Double]] = [[], [], []]
    for (row, time) in times.enumerated() {
      let point = Array(points[2 * row..<2 * row + 2])
      let exact = mixture.marginal(at: time, interpolant)
      expected[0] += exact.velocity(point)
      expected[1] += exact.velocityCovariance(point).flatMap { $0 }
      expected[2] += exact.responsibilities(point)
    }
    for (left, right) in zip(values, expected) { #expect(relativeDifference(left, right) < 1e-11) }
  }

  @Test(
    "the velocity of a program is the guided one of each row's class, and v* where there is none",
    arguments: InterpolantKind.allCases, [1, 2.5])
  func classes(kind: InterpolantKind, scale: Double) throws {
    let mixture = try GaussianMixture(
      weights: [1, 2, 1, 1], means: [[-1, -1], [-1, 1], [1, -1], [1, 1]], deviation: 0.5,
      labels: [8, 3, 3, 8])
    let interpolant = kind.interpolant
    let classes = [0, 1, 2, 1, 2, 0]
    let time = 0.6 * interpolant.endTime
    let points = RandomStream(seed: 2, purpose: "points").normals(rows: 6, draws: 2)
    let x = Argument("x", [6, 2], points)
    let t = Argument("t", [6, 1], Array(repeating: time, count: 6))
    let label = Argument("label", [6], classes.map(Double.init))
    let symbolic = try #require(mixture.symbolicVelocity(interpolant, guidanceScale: scale))
    let values = try evaluate(
      [symbolic(x.tensor, t.tensor, label.tensor), symbolic(x.tensor, t.tensor, nil)],
      [x, t, label])
    #expect(mixture.classCount == 2)
    var (expected, plain) = ([Double](), [Double]())
    for (row, label) in classes.enumerated() {
      let point = Array(points[2 * row..<2 * row + 2])
      let all = mixture.marginal(at: time, interpolant).velocity(point)
      plain += all
      guard label < mixture.classCount else {
        expected += all
        continue
      }
      expected += try GuidedVelocity(mixture, label: mixture.labels[label], scale: scale)
        .marginal(at: time, interpolant).velocity(point)
      let own = try mixture.marginal(at: time, interpolant, given: label).velocity(point)
      let combined = zip(all, own).map { $0 + scale * ($1 - $0) }
      #expect(relativeDifference(Array(expected.suffix(2)), combined) < 1e-12)
    }
    #expect(relativeDifference(values[0], expected) < 1e-11)
    #expect(relativeDifference(values[1], plain) < 1e-11)
  }

  @Test("the jvp of the symbolic velocity is the exact velocity Jacobian")
  func jacobian() throws {
    let mixture = try MixturePreset.skewed3.mixture()
    let interpolant = TrigonometricInterpolant()
    let x = Argument("x", [1, 2], [0.3, -0.4])
    let t = Argument("t", [1, 1], [0.8])
    let velocity = SymbolicMixture(mixture).marginal(
      x.tensor, at: t.tensor, interpolant: interpolant
    ).velocity
    let columns = [[1.0, 0], [0, 1]].map {
      derivative(of: velocity, along: [x.tensor: Tensor(values: $0, shape: [1, 2])])
    }
    let values = try evaluate(columns, [x, t])
    let exact = mixture.marginal(at: 0.8, interpolant).velocityJacobian([0.3, -0.4])
    for i in 0..<2 {
      for j in 0..<2 { #expect(abs(values[j][i] - exact[i][j]) < 1e-12) }
    }
  }
}
