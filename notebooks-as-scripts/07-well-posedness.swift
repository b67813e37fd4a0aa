// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import LinearAlgebra
import Theory

// # Figure 7: Why ESD explodes and iSD does not
//
// An objective with a stopped gradient is not descended: its update is a vector field of its own. Near the
// flow map it is linear, and what it does to small errors is the spectrum of an operator. This walkthrough
// computes those operators exactly in one dimension, plants waves in a trained network, and watches the
// norm of the gradient in training.

public enum WellPosedness: Walkthrough {
  public static let number = 7
  public static let title = "Why ESD explodes and iSD does not"
  public static let summary = """
    Spectra of the linearised updates on refining grids, growth of waves planted in a trained network, and \
    gradient norms through training for ESD, ESD without its stop and iSD.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let plane = try session.planeTarget()
    session.print(prologue)

    // ## The operators
    //
    // Trajectories serve as coordinates, so that integration by parts holds on the grid as it does on paper.
    let spectra = try spectra(isThorough: session.isThorough)
    session.print(table(spectra))

    // ## Waves planted in a trained network
    //
    // The compiled objectives themselves are linearised around a network trained with iSD.
    let waves = try waves(session)
    session.print(table(waves))

    // ## Training
    //
    // Every run goes towards s = 0. One that ends in a number that is not finite is a result, not an accident.
    let training = try training(plane, session)
    session.print(table(training))

    for claim in claims(spectra, waves, training) { session.print(claim) }
    session.print("")
    try session.deliver(
      Picture(target: plane.name, spectra: spectra, waves: waves, training: training),
      number: number, draw: draw)
  }

  private static let prologue = """
    Figure 7 · Why ESD explodes and iSD does not

    Near the exact map a gradient step changes a small error ψ of the network by dψ/dτ = −Lψ. With the teacher
    fixed, D = ∂_t + v*·∇ and A = A(t,s):

      iSD, direct sg   L = D(A·)       along a trajectory d/dt(Aψ): the inverse of a Hardy average
      ESD              L = ∂_t* D      symbol ω(ω + k·v), as low as −(k·v)²/4: high frequencies grow
      full gradient    L = D* D        symbol (ω + k·v)² ≥ 0: stable but stiff
      LSD              L = ∂_s*(∂_s − ∇v*)   no derivative in x: bounded below

    The proof stands in the article on claim 15; the numbers follow.

    """
}

// MARK: - The experiments

extension WellPosedness {
  struct Picture: Codable {
    let target: String
    let spectra: Spectra
    let waves: Waves
    let training: [GradientNormStudy.Outcome]
  }

  struct Spectra: Codable {
    let semi: [Semi]
    let grids: [Grid]

    /// iSD on a graded grid.
    struct Semi: Codable {
      let interpolant: InterpolantKind
      let depths: [Double]
      let smallestRealParts: [Double]
      let smallestOfSymmetricPart: Double
      let eigenvalues: [ComplexNumber]
      let decay: [Decay]
    }

    /// `‖e^{−τL}‖`, and a bump's decay solved and predicted.
    struct Decay: Codable {
      let time: Double
      let norm: Double
      let measured: Double
      let predicted: Double
    }

    /// Smallest real parts on grids of `cells²`.
    struct Grid: Codable {
      let interpolant: InterpolantKind
      let cells: Int
      let partlyStopped: Double
      let full: Double
      let largestFull: Double
      let lagrangian: Double
      let improved: Double
      /// `−¼ max (Vκ)²` with the highest frequency `κ = √3/h` that differences of hat functions see.
      let symbol: Double
    }
  }

  struct Waves: Codable {
    let quotients: [PlantedPerturbations.Quotient]
    let growth: [Growth]

    struct Growth: Codable {
      let objective: Objective
      let frequency: Double
      let times: [Double]
      let amplitudes: [Double]
    }
  }

  private static func spectra(isThorough: Bool) throws -> Spectra {
    let mixture = try FlowCoordinates.twoModes()
    let depths = isThorough ? [10.0, 20, 40, 80] : [10.0, 20, 40]
    let cells = isThorough ? [6, 8, 12, 16, 20, 24, 32, 40] : [6, 8, 12, 16, 20, 24, 28, 32]
    let semi = try InterpolantKind.allCases.map { kind in
      let generator = SemiGradientOperator(kind)
      let graded = try depths.map {
        try UpdateSpectrum(generator.matrix(depth: $0, cellsPerUnit: 10))
      }
      return Spectra.Semi(
        interpolant: kind, depths: depths, smallestRealParts: graded.map(\.smallestRealPart),
        smallestOfSymmetricPart: graded.map(\.smallestOfSymmetricPart).min() ?? .nan,
        eigenvalues: graded[1].eigenvalues,
        decay: try (0...12).map { index in
          let time = 0.25 * Double(index)
          let bump = try generator.bumpDecay(after: time, cellsPerUnit: 12)
          return Spectra.Decay(
            time: time, norm: generator.exactNorm(after: time), measured: bump.measured,
            predicted: bump.predicted)
        })
    }
    let grids = try InterpolantKind.allCases.flatMap { kind in
      let coordinates = FlowCoordinates(mixture, kind)
      return try cells.map { count in
        let eulerian = try EulerianOperators(
          coordinates, timeCells: count, quantileCells: count)
        let improved = try UpdateSpectrum(
          SemiGradientOperator(kind).matrix(depth: Double(count), cellsPerUnit: 10))
        let frequency = 3.0.squareRoot() * Double(count)
        return Spectra.Grid(
          interpolant: kind, cells: count, partlyStopped: eulerian.partlyStopped.smallestRealPart,
          full: eulerian.full.smallestRealPart, largestFull: eulerian.full.largestModulus,
          lagrangian: try LagrangianOperator(coordinates, cells: count).smallestRealPart,
          improved: improved.smallestRealPart,
          symbol: -0.25 * pow(eulerian.largestVelocity * frequency, 2))
      }
    }
    return Spectra(semi: semi, grids: grids)
  }

  private static func waves(_ session: WalkthroughSession) throws -> Waves {
    let mixture = try FlowCoordinates.twoModes()
    let planted = try PlantedPerturbations(
      target: mixture, packet: .inFlank(of: mixture), rows: session.isThorough ? 131_072 : 32_768,
      seed: session.seed, pool: WorkerPool(threads: session.threads))
    let objectives: [Objective] = [
      .improvedSelfDistillation, .directSemi, .eulerianSelfDistillation,
      .eulerianSelfDistillationUnstopped, .lagrangianSelfDistillation,
    ]
    let frequencies: [Double] = [4, 8, 12, 16, 20, 24, 28, 32]
    let trained: [(Objective, Double)] = [
      (.improvedSelfDistillation, 32), (.eulerianSelfDistillation, 8),
      (.eulerianSelfDistillation, 20), (.eulerianSelfDistillation, 26),
      (.eulerianSelfDistillation, 32), (.eulerianSelfDistillationUnstopped, 32),
    ]
    return Waves(
      quotients: try objectives.flatMap {
        try planted.quotients($0, frequencies: frequencies)
      },
      growth: try trained.map { objective, frequency in
        let path = try planted.growth(objective, frequency: frequency, until: 0.25, steps: 25)
        return Waves.Growth(
          objective: objective, frequency: frequency, times: path.map(\.time),
          amplitudes: path.map(\.amplitude))
      })
  }

  private static func training(
    _ target: GaussianMixture, _ session: WalkthroughSession
  ) throws -> [GradientNormStudy.Outcome] {
    let study = try GradientNormStudy(
      target: target, methods: methods.map(\.method),
      seeds: session.seeds(3, thorough: 8),
      lengthened: session.isThorough ? 2 : 1)
    let progress = ProgressLine(
      label: "figure 7", total: study.settings.count * study.seeds.count * study.methods.count)
    defer { progress.finish() }
    let started = StepCounter()
    return try study.run(threads: session.threads) {
      progress.update(step: started.increment(), metric: $0)
    }
  }

  /// What is trained, in the order of legend and table.
  static let methods: [(name: String, method: GradientNormStudy.Method)] = [
    ("ESD", GradientNormStudy.Method(.eulerianSelfDistillation)),
    ("ESD, no stop", GradientNormStudy.Method(.eulerianSelfDistillationUnstopped)),
    ("iSD", GradientNormStudy.Method(.improvedSelfDistillation)),
    (
      "ESD, differences",
      GradientNormStudy.Method(
        .eulerianSelfDistillation, tangent: .centralDifference(step: 0.005))
    ),
    (
      "iSD, differences",
      GradientNormStudy.Method(
        .improvedSelfDistillation, tangent: .centralDifference(step: 0.005))
    ),
  ]
}
