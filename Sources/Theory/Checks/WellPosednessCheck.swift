// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Foundation
internal import GroundTruth
internal import Interpolants
internal import Measures

/// Claim 15: which updates are well-posed. The statements are proved in the article
/// <doc:Claim15WellPosedness>; the operators are derived in ``SemiGradientOperator``, ``EulerianOperators``
/// and ``LagrangianOperator``.
///
/// Bounds on fields of values hold on every Galerkin grid and are checked to rounding and quadrature. Eigenvalues
/// of a non-normal operator need no grid to be reached by those of its matrices, so their limits are checked on
/// grids graded towards the diagonal, extrapolated, with the last correction as the tolerance.
enum WellPosednessCheck: TheoryCheck {
  static let number = 15
  static let claim = "iSD's update has its spectrum in Re λ ≥ ½; ESD's falls without bound"

  static func run(_ session: CheckSession) throws -> [Finding] {
    let mixture = try FlowCoordinates.twoModes()
    var findings: [Finding] = []
    for kind in InterpolantKind.allCases {
      session.progress("semi-gradient spectra, \(kind.rawValue)")
      findings += try semiGradient(kind, session)
      session.progress("ESD, full gradient and LSD, \(kind.rawValue)")
      findings += try eulerian(FlowCoordinates(mixture, kind), session)
    }
    session.progress("planted waves")
    return findings + (try planted(mixture, session))
  }

  // MARK: - iSD, directSemi, eulerianSemi

  private static func semiGradient(
    _ kind: InterpolantKind, _ session: CheckSession
  ) throws -> [Finding] {
    let name = kind.rawValue
    let operatorAtZero = SemiGradientOperator(kind)
    let depths = session.isThorough ? [10.0, 20, 40, 80] : [10.0, 20, 40]
    let graded = try depths.map {
      try UpdateSpectrum(operatorAtZero.matrix(depth: $0, cellsPerUnit: 10))
    }
    let limit = extrapolated(graded.map(\.smallestRealPart))
    let relaxedLimit = extrapolated(
      try depths.map {
        try UpdateSpectrum(
          SemiGradientOperator(kind, endTime: 0.3).matrix(depth: $0, cellsPerUnit: 10)
        ).smallestRealPart
      })
    let stretches = try depths.map {
      try operatorAtZero.smallestStretch(depth: $0, cellsPerUnit: 10)
    }
    let relaxed = SemiGradientOperator(kind, endTime: 0.3)
    let cells = session.isThorough ? [100, 200, 400, 800] : [50, 100, 200]
    let plain = try cells.map { try UpdateSpectrum(operatorAtZero.matrix(equalCells: $0)) }
    let relaxedSpectra = try cells.map { try UpdateSpectrum(relaxed.matrix(equalCells: $0)) }
    var findings = [
      Finding(
        "\(name): smallest Re λ of iSD, depth → ∞", measured: limit.value,
        .equals(0.5, tolerance: limit.tolerance)),
      Finding(
        "\(name), s = 0.3: the same", measured: relaxedLimit.value,
        .equals(0.5, tolerance: relaxedLimit.tolerance)),
      Finding(
        "\(name), s = 0: smallest of the symmetric part, any grid",
        measured: (graded + plain).map(\.smallestOfSymmetricPart).min() ?? .nan,
        .atLeast(0.5 * operatorAtZero.smallestRate - 1e-10)),
      Finding(
        "\(name), s = 0.3: smallest of the symmetric part, any grid",
        measured: relaxedSpectra.map(\.smallestOfSymmetricPart).min() ?? .nan,
        .atLeast(0.5 * relaxed.smallestRate - 1e-10)),
      // ½A' grows linearly from its least value, so the grids approach the bound like the cell.
      Finding(
        "\(name), s = 0: smallest of the symmetric part, cell → 0",
        measured: extrapolated(plain.map(\.smallestOfSymmetricPart)).value,
        .equals(
          0.5 * operatorAtZero.smallestRate,
          tolerance: max(extrapolated(plain.map(\.smallestOfSymmetricPart)).tolerance, 1e-10))),
      Finding(
        "\(name): 1/‖L⁻¹‖, any grid", measured: stretches.min() ?? .nan, .atLeast(0.5)),
      // The excess over ½ falls like 1/depth², four times at each doubling; 3 leaves room for the
      // corrections of relative order 1/depth.
      Finding(
        "\(name): fall of 1/‖L⁻¹‖ − ½ as the depth doubles",
        measured: (stretches[stretches.count - 2] - 0.5) / (stretches[stretches.count - 1] - 0.5),
        .equals(4, tolerance: 1)),
    ]
    switch kind {
    case .linear:
      findings.append(
        Finding(
          "linear: 1/‖L⁻¹‖ at depth \(Int(depths[2])), √(¼ + κ²)", measured: stretches[2],
          .equals(SemiGradientOperator.exactLinearStretch(depth: depths[2]), tolerance: 1e-6)))
    case .trigonometric:
      // Where A' vanishes, a grid with one scale holds waves too short to leave: a balance of θ²/h with
      // h/θ² puts them at T − t = θ ~ h^{1/2}, with Re λ ~ ½A' ~ ½θ.
      findings.append(
        Finding(
          "trigonometric, s = 0: smallest Re λ on equal cells, fall as the cells are halved",
          measured: plain[plain.count - 1].smallestRealPart
            / plain[plain.count - 2].smallestRealPart,
          .equals(0.5.squareRoot(), tolerance: 0.02)))
    }
    for time in [0.5, 1.0, 2.0] {
      let coarse = try operatorAtZero.bumpDecay(after: time, cellsPerUnit: 12)
      let fine = try operatorAtZero.bumpDecay(after: time, cellsPerUnit: 24)
      // Second order: a third of the change is what is left.
      findings.append(
        Finding(
          "\(name): ‖e^{−τL}φ‖/‖φ‖ at τ = \(time), solved", measured: fine.measured,
          .equals(fine.predicted, tolerance: abs(fine.measured - coarse.measured))))
    }
    return findings
  }

  // MARK: - ESD, full gradient, LSD

  private static func eulerian(
    _ coordinates: FlowCoordinates, _ session: CheckSession
  ) throws -> [Finding] {
    let name = coordinates.interpolant.rawValue
    let cells = session.isThorough ? [8, 12, 16, 24, 32, 40] : [8, 12, 16, 24, 32]
    let grids = try cells.map {
      try EulerianOperators(coordinates, timeCells: $0, quantileCells: $0)
    }
    let lowest = grids.map(\.partlyStopped.smallestRealPart)
    let last = grids[grids.count - 1]
    let lagrangian = try [24, 48, 96].map { try LagrangianOperator(coordinates, cells: $0) }
    let ends = lagrangian.map(\.smallestRealPart)
    let end = coordinates.interpolant.interpolant.endTime
    let exactFull = Double.pi * Double.pi / (4 * end * end)
    // A perturbation of the relative order h² of the least eigenvalue of −d²/dt² on hat functions: λ²h²/12.
    let fullTolerance = exactFull * exactFull * pow(end / Double(last.timeCells), 2) / 12
    let cosine = cos(Double.pi / Double(2 * last.timeCells))
    let largestFull =
      6 * pow(Double(last.timeCells) / end, 2) * (1 + cosine) / (2 - cosine)
    return [
      Finding(
        "\(name): ESD's smallest Re λ at \(cells[cells.count - 1])² cells",
        measured: last.partlyStopped.smallestRealPart, .atMost(0)),
      // Quadratic growth of −λ: at least the ratio of the resolutions, never beyond the bound.
      Finding(
        "\(name): its fall over the last refinement, over that before",
        measured: (lowest[lowest.count - 1] - lowest[lowest.count - 2])
          / (lowest[lowest.count - 2] - lowest[lowest.count - 3]),
        .atLeast(Double(cells[cells.count - 1]) / Double(cells[cells.count - 2]))),
      Finding(
        "\(name): smallest of ESD's symmetric part over its bound −¼ max (Vκ)²",
        measured: grids.map { $0.partlyStopped.smallestOfSymmetricPart / $0.lowerBound }.max()
          ?? .nan, .atMost(1)),
      Finding(
        "\(name): full gradient, smallest λ", measured: last.full.smallestRealPart,
        .equals(exactFull, tolerance: 1.1 * fullTolerance)),
      // On n hat functions the eigenvalues are 6(n/T)²(1 − cos θ)/(2 + cos θ), θ = (j − ½)π/n: the largest
      // comes close to 12(n/T)².
      Finding(
        "\(name): full gradient, largest λ at \(last.timeCells) cells over the closed form",
        measured: last.full.largestModulus / largestFull, .equals(1, tolerance: 1e-9)),
      Finding(
        "\(name): LSD, smallest of the symmetric part over −¼ max J²",
        measured: lagrangian.map {
          $0.smallestOfSymmetricPart / (-0.25 * $0.largestSlope * $0.largestSlope)
        }
        .max() ?? .nan, .atMost(1)),
      Finding(
        "\(name): LSD, change of the smallest Re λ over the last refinement by that before",
        measured: abs((ends[2] - ends[1]) / (ends[1] - ends[0])), .equals(0.25, tolerance: 0.1)),
    ]
  }

  // MARK: - Planted waves

  private static func planted(
    _ mixture: GaussianMixture, _ session: CheckSession
  ) throws -> [Finding] {
    let waves = try PlantedPerturbations(
      target: mixture, packet: WavePacket.inFlank(of: mixture), rows: 131_072, seed: session.seed,
      pool: session.pool)
    let frequencies: [Double] = [4, 8, 16, 32]
    let semi = try waves.quotients(.eulerianSemi, frequencies: frequencies)
    let direct = try waves.quotients(.directSemi, frequencies: frequencies)
    let improved = try waves.quotients(.improvedSelfDistillation, frequencies: frequencies)
    let eulerian = try waves.quotients(.eulerianSelfDistillation, frequencies: frequencies)
    let unstopped = try waves.quotients(
      .eulerianSelfDistillationUnstopped, frequencies: frequencies)
    var findings = [
      Finding(
        "planted: ⟨ψ,Lψ⟩/‖ψ‖² of eulerianSemi", measured: semi[0].measured.value,
        standardError: semi[0].measured.standardError, .agrees(0.5, standardErrors: 4)),
      // Summed over two waves a quarter period apart, k drops out of ⟨ψ, D(Aψ)⟩ point by point.
      Finding(
        "planted: its spread over k = 4…32",
        measured: semi.map { abs($0.measured.value - semi[0].measured.value) }.max() ?? .nan,
        .atMost(1e-9)),
      Finding(
        "planted: directSemi less the operator's form", measured: direct[3].difference.value,
        standardError: direct[3].difference.standardError, .agrees(0, standardErrors: 4)),
    ]
    findings += (improved + eulerian + unstopped).map { quotient in
      Finding(
        "planted k = \(Int(quotient.frequency)): \(quotient.objective.shortName) less the "
          + "operator's form, over what v̂ ≠ v* explains",
        measured: abs(quotient.difference.value) / quotient.teacherError, .atMost(1))
    }
    return findings + [
      Finding(
        "planted k = 32: ⟨ψ,Lψ⟩/‖ψ‖² of ESD", measured: eulerian[3].measured.value,
        standardError: eulerian[3].measured.standardError,
        .atMost(-4 * eulerian[3].measured.standardError)),
      Finding(
        "planted: ESD's change from k = 16 to 32, over that from 8 to 16",
        measured: (eulerian[3].measured.value - eulerian[2].measured.value)
          / (eulerian[2].measured.value - eulerian[1].measured.value),
        .equals(4, tolerance: 1e-6)),
    ]
  }

  /// The limit of a sequence whose error halves from term to term, and its last correction.
  private static func extrapolated(_ values: [Double]) -> (value: Double, tolerance: Double) {
    let (before, last) = (values[values.count - 2], values[values.count - 1])
    return (2 * last - before, abs(last - before))
  }
}
