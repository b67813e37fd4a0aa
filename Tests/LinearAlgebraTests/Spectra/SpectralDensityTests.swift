// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import LinearAlgebra
import Measures
import Testing

@Suite struct SpectralDensityTests {
  private let spectrum = (0..<100).map { 2 * cos(0.37 * Double($0)) + 0.5 }

  @Test("Moments are the spectrum's, within their standard errors over many seeds")
  func moments() throws {
    let operation = symmetricOperator(spectrum)
    for power in 0...6 {
      let truth = spectrum.reduce(0) { $0 + pow($1, Double(power)) } / 100
      let estimates = try (0..<40).map {
        try spectralDensity(operation, probes: 8, steps: 5, seed: UInt64($0)).moment(power)
      }
      let moments = RunningMoments(estimates.map(\.value))
      #expect(abs(moments.mean - truth) < 4 * moments.standardError + 1e-12)
      let claimed = estimates.reduce(0) { $0 + $1.standardError * $1.standardError } / 40
      #expect(power == 0 || (claimed / moments.variance > 0.5 && claimed / moments.variance < 2))
    }
  }

  @Test("With the whole dimension as steps, each quadrature is that of its vector: nodes are exact")
  func wholeDimension() throws {
    let spectrum = [-1.0, 0.25, 2, 3.5, 4]
    let density = try spectralDensity(symmetricOperator(spectrum), probes: 3, steps: 5)
    for quadrature in density.quadratures {
      #expect(largestDifference(quadrature.nodes, spectrum) < 1e-12)
      #expect(abs(quadrature.weights.reduce(0, +) - 1) < 1e-13)
    }
    // Σ of a vector of signs is n: the zeroth moment has no error; the first is the trace over n.
    #expect(abs(density.moment(0).value - 1) < 1e-13)
  }

  @Test("Few distinct eigenvalues end the recurrence, and their shares are the multiplicities")
  func invariant() throws {
    let spectrum = Array(repeating: 1.0, count: 60) + Array(repeating: 3.0, count: 20)
    let density = try spectralDensity(
      symmetricOperator(spectrum), probes: 200, steps: 10, seed: 2)
    #expect(density.quadratures.allSatisfy { $0.nodes.count == 2 })
    #expect(density.applications == 400)
    let share = density.cumulative(at: 2)
    #expect(abs(share.value - 0.75) < 4 * share.standardError && share.standardError < 0.01)
  }

  @Test("The smoothed density integrates to one and is the spectrum's, smoothed")
  func smoothed() throws {
    let density = try spectralDensity(symmetricOperator(spectrum), probes: 30, steps: 60)
    let (step, width) = (0.02, 0.3)
    let grid = (-400...500).map { step * Double($0) }
    let values = grid.map { density.density(at: $0, bandwidth: width) }
    #expect(abs(step * values.reduce(0) { $0 + $1.value } - 1) < 1e-10)
    for (point, value) in zip(grid, values) where abs(point - 0.5) < 2.5 {
      let truth = spectrum.reduce(0) {
        $0 + exp(-0.5 * pow(($1 - point) / width, 2)) / (width * (2 * Double.pi).squareRoot())
      }
      #expect(abs(value.value - truth / 100) < 5 * value.standardError + 1e-9)
    }
    let weights = density.masses.map(\.weight)
    #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
    #expect(density.masses.map(\.node) == density.masses.map(\.node).sorted())
  }

  @Test("Steps beyond the dimension and operators that are not symmetric are refused")
  func refusals() {
    let operation = symmetricOperator([1, 2, 3])
    #expect(
      throws: LinearAlgebraError.countOutOfRange(
        setting: "the number of steps", value: 4, accepted: 1...3)
    ) { try spectralDensity(operation, probes: 2, steps: 4) }
    #expect(throws: LinearAlgebraError.self) {
      try spectralDensity(generalOperator(4, seed: 1), probes: 2, steps: 2)
    }
  }
}
