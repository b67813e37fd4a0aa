// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import FlowMaps
import Foundation
import Interpolants
import Measures
import Theory

// The tables of figure 7, and the claims held against them.

extension WellPosedness {
  static func table(_ spectra: Spectra) -> String {
    let semi = spectra.semi.map { semi in
      [semi.interpolant.rawValue]
        + semi.smallestRealParts.map { String(format: "%.5f", $0) }
        + [digits(semi.smallestOfSymmetricPart)]
    }
    let depths = spectra.semi.first?.depths ?? []
    let grids = spectra.grids.map { grid in
      [
        grid.interpolant.rawValue, "\(grid.cells)²", digits(grid.partlyStopped),
        digits(grid.symbol), digits(grid.full), digits(grid.largestFull), digits(grid.lagrangian),
      ]
    }
    return
      "Smallest Re λ of iSD's update (direct sg has the same), on grids graded to e^{−depth}:\n\n"
      + textTable(
        ["interpolant"] + depths.map { "depth \(Int($0))" } + ["field of values from"], semi)
      + "\n\nSmallest Re λ of the other updates on grids of (t, quantile):\n\n"
      + textTable(
        [
          "interpolant", "cells", "ESD", "−¼(Vκ)²", "full", "full, largest", "LSD",
        ], grids) + "\n"
  }

  static func table(_ waves: Waves) -> String {
    let rows = waves.quotients.filter { [4, 16, 32].contains($0.frequency) }.map { quotient in
      [
        quotient.objective.shortName, digits(quotient.frequency), "\(quotient.measured)",
        "\(quotient.predicted)",
      ]
    }
    let growth = waves.growth.map { growth in
      [
        growth.objective.shortName, digits(growth.frequency), digits(growth.times.last ?? .nan),
        digits(growth.amplitudes.last ?? .nan),
      ]
    }
    return "Waves of frequency k in a trained network: ⟨ψ,Lψ⟩/‖ψ‖², positive shrinks them.\n\n"
      + textTable(["objective", "k", "compiled objective", "linearised operator"], rows)
      + "\n\nTheir amplitude after gradient descent on the two amplitudes, relative to the start:\n\n"
      + textTable(["objective", "k", "τ", "amplitude"], growth) + "\n"
  }

  static func table(_ outcomes: [GradientNormStudy.Outcome]) -> String {
    let rows = GradientNormStudy.Setting.allCases.flatMap { setting in
      methods.map { name, method in
        let runs = self.runs(outcomes, method, setting)
        return [
          setting.rawValue, name, "\(acrossSeeds(runs.map(\.mean)))",
          "\(acrossSeeds(runs.map(\.variance)))", "\(acrossSeeds(runs.map(\.largest)))",
          "\(runs.count { $0.failure != nil || $0.largest > explosion }) of \(runs.count)",
        ]
      }
    }
    let failures = outcomes.compactMap { outcome in
      outcome.failure.map { "  \(outcome.setting.rawValue), seed \(outcome.seed): \($0)\n" }
    }
    return
      "Norm of the gradient in training towards s = 0; means over seeds with standard errors:\n\n"
      + textTable(["setting", "objective", "mean", "variance", "largest", "exploded"], rows)
      + "\n\n  Exploded: a gradient norm above \(digits(explosion)), or a number that is not finite.\n"
      + failures.joined()
  }

  /// Far above the norm of any gradient of a run that converges.
  private static let explosion = 100.0

  static func runs(
    _ outcomes: [GradientNormStudy.Outcome], _ method: GradientNormStudy.Method,
    _ setting: GradientNormStudy.Setting
  ) -> [GradientNormStudy.Outcome] {
    outcomes.filter { $0.method == method && $0.setting == setting }
  }

  // MARK: - Claims

  static func claims(
    _ spectra: Spectra, _ waves: Waves, _ outcomes: [GradientNormStudy.Outcome]
  ) -> [Claim] {
    spectralClaims(spectra) + [waveClaim(waves)] + trainingClaims(outcomes)
  }

  private static func spectralClaims(_ spectra: Spectra) -> [Claim] {
    let limits = spectra.semi.map { semi in
      2 * semi.smallestRealParts[semi.smallestRealParts.count - 1]
        - semi.smallestRealParts[semi.smallestRealParts.count - 2]
    }
    let falls = InterpolantKind.allCases.map { kind in
      spectra.grids.filter { $0.interpolant == kind }.map(\.partlyStopped)
    }
    return [
      Claim(
        statement: "The smallest real part of iSD's spectrum tends to ½ for both interpolants.",
        isShown: limits.allSatisfy { abs($0 - 0.5) < 0.005 },
        evidence: "extrapolated in 1/depth: "
          + zip(spectra.semi, limits).map {
            "\($0.0.interpolant.rawValue) \(String(format: "%.4f", $0.1))"
          }.joined(separator: ", ")),
      Claim(
        statement: "ESD's falls without bound as the grid refines.",
        isShown: falls.allSatisfy { values in
          values[values.count - 1] < 0
            && zip(values.suffix(4), values.suffix(3)).allSatisfy { $0 > $1 }
        },
        evidence: falls.map { $0.map(digits).joined(separator: " → ") }.joined(separator: "; ")),
    ]
  }

  private static func waveClaim(_ waves: Waves) -> Claim {
    func at(_ objective: Objective, _ frequency: Double) -> Estimate? {
      waves.quotients.first { $0.objective == objective && $0.frequency == frequency }?.measured
    }
    let (esd, isd) = (at(.eulerianSelfDistillation, 32), at(.improvedSelfDistillation, 32))
    let isShown =
      zip([esd], [isd]).allSatisfy { esd, isd in
        guard let esd, let isd else { return false }
        return esd.isShown(below: 0) && isd.isShown(above: 0)
      }
    return Claim(
      statement:
        "A wave of high frequency planted in a trained network grows under ESD, not under iSD.",
      isShown: isShown,
      evidence: "⟨ψ,Lψ⟩/‖ψ‖² at k = 32: ESD \(esd.map { "\($0)" } ?? "–"), iSD "
        + "\(isd.map { "\($0)" } ?? "–")")
  }

  private static func trainingClaims(_ outcomes: [GradientNormStudy.Outcome]) -> [Claim] {
    func worst(_ index: Int, _ setting: GradientNormStudy.Setting) -> [Double] {
      runs(outcomes, methods[index].method, setting).map {
        $0.failure == nil ? $0.largest : .infinity
      }
    }
    func text(_ values: [Double]) -> String {
      values.map { $0.isFinite ? digits($0) : "not finite" }.joined(separator: ", ")
    }
    let (esd, isd, unstopped) = (
      worst(0, .stressed), worst(2, .stressed), worst(1, .stressed)
    )
    let (calmESD, calmISD) = (worst(0, .calm), worst(2, .calm))
    return [
      Claim(
        statement:
          "In the stressed setting every ESD run has a larger worst gradient than any iSD run.",
        isShown: (esd.min() ?? 0) > (isd.max() ?? .infinity),
        evidence: "largest norm by seed: ESD \(text(esd)); iSD \(text(isd))"),
      Claim(
        statement: "Without its stop ESD does not blow up there.",
        isShown: (unstopped.max() ?? .infinity) < (esd.min() ?? 0),
        evidence: "largest norm by seed: no stop \(text(unstopped)); ESD \(text(esd))"),
      Claim(
        statement: "Tangents by differences do not keep ESD from it, and change nothing for iSD.",
        isShown: (worst(3, .stressed).max() ?? 0) > explosion
          && (worst(4, .stressed).max() ?? .infinity) < explosion,
        evidence: "largest norm by seed: ESD \(text(worst(3, .stressed))); iSD "
          + text(worst(4, .stressed))),
      Claim(
        statement:
          "In the calm setting the instability stays hidden: ESD's worst gradients are like iSD's.",
        isShown: (calmESD.max() ?? .infinity) < 3 * (calmISD.max() ?? 0),
        evidence: "largest norm by seed: ESD \(text(calmESD)); iSD \(text(calmISD))"),
    ]
  }
}
