// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Foundation
import GroundTruth
import Measures
import Probing
import Theory

// The numbers of figure 11 and what they show.

extension GuidanceInTraining {
  struct Results {
    let outcomes: [GuidanceSweep.Outcome]
    let extrapolated: [Extrapolated]
    let experiment: Experiment

    func over(_ pair: Pair, _ value: (GuidedErrors) -> Double) -> Estimate {
      acrossSeeds(
        outcomes.filter { $0.pair == pair }.map { value($0.errors) }.filter { $0.isFinite })
    }

    /// For each of ``exactSampling``.
    func exact(_ pair: Pair) -> [Estimate] {
      extrapolated.first { $0.pair == pair }?.errors ?? []
    }

    var text: String {
      [truthTable, sweepTable, stackedTable, stepsTable].joined(separator: "\n\n") + "\n"
        + divergences.map { $0 + "\n" }.joined()
    }

    /// Runs that did not reach their end, or end with a velocity worse than none.
    private var divergences: [String] {
      outcomes.filter { $0.pair.sampling == 1 }.compactMap { outcome in
        let run = "  diverged: ω = \(digits(outcome.pair.training)), seed \(outcome.seed): "
        if let failure = outcome.failure { return run + failure }
        let velocities = experiment.sweep.sets[outcome.pair.product]?.velocities ?? []
        let size = meanSquaredDistance(
          velocities, Array(repeating: 0, count: velocities.count), dimension: 2)
        let error = outcome.errors.velocity.value
        return error < size.value
          ? nil : run + "velocity error \(digits(error)), E‖ṽ‖² is \(digits(size.value))"
      }
    }

    /// E‖ṽ − v*‖² at data of the class and along the guided flow.
    func guidance(_ scale: Double) -> (atData: Estimate, alongFlow: Estimate) {
      guard let set = experiment.sweep.sets[scale] else {
        preconditionFailure("there is a set for each scale")
      }
      return (
        meanSquaredDistance(set.velocities, set.unconditionalVelocities, dimension: 2),
        meanSquaredDistance(
          set.carriedVelocities, set.carriedUnconditionalVelocities, dimension: 2)
      )
    }

    private var truthTable: String {
      let rows = scales.map { scale in
        let guidance = guidance(scale)
        return [
          digits(scale), guidance.atData.description, guidance.alongFlow.description,
          Estimate(meanOf: experiment.sweep.sets[scale]?.targetVariances ?? []).description,
        ]
      }
      return textTable(
        ["ω", "E‖ṽ − v*‖² at data", "along the flow", "scatter of the target"], rows) + "\n\n"
        + "  From exact fields, standard errors over points; the scatter is ω² E tr Cov[v_c | x_t, c]."
    }

    private var sweepTable: String {
      let rows = scales.flatMap { scale -> [[String]] in
        let pairs = scale == 1 ? [pre(1)] : [pre(scale), post(scale)]
        return pairs.map { pair in
          [
            digits(scale), pair.training == scale ? "Pre" : "Post",
            over(pair) { $0.effectiveScale }.description,
            over(pair) { $0.velocity.value }.description,
            over(pair) { $0.carriedVelocity.value }.description,
            over(pair) { $0.map[0].value }.description,
            over(pair) { $0.map[2].value }.description,
          ]
        }
      }
      return textTable(
        [
          "ω", "", "effective ω", "velocity", "along the flow", "map, 1 step", "map, 4 steps",
        ], rows) + "\n\n"
        + "  Errors E‖·‖² against the exact guided velocity, at data of the class and along the exact guided flow, and\n"
        + "  against its exact map. Effective ω: the scale that explains the network's velocity best.\n"
        + "  Means over \(experiment.sweep.seeds.count) seeds with the standard error of the mean."
    }

    private var stackedTable: String {
      let rows = stacked.map { pair in
        [
          digits(pair.training), digits(pair.sampling), digits(pair.product),
          over(pair) { $0.effectiveScale }.description,
          over(pair) { $0.velocity.value }.description,
          over(pair) { $0.map[0].value }.description,
        ]
      }
      return textTable(
        ["ω₁ in training", "ω₂ in sampling", "ω₁ ω₂", "effective ω", "velocity", "map, 1 step"],
        rows)
    }

    private var stepsTable: String {
      let compared = comparedScale
      let rows = exactSampling.enumerated().map { place, steps in
        [
          "\(steps)", exact(post(compared))[place].description,
          exact(comparedPair)[place].description,
          place < sampling.count
            ? over(pre(compared)) { $0.map[place].value }.description : "",
          place < sampling.count
            ? over(post(compared)) { $0.map[place].value }.description : "",
        ]
      }
      return textTable(
        ["steps", "exact, 1 × 3", "exact, 1.5 × 2", "Pre, 3 × 1", "Post, 1 × 3"], rows) + "\n\n"
        + "  E‖f − f*_3‖² of N steps; \"exact\" extrapolates exact maps, and its standard errors are over points."
    }

    var claims: [Claim] { velocityClaims + mapClaims }

    /// Of the errors `e` of the two branches of the network without guidance, `E‖e_c‖² + E‖e_∅‖²` and
    /// `E‖e_c − e_∅‖²`. The error of Post-CFG, `E‖e_c + (ω − 1)(e_c − e_∅)‖²`, is a polynomial of degree 2 in `ω`;
    /// its second difference over 0, 1, 2 gives the latter.
    private var branchErrors: (independent: Estimate, difference: Estimate) {
      func values(_ pair: Pair) -> [Double] {
        outcomes.filter { $0.pair == pair }.map(\.errors.velocity.value)
      }
      let (null, one, two) = (values(nullBranch), values(pre(1)), values(post(2)))
      return (
        acrossSeeds(zip(null, one).map { $0 + $1 }),
        acrossSeeds(one.indices.map { (null[$0] - 2 * one[$0] + two[$0]) / 2 })
      )
    }

    private var velocityClaims: [Claim] {
      let trained = scales.map { scale in over(pre(scale)) { $0.effectiveScale } }
      let product = stacked.map { pair in over(pair) { $0.effectiveScale } }
      let guidance = guidance(comparedScale)
      let branches = branchErrors
      return [
        Claim(
          statement:
            "Pre-CFG learns the guided velocity: the scale found is the one asked for, to 5 %.",
          isShown: zip(trained, scales).allSatisfy { $0.isShown(within: 0.05 * $1, of: $1) },
          evidence: "effective ω for "
            + zip(scales, trained).map { "\(digits($0)): \($1)" }.joined(separator: ", ")),
        Claim(
          statement: "Post-CFG on top multiplies the scales of velocities, to 5 %.",
          isShown: zip(product, stacked).allSatisfy {
            $0.isShown(within: 0.05 * $1.product, of: $1.product)
          },
          evidence: "effective ω for "
            + zip(stacked, product).map {
              "\(digits($0.training)) × \(digits($0.sampling)) = \(digits($0.product)): \($1)"
            }.joined(separator: ", ") + "; ω₁ + ω₂ − 1 would be "
            + stacked.map { digits($0.training + $0.sampling - 1) }.joined(separator: ", ")),
        Claim(
          statement:
            "The two branches of one network share errors, which guidance in sampling cancels.",
          isShown: branches.independent.isShown(above: branches.difference),
          evidence: "without guidance in training: E‖e_c‖² + E‖e_∅‖² = \(branches.independent), "
            + "E‖e_c − e_∅‖² = \(branches.difference)"),
        Claim(
          statement: "The guided flow leaves the places where guidance is strong.",
          isShown: guidance.atData.isShown(above: guidance.alongFlow),
          evidence: "E‖ṽ − v*‖² at ω = \(digits(comparedScale)): at data of the class "
            + "\(guidance.atData), along the flow \(guidance.alongFlow)"),
      ]
    }

    private var mapClaims: [Claim] {
      let (compared, last) = (comparedScale, sampling.count - 1)
      func errors(_ pair: Pair) -> (one: Estimate, many: Estimate) {
        (over(pair) { $0.map[0].value }, over(pair) { $0.map[last].value })
      }
      let (trained, sampled) = (errors(pre(compared)), errors(post(compared)))
      let exact = exact(post(compared))
      let (one, half, many) = (exact[0], exact[exact.count - 2], exact[exact.count - 1])
      let slope = log(many.value / half.value) / log(2)
      return [
        Claim(
          statement:
            "It does not multiply those of maps: exact maps extrapolated in one step miss the guided "
            + "map; in N steps the error falls like N^−2.",
          isShown: one.isShown(above: many) && abs(slope + 2) < 0.3,
          evidence: "E‖f − f*‖² at ω = \(digits(compared)): \(one) in 1 step, \(many) in "
            + "\(exactSampling[exactSampling.count - 1]); slope over the last doubling \(digits(slope))"
        ),
        Claim(
          statement: "In one step guidance in training beats guidance in sampling.",
          isShown: sampled.one.isShown(above: trained.one),
          evidence: "E‖f − f*‖² at ω = \(digits(compared)): Pre \(trained.one), Post \(sampled.one)"
        ),
        Claim(
          statement:
            "With many steps guidance in sampling beats guidance in training.",
          isShown: trained.many.isShown(above: sampled.many),
          evidence: "E‖f − f*‖² at ω = \(digits(compared)) in \(sampling[last]) steps: "
            + "Pre \(trained.many), Post \(sampled.many)"),
      ]
    }
  }
}
