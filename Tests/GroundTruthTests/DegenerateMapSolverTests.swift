// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@Suite struct DegenerateMapSolverTests {
  private func twoModes(deviation: Double = 0.5) throws -> GaussianMixture {
    try GaussianMixture(weights: [0.5, 0.5], means: [[-1], [1]], deviation: deviation)
  }

  @Test("one Gaussian agrees with its closed form", arguments: [0, 0.3])
  func gaussian(s: Double) throws {
    for interpolant in interpolants {
      for deviation in [0.5, 1, 2] {
        let target = try GaussianMixture(weights: [1], means: [[0]], deviation: deviation)
        let map = try DegenerateMapSolver(mixture: target, interpolant: interpolant, endTime: s)
          .solve(resolution: 64)
        let minimizer = GaussianMinimizer(interpolant: interpolant, dataDeviation: deviation)
        let wanted = minimizer.mapCoefficient(to: s)
        let profile = minimizer.profile(to: s)
        #expect(abs(map.linearCoefficient / wanted - 1) < 2e-6)
        #expect(abs(map.eulerianLoss.value - profile.eulerianLoss) < map.eulerianLoss.error)
        #expect(abs(map.varianceTerm.value - profile.varianceTerm) < map.varianceTerm.error)
        #expect(abs(map.observedOrder - 2) < 0.2)
        let middle = 0.5 * (s + interpolant.endTime)
        #expect(
          abs(map.value(at: 0.7, time: middle) / map.value(at: 0.35, time: middle) - 2) < 1e-5)
      }
    }
  }

  @Test("a shifted Gaussian is carried with its mean")
  func shifted() throws {
    let target = try GaussianMixture(weights: [1], means: [[3]], deviation: 1)
    let map = try DegenerateMapSolver(
      mixture: target, interpolant: LinearInterpolant(), endTime: 0
    ).solve(resolution: 32)
    let wanted = GaussianMinimizer(interpolant: LinearInterpolant(), dataDeviation: 1)
      .mapCoefficient(to: 0)
    // f − m carries the centred problem.
    for x in [-1.5, 0, 2.0] { #expect(abs(map.value(at: x, time: 1) - 3 - wanted * x) < 1e-4) }
  }

  @Test("the map of two modes converges with order 2, and its error estimate holds")
  func convergence() throws {
    let solver = try DegenerateMapSolver(
      mixture: twoModes(), interpolant: LinearInterpolant(), endTime: 0)
    let (coarse, fine) = (try solver.solve(resolution: 48), try solver.solve(resolution: 128))
    #expect(abs(fine.observedOrder - 2) < 0.2)
    #expect(abs(coarse.eulerianLoss.value - fine.eulerianLoss.value) < coarse.eulerianLoss.error)
    #expect(abs(coarse.varianceTerm.value - fine.varianceTerm.value) < coarse.varianceTerm.error)
    let distance = stride(from: -2.5, through: 2.5, by: 0.25).map {
      abs(coarse.value(atLabel: $0, time: 1) - fine.value(atLabel: $0, time: 1))
    }.max()
    #expect(try #require(distance) < 5 * coarse.mapError)
  }

  @Test(
    "no map near the minimiser has a smaller functional: the functional is that of the flow map or less"
  )
  func minimality() throws {
    let map = try DegenerateMapSolver(
      mixture: twoModes(), interpolant: TrigonometricInterpolant(), endTime: 0.2
    ).solve(resolution: 64)
    // The flow map's functional is its variance term alone.
    let interpolant = TrigonometricInterpolant()
    let trajectories = QuantileTrajectories(mixture: try twoModes(), interpolant: interpolant)
    let count = 200
    var flowMap = 0.0
    for index in 0..<count {
      let time = 0.2 + (interpolant.endTime - 0.2) * (Double(index) + 0.5) / Double(count)
      let (slice, start) = (trajectories.slice(at: time), trajectories.slice(at: 0.2))
      for node in -60...60 {
        let z = Double(node) / 10
        let (x, y) = (slice.position(ofLabel: z), start.position(ofLabel: z))
        let slope = exp(slice.marginal.logDensity([x]) - start.marginal.logDensity([y]))
        flowMap +=
          0.1 * exp(-0.5 * z * z) / (2 * Double.pi).squareRoot() / Double(count)
          * slice.marginal.velocityCovariance([x])[0][0] * slope * slope
      }
    }
    #expect(map.eulerianLoss.value + map.varianceTerm.value < flowMap)
    #expect(map.eulerianLoss.value > 0.01)
  }

  @Test("what cannot be solved is refused by name")
  func badInput() throws {
    #expect(throws: DegenerateMapError.dimension(target: "two", dimension: 2)) {
      try DegenerateMapSolver(
        mixture: MixturePreset.two.mixture(), interpolant: LinearInterpolant(), endTime: 0)
    }
    for s in [-0.1, 1, .nan] {
      #expect(throws: DegenerateMapError.self) {
        try DegenerateMapSolver(
          mixture: try twoModes(), interpolant: LinearInterpolant(), endTime: s)
      }
    }
    let solver = try DegenerateMapSolver(
      mixture: try twoModes(), interpolant: LinearInterpolant(), endTime: 0)
    for resolution in [1, 0, -8, 30, 404] {
      #expect(
        throws: DegenerateMapError.resolution(resolution, accepted: DegenerateMapSolver.resolutions)
      ) { try solver.solve(resolution: resolution) }
    }
  }
}
