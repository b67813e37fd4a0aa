// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Testing
import Theory

@Suite struct LineQuadratureTests {
  /// `Df` and `f_x` of the Gaussian minimiser from its closed form for the trigonometric interpolant, `σ_d = 1`,
  /// `s = 0`, where `P = 1`, `v* = 0` and `f = x cosh(T − t)/cosh T`.
  private func closedForm(_ quadrature: LineQuadrature) -> LineDerivatives {
    let end = Double.pi / 2
    return LineDerivatives(
      alongFlow: quadrature.points.indices.map {
        -quadrature.points[$0] * sinh(end - quadrature.times[$0]) / cosh(end)
      }, slope: quadrature.times.map { cosh(end - $0) / cosh(end) })
  }

  private func gaussianQuadrature() throws -> LineQuadrature {
    LineQuadrature(
      QuantileTrajectories(
        mixture: try LineTarget.gaussian(deviation: 1), interpolant: TrigonometricInterpolant()),
      from: 0, timeCount: 400)
  }

  @Test("the closed form of one Gaussian has its terms, and balances weakly; a wrong sign does not")
  func gaussian() throws {
    let quadrature = try gaussianQuadrature()
    let minimizer = closedForm(quadrature)
    let profile = GaussianMinimizer(interpolant: TrigonometricInterpolant(), dataDeviation: 1)
      .profile(to: 0)
    let terms = minimizer.terms(on: quadrature)
    #expect(abs(terms.eulerianLoss - profile.eulerianLoss) < 1e-5)
    #expect(abs(terms.varianceTerm - profile.varianceTerm) < 1e-5)
    let turned = LineDerivatives(
      alongFlow: minimizer.alongFlow.map { -$0 }, slope: minimizer.slope)
    for test in LineTestFunction.all {
      #expect(abs(minimizer.weakResidual(test, on: quadrature)) < 1e-5)
      #expect(abs(turned.weakResidual(test, on: quadrature)) > 0.1)
    }
  }

  @Test("weights add up to 1, and the mean of Df² by time averages to the whole")
  func means() throws {
    let quadrature = try gaussianQuadrature()
    #expect(abs(quadrature.mean { _ in 1 } - 1) < 1e-12)
    #expect(abs(quadrature.mean { quadrature.points[$0] * quadrature.points[$0] } - 1) < 1e-6)
    let minimizer = closedForm(quadrature)
    let byTime = minimizer.eulerianLossByTime(on: quadrature)
    #expect(byTime.count == 400)
    let whole = minimizer.terms(on: quadrature).eulerianLoss
    #expect(abs(byTime.reduce(0, +) / 400 - whole) < 1e-12)
  }

  @Test("the flow map's slope is that of neighbouring quantiles, and its Df vanishes")
  func flowMap() throws {
    let trajectories = QuantileTrajectories(
      mixture: try LineTarget.twoModes(), interpolant: LinearInterpolant())
    let quadrature = LineQuadrature(trajectories, from: 0.2, timeCount: 3, spacing: 0.5)
    let derivatives = LineDerivatives(flowMapOn: quadrature)
    let start = trajectories.slice(at: 0.2)
    for index in quadrature.points.indices where abs(quadrature.labels[index]) < 4 {
      let (label, step) = (quadrature.labels[index], 1e-5)
      let here = trajectories.slice(at: quadrature.times[index])
      func difference(_ slice: QuantileTrajectories.Slice) -> Double {
        slice.position(ofLabel: label + step) - slice.position(ofLabel: label - step)
      }
      #expect(abs(derivatives.slope[index] * difference(here) / difference(start) - 1) < 1e-6)
      #expect(derivatives.alongFlow[index] == 0)
    }
  }

  @Test("the solver's minimiser balances at points by an independent route")
  func balance() throws {
    let map = try DegenerateMapSolver(
      mixture: try LineTarget.gaussian(deviation: 1), interpolant: TrigonometricInterpolant(),
      endTime: 0
    ).solve(resolution: 64)
    for point in try map.balance(times: [0.5, 1], labels: [-1, 0.7], step: 0.05) {
      // f'' = f and Σ = 1: C = −x f_x = −f.
      let f = point.x * cosh(.pi / 2 - point.time) / cosh(.pi / 2)
      #expect(abs(point.acceleration - f) < 0.01)
      #expect(abs(point.variancePart + f) < 0.01)
      #expect(abs(point.unweightedPart) < 0.01)
    }
  }

  @Test("a training run is a function of its seed and approaches the minimiser")
  func training() throws {
    let experiment = try MixtureMinimizerExperiment(
      target: LineTarget.gaussian(deviation: 1), interpolant: .linear, resolution: 32)
    func outcomes() throws -> [MixtureMinimizerExperiment.Outcome] {
      try experiment.outcomes([.directFull], seeds: [5], steps: 300, batch: 256, threads: 2)
    }
    let (first, second) = (try outcomes(), try outcomes())
    #expect(first[0].map == second[0].map)
    #expect(experiment.relativeDistance(first[0]) < 0.2)
    #expect(first[0].fromFlowMap > 10 * first[0].fromMinimizer)
  }
}
