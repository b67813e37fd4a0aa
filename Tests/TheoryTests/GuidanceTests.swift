// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import FlowMaps
import GroundTruth
import Interpolants
import Measures
import Networks
import Probing
import Testing
import Theory
import Training

@Suite struct GuidanceTests {
  private func target() throws -> GaussianMixture {
    try GaussianMixture(
      weights: [1, 2, 1, 1], means: [[-1, -1], [-1, 1], [1, -1], [1, 1]], deviation: 0.5,
      labels: [8, 3, 3, 8])
  }

  private func norm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(
    "a short step of extrapolated maps is short of the guided map by h²/2 ω₂ (ω₂ − 1) ∇δ δ",
    arguments: InterpolantKind.allCases, [0.5, 2])
  func leadingDifference(kind: InterpolantKind, sampling: Double) throws {
    let interpolant = kind.interpolant
    let maps = try ExtrapolatedMaps(
      target(), label: 3, trainingScale: 1.5, samplingScale: sampling, interpolant: interpolant,
      relativeTolerance: 1e-13)
    let (x, t) = ([0.4, -0.7], 0.6 * interpolant.endTime)
    let want = maps.leadingDifference(x, at: t)
    #expect(norm(want) > 1e-2)
    let remainders = try [0.04, 0.02, 0.01].map { step in
      let short = zip(
        try maps.exact(x, from: t, to: t - step), try maps.step(x, from: t, to: t - step)
      ).map { ($0 - $1) / (step * step) }
      return norm(zip(short, want).map { $0 - $1 })
    }
    // What is left is of the order of the step.
    for (coarse, fine) in zip(remainders, remainders.dropFirst()) {
      #expect(fine < 0.6 * coarse && fine > 0.4 * coarse)
    }
    #expect(remainders[2] < 0.1 * norm(want))
  }

  @Test("extrapolation by 1 is the guided map itself; by another factor it is not")
  func factors() throws {
    func error(_ sampling: Double) throws -> Double {
      let maps = try ExtrapolatedMaps(
        target(), label: 8, trainingScale: 2, samplingScale: sampling,
        interpolant: LinearInterpolant())
      return try maps.errors([0.3, 1.2, -0.8, 0.5, 1, -1], steps: [1])[0].value
    }
    #expect(try error(1) < 1e-12)
    #expect(try error(2) > 1e-2)
  }

  @Test("the error of N steps falls like N^−2 in the square")
  func convergence() throws {
    let maps = try ExtrapolatedMaps(
      target(), label: 8, trainingScale: 1, samplingScale: 2, interpolant: LinearInterpolant())
    let noise = (0..<40).map { 1.3 * Double(($0 * 7) % 17 - 8) / 8 }
    let errors = try maps.errors(noise, steps: [32, 64]).map(\.value)
    let ratio = errors[0] / errors[1]
    #expect(ratio > 3.4 && ratio < 4.8, "ratio \(ratio)")
  }

  private func sweep(
    pairs: [GuidanceSweep.Pair] = [
      GuidanceSweep.Pair(training: 1, sampling: 1), GuidanceSweep.Pair(training: 1, sampling: 2),
      GuidanceSweep.Pair(training: 2, sampling: 1),
    ], seeds: [UInt64] = [3], sampling: [Int] = [1, 2], target: GaussianMixture? = nil
  ) throws -> GuidanceSweep {
    try GuidanceSweep(
      target: target ?? self.target(),
      configuration: TrainingConfiguration(
        network: MultilayerPerceptron(width: 8, depth: 1),
        loss: TrainingLoss(
          objective: .improvedSelfDistillation, guidance: Guidance(scale: 1)), batch: 64,
        steps: 20, metricsInterval: 20),
      pairs: pairs, seeds: seeds, sampling: sampling, count: 32, threads: 1)
  }

  @Test("a sweep gives every pair and seed, the same for any number of threads")
  func sweepResults() throws {
    let sweep = try sweep(seeds: [3, 4])
    let outcomes = try sweep.run(threads: 1)
    #expect(outcomes.count == 6)
    #expect(Set(outcomes.map(\.pair)) == Set(sweep.pairs))
    #expect(outcomes.allSatisfy { $0.errors.map.count == 2 && $0.samples.count == 64 })
    #expect(try sweep.run(threads: 2) == outcomes)
    #expect(sweep.stepCount == 80)
  }

  @Test("empty lists, impossible steps, one class and bad scales are refused")
  func refusals() throws {
    #expect(throws: GuidanceSweepError.empty("seeds")) { try sweep(seeds: []) }
    #expect(throws: GuidanceSweepError.empty("pairs of scales")) { try sweep(pairs: []) }
    #expect(throws: GuidanceSweepError.empty("numbers of sampling steps")) {
      try sweep(sampling: [])
    }
    #expect(throws: GuidanceSweepError.noSteps(0)) { try sweep(sampling: [1, 0]) }
    let single = try MixturePreset.single.mixture()
    #expect(throws: GuidanceSweepError.oneClass(target: "single")) { try sweep(target: single) }
    #expect(throws: ConfigurationError.self) {
      try sweep(pairs: [GuidanceSweep.Pair(training: .infinity, sampling: 1)])
    }
    #expect(throws: MixtureError.self) {
      try sweep(pairs: [GuidanceSweep.Pair(training: 1, sampling: .infinity)])
    }
  }
}
