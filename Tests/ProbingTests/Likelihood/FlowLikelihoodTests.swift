// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Probing
import RandomStreams
import Testing

@Suite struct FlowLikelihoodTests {
  /// The exact velocity of a mixture with its divergence.
  private func field(_ mixture: GaussianMixture, _ interpolant: any Interpolant) -> FlowField {
    let d = mixture.dimension
    return FlowField(dimension: d, endTime: interpolant.endTime) { points, time in
      let marginal = mixture.marginal(at: time, interpolant)
      var (velocities, divergences): ([Double], [Double]) = ([], [])
      for start in stride(from: 0, to: points.count, by: d) {
        let point = Array(points[start..<start + d])
        velocities += marginal.velocity(point)
        let jacobian = marginal.velocityJacobian(point)
        divergences.append((0..<d).reduce(0) { $0 + jacobian[$1][$1] })
      }
      return (velocities, divergences)
    }
  }

  @Test(
    "along the exact velocity of a mixture the log-likelihood is the exact one, within the stated errors",
    arguments: [MixturePreset.four, .skewed3, .ring8], InterpolantKind.allCases)
  func exactVelocity(preset: MixturePreset, kind: InterpolantKind) throws {
    let (mixture, interpolant) = (try preset.mixture(), kind.interpolant)
    let points = mixture.samples(
      count: 48, stream: RandomStream(seed: 1, purpose: "likelihood test"))
    let likelihood = try FlowLikelihood(field(mixture, interpolant), of: points, tolerance: 1e-6)
    let marginal = mixture.marginal(at: 0, interpolant)
    var mean = 0.0
    for (row, found) in likelihood.logDensities.enumerated() {
      let error = abs(found - marginal.logDensity(Array(points[2 * row..<2 * row + 2])))
      // Two errors may cancel in an estimate; what they cancel to stays far below the tolerance.
      #expect(error <= likelihood.errors[row] + 1e-9)
      mean += error / 48
    }
    #expect(mean <= 1e-6)
    #expect(likelihood.errors.allSatisfy { $0 <= 1e-6 })
    let exact = try ExactFlowMap(of: mixture, interpolant: interpolant).maps(
      points, from: 0, to: interpolant.endTime)
    for (row, error) in likelihood.noiseErrors.enumerated() {
      for axis in 0..<2 {
        #expect(abs(likelihood.noise[2 * row + axis] - exact[2 * row + axis]) <= error + 1e-10)
      }
    }
  }

  @Test("a smaller tolerance takes more steps, and errors fall with the fifth power of them")
  func order() throws {
    let mixture = try MixturePreset.four.mixture()
    let points = mixture.samples(
      count: 16, stream: RandomStream(seed: 2, purpose: "likelihood test"))
    let flow = field(mixture, LinearInterpolant())
    let coarse = try FlowLikelihood(flow, of: points, tolerance: 1e-3)
    let fine = try FlowLikelihood(flow, of: points, tolerance: 1e-9)
    #expect(fine.stepCount > 4 * coarse.stepCount)
    let (worst, best) = (coarse.errors.max() ?? 0, fine.errors.max() ?? 0)
    let order = log(worst / best) / log(Double(fine.stepCount) / Double(coarse.stepCount))
    #expect(order > 3.5)
  }

  @Test("a linear velocity has the likelihood of its Gaussian in any dimension")
  func linear() throws {
    // dx/dt = a x over [0, 1] carries N(0, e^{-2a}) to N(0, 1).
    for (d, a) in [(1, 0.7), (3, -1.2)] {
      let flow = FlowField(dimension: d, endTime: 1) { points, _ in
        (points.map { a * $0 }, Array(repeating: a * Double(d), count: points.count / d))
      }
      let point = (0..<d).map { 0.3 * Double($0 + 1) }
      let found = try FlowLikelihood(flow, of: point, tolerance: 1e-9)
      let squares = point.reduce(0) { $0 + $1 * $1 } * exp(2 * a)
      let expected = -0.5 * squares - 0.5 * Double(d) * log(2 * Double.pi) + a * Double(d)
      #expect(abs(found.logDensities[0] - expected) < 1e-10)
    }
  }

  @Test("a velocity that is not finite, or that no steps resolve, is refused")
  func refusals() {
    let broken = FlowField(dimension: 1, endTime: 1) { points, time in
      (points.map { _ in time > 0.5 ? .nan : 1 }, points.map { _ in 0 })
    }
    #expect(throws: FlowLikelihoodError.self) { try FlowLikelihood(broken, of: [0]) }
    // Jumps everywhere: halving changes as much as it likes.
    let rough = FlowField(dimension: 1, endTime: 1) { points, time in
      (points.map { _ in 0 }, points.map { _ in time.bitPattern % 2 == 0 ? 1000 : -1000 })
    }
    #expect(throws: FlowLikelihoodError.self) {
      try FlowLikelihood(rough, of: [0], tolerance: 1e-4)
    }
  }
}
