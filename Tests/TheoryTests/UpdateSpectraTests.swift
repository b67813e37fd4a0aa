// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import LinearAlgebra
import Measures
import Testing

@testable import Theory

@Suite struct UpdateSpectraTests {
  @Test("grading the grid is the flow of dt/dy = −A", arguments: InterpolantKind.allCases)
  func depth(_ kind: InterpolantKind) {
    for endTime in [0, 0.4] {
      let generator = SemiGradientOperator(kind, endTime: endTime)
      #expect(abs(generator.elapsed(depth: 0) - generator.duration) < 1e-14)
      for y in [0.3, 1, 4] {
        let h = 1e-5
        let slope = (generator.elapsed(depth: y + h) - generator.elapsed(depth: y - h)) / (2 * h)
        #expect(abs(slope + generator.separation(elapsed: generator.elapsed(depth: y))) < 1e-9)
      }
    }
  }

  @Test("the norm of the semigroup is e^{−τ/2}, or (cosh τ)^{−1/2}")
  func norms() {
    for time in [0.1, 1, 3] {
      let linear = SemiGradientOperator(.linear, endTime: 0.2).exactNorm(after: time)
      let trigonometric = SemiGradientOperator(.trigonometric).exactNorm(after: time)
      #expect(abs(linear - exp(-time / 2)) < 1e-14)
      #expect(abs(trigonometric - pow(cosh(time), -0.5)) < 1e-14)
    }
  }

  @Test("on equal cells 1 is an eigenvalue: A'·1 = 1 for the linear interpolant")
  func constant() throws {
    let spectrum = try UpdateSpectrum(SemiGradientOperator(.linear).matrix(equalCells: 20))
    #expect(spectrum.eigenvalues.contains { abs($0.real - 1) + abs($0.imaginary) < 1e-10 })
    #expect(abs(spectrum.smallestOfSymmetricPart - 0.5) < 1e-10)
  }

  @Test("where nothing moves, ESD is the full gradient")
  func still() throws {
    // A standard normal under the trigonometric interpolant stays as it is: v* = 0.
    let still = try GaussianMixture(weights: [1], means: [[0]], deviation: 1)
    let operators = try EulerianOperators(
      FlowCoordinates(still, .trigonometric), timeCells: 5, quantileCells: 4)
    #expect(operators.largestVelocity < 1e-12)
    #expect(
      abs(operators.partlyStopped.smallestRealPart - operators.full.smallestRealPart) < 1e-9)
  }

  @Test("ESD's form is that of the derivative in t at fixed x, sign included")
  func form() throws {
    // For χ = tq and η = t it is ∫∫ (q − tV) dq dt, and for a Gaussian of mean m ∫ V dq = −m ∫ p² dx.
    let mean = 0.7
    let gaussian = try GaussianMixture(weights: [1], means: [[mean]], deviation: 0.5)
    let (times, quantiles) = (
      HatFunctions(from: 0, to: 1, cells: 8), HatFunctions(from: 0, to: 1, cells: 24)
    )
    let nodes = try FlowCoordinates(gaussian, .linear).nodes(
      times: times.points, quantiles: quantiles.points)
    let form = EulerianOperators.partlyStoppedForm(times, quantiles) {
      nodes[$0][$1].quantileVelocity
    }
    func place(_ index: Int) -> (t: Double, q: Double) {
      (Double(index / 25 + 1) / 8, Double(index % 25) / 24)
    }
    var found = 0.0
    for row in 0..<form.rows {
      for column in 0..<form.columns {
        found += place(row).t * place(row).q * form[row, column] * place(column).t
      }
    }
    let steps = 2000
    let wanted = (0..<steps).reduce(0.5) { sum, step in
      let t = (Double(step) + 0.5) / Double(steps)
      let variance = (1 - t) * (1 - t) * 0.25 + t * t
      return sum + mean * t / (2 * (Double.pi * variance).squareRoot()) / Double(steps)
    }
    // Quadrature of V, whose slope is logarithmic at the ends, is what limits it.
    #expect(abs(found - wanted) < 1e-3)
  }

  @Test("one Gaussian: V and ∂v*/∂x are the closed forms")
  func coordinates() throws {
    let gaussian = try GaussianMixture(weights: [1], means: [[0]], deviation: 0.5)
    let quantile = 0.8
    let nodes = try FlowCoordinates(gaussian, .linear).nodes(times: [0.3], quantiles: [quantile])
    let (t, z) = (0.3, 0.8416212335729143)
    let variance = (1 - t) * (1 - t) * 0.25 + t * t
    let slope = (-(1 - t) * 0.25 + t) / variance
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    #expect(abs(nodes[0][0].velocitySlope - slope) < 1e-8)
    #expect(abs(nodes[0][0].quantileVelocity - slope * z * density) < 1e-8)
  }

  @Test("a planted wave leaves the teacher alone, and semi-gradients do not see its frequency")
  func waves() throws {
    let mixture = try FlowCoordinates.twoModes()
    let planted = try PlantedPerturbations(
      target: mixture, packet: .inFlank(of: mixture), steps: 50, rows: 512, seed: 0,
      pool: WorkerPool(threads: 1))
    let semi = try planted.quotients(.eulerianSemi, frequencies: [3, 30])
    #expect(abs(semi[0].measured.value - semi[1].measured.value) < 1e-10)
    #expect(abs(semi[0].difference.value) < 1e-10)
    let eulerian = try planted.quotients(.eulerianSelfDistillation, frequencies: [60])
    #expect(eulerian[0].measured.value < 0)
    let growth = try planted.growth(
      .eulerianSelfDistillation, frequency: 60, until: 0.02, steps: 4)
    #expect(growth[4].amplitude > 1)
  }

  @Test("an empty study is refused")
  func empty() throws {
    let target = try GaussianMixture.named("four")
    #expect(throws: GradientNormStudy.EmptyError()) {
      try GradientNormStudy(
        target: target, methods: [.init(.improvedSelfDistillation)], seeds: [])
    }
  }
}
