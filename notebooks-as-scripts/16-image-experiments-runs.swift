// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import FlowMaps
import Foundation
import Interpolants
import LinearAlgebra
import Measures
import Networks
import Plotting
import Probing
import Runs
import Training

// The runs of figure 16: one way of training, of which each experiment changes one thing.

/// What the runs of figure 16 have in common, and how many there are.
struct ImageExperiments {
  /// What a live and a thorough figure differ in.
  struct Sizes {
    let steps: Int
    let batch: Int
    let width: Int
    let depth: Int
    let samples: Int
    /// For the spread with s = 0 and s < t.
    let spreadSeeds: Int
    let seeds: Int
    /// For the grid of networks, spaces and weightings.
    let gridSeeds: Int
    let autoencoder: AutoencoderConfiguration
    let autoencoderSteps: Int
    let latents: Int?
    let landscapeSide: Int

    static let live = Sizes(
      steps: 480, batch: 32, width: 32, depth: 2, samples: 500, spreadSeeds: 10, seeds: 3,
      gridSeeds: 1,
      autoencoder: AutoencoderConfiguration(
        inputChannels: 1, outputChannels: 1, blockChannels: [8, 16, 32], layersPerBlock: 1,
        latentChannels: 4, groups: 8), autoencoderSteps: 400, latents: 16_384, landscapeSide: 21)
    static let thorough = Sizes(
      steps: 4000, batch: 64, width: 64, depth: 3, samples: 5000, spreadSeeds: 20, seeds: 5,
      gridSeeds: 3, autoencoder: .tiny, autoencoderSteps: 3000, latents: nil, landscapeSide: 41)
  }

  let session: WalkthroughSession
  let sizes: Sizes
  let kept: KeptRuns
  /// 14×14 pixels.
  let small: Space
  /// 28×28 pixels.
  let large: Space

  /// A source, and what its samples are held against.
  struct Space: Sendable {
    let source: ResolvedRun.Source
    let reference: FeatureReference
    var decoder: String?
  }

  static let stageCount = 4
  static let sampledSteps = [1, 2, 4]

  /// - Throws: `ImageDataError` where Fashion-MNIST is not installed, with what to install.
  init(_ session: WalkthroughSession) throws {
    self.session = session
    sizes = session.isThorough ? .thorough : .live
    kept = KeptRuns(session, figure: ImageStudies.number)
    let settings = FeatureSettings(
      space: .classifier, samples: sizes.samples, steps: Self.sampledSteps)
    func space(shrink: Int) throws -> Space {
      let request = ImageRequest(data: KnownImages.fashionMNIST.rawValue, shrink: shrink)
      let source = ResolvedRun.Source(request, try request.read())
      return Space(
        source: source,
        reference: try FeatureReference(settings, of: source, threads: session.threads))
    }
    small = try space(shrink: 2)
    large = try space(shrink: 1)
  }

  // MARK: - One way of training

  func transformer(
    on space: Space, patch: Int, width: Int? = nil, depth: Int? = nil
  ) -> Architecture {
    let shape = space.source.data.pointShape
    let width = width ?? sizes.width
    return .transformer(
      FlowMapTransformer(
        TransformerConfiguration(
          imageSize: shape[1], patchSize: patch, channels: shape[0], width: width,
          depth: depth ?? sizes.depth, heads: max(width / 16, 1),
          classCount: space.source.data.classCount)))
  }

  /// Levels are halved while they can be.
  func unet(on space: Space) -> Architecture {
    let shape = space.source.data.pointShape
    let channels = [sizes.width / 4, sizes.width / 2, sizes.width]
    let levels = (1...channels.count).last { shape[1] % (1 << ($0 - 1)) == 0 } ?? 1
    return .unet(
      UNet(
        UNetConfiguration(
          imageSize: shape[1], channels: shape[0],
          blockChannels: levels == 1 ? [sizes.width] : Array(channels.prefix(levels)), heads: 2,
          embeddingWidth: 2 * sizes.width, classCount: space.source.data.classCount)))
  }

  /// The recipe `isd`, unguided and without averages: what is measured is the last step.
  func configuration(_ network: Architecture, seed: UInt64, steps: Int? = nil)
    -> TrainingConfiguration
  {
    let steps = steps ?? sizes.steps
    var configuration = TrainingConfiguration(
      network: MultilayerPerceptron(), batch: sizes.batch, steps: steps, seed: seed,
      metricsInterval: max(steps / Self.stageCount, 1), evaluationPoints: 256,
      precision: session.precision)
    configuration.network = network
    configuration.follow(.isd)
    configuration.loss.guidance = Guidance(scale: 1)
    configuration.averageDecays = []
    return configuration
  }

  func job(
    _ name: String, on space: Space, _ configuration: TrainingConfiguration,
    pretrained: PretrainedParameters = .none, stages: Int = 1, samplingScales: [Double] = []
  ) -> ImageJob {
    let steps = configuration.steps
    let interval = max(steps / Self.stageCount, 1)
    return ImageJob(
      name: name,
      run: ResolvedRun(
        configuration: configuration, source: space.source, pretrained: pretrained,
        checkpointInterval: interval, decoder: space.decoder, threads: 1,
        command: "toylab figure16" + (session.isThorough ? " --thorough" : "")),
      stages: stages == 1 ? [steps] : (1..<stages).map { $0 * interval } + [steps],
      samplingScales: samplingScales, reference: space.reference)
  }

  func measure(_ jobs: [ImageJob], _ label: String) throws -> [MeasuredImages] {
    try kept.measure(jobs, threads: session.threads, label: "figure 16, \(label)")
  }

  /// Seeds that count up from the session's own.
  func seeds(_ count: Int) -> [UInt64] { session.seeds(count, thorough: count) }
}

// MARK: - Spread over seeds

extension ImageExperiments {
  /// The methods of figure 6, under names for folders.
  static let spreadTimes: [(name: String, method: Method)] = [
    ("s=0", LossLandscapes.atZero), ("s<t", LossLandscapes.relaxed),
  ]

  func spread() throws -> [String: [MeasuredImages]] {
    let network = transformer(on: small, patch: 2)
    let jobs = Self.spreadTimes.flatMap { setting in
      seeds(sizes.spreadSeeds).map { seed in
        var configuration = configuration(network, seed: seed)
        configuration.times = setting.method.times
        return job("spread-\(setting.name)-seed\(seed)", on: small, configuration)
      }
    }
    let measured = try measure(jobs, "spread")
    return Dictionary(
      uniqueKeysWithValues: Self.spreadTimes.enumerated().map { index, setting in
        let first = index * sizes.spreadSeeds
        return (setting.name, Array(measured[first..<first + sizes.spreadSeeds]))
      })
  }

  /// The loss on the plane of the top two eigenvectors of its Hessian, for the first seed.
  func landscape(_ setting: String) throws -> Landscape {
    let run = try ProbedRun(kept.path("spread-\(setting)-seed\(session.seed)"))
    let landscape = try RunLandscape(
      run, kind: .eigenvectors, side: sizes.landscapeSide,
      batch: ProbeBatch(rows: 128, seed: session.seed &+ 1_000_003),
      krylov: KrylovSettings(relativeTolerance: 1e-2, seed: session.seed),
      pool: WorkerPool(threads: session.threads))
    return try landscape.compute()
  }
}

// MARK: - Guidance

extension ImageExperiments {
  /// A run with guidance in training.
  struct GuidedRun: Codable, Sendable {
    let scale: Double
    let interpolant: InterpolantKind
    let width: Int
    let measured: MeasuredImages
  }

  static let guidanceScales = [1.5, 3, 5, 7, 10]
  static let samplingScale = 2.0

  /// The cells of the design: every scale on both interpolants for the middle size, three scales on the linear one for
  /// the others; thorough, all of them.
  func guidance() throws -> [GuidedRun] {
    let widths = [sizes.width / 2, sizes.width, 2 * sizes.width]
    let cells = widths.flatMap { width in
      InterpolantKind.allCases.flatMap { interpolant in
        Self.guidanceScales.filter { scale in
          session.isThorough || width == sizes.width
            || interpolant == .linear && [1.5, 5, 10].contains(scale)
        }.map { (scale: $0, interpolant: interpolant, width: width) }
      }
    }
    let jobs = cells.map { cell in
      var configuration = configuration(
        transformer(on: small, patch: 2, width: cell.width), seed: session.seed)
      configuration.interpolant = cell.interpolant
      configuration.loss.guidance = Guidance(scale: cell.scale)
      return job(
        "guidance-\(cell.interpolant.rawValue)-width\(cell.width)-scale\(cell.scale)", on: small,
        configuration, stages: Self.stageCount, samplingScales: [Self.samplingScale])
    }
    return zip(cells, try measure(jobs, "guidance")).map {
      GuidedRun(
        scale: $0.scale, interpolant: $0.interpolant, width: $0.width, measured: $1)
    }
  }
}

// MARK: - Objectives, and what LED tells

extension ImageExperiments {
  /// An objective with what it changes in the common way of training.
  struct Contender: Sendable {
    let name: String
    let color: Color
    let change: @Sendable (inout TrainingConfiguration) -> Void
  }

  static let flowMatching = "flow matching"
  static let improved = Method.improved.name

  /// Self-distillation shares the rows as the recipe has it, MeanFlow by its own law of times; sCM has its times, its
  /// stabilisers and its learned weights, without which it is another method.
  static let contenders: [Contender] = [
    selfDistillation(.improved),
    selfDistillation(.eulerian),
    selfDistillation(.lagrangian),
    selfDistillation(.progressiveUniform),
    selfDistillation(.progressiveMidpoint),
    Contender(name: "MeanFlow", color: Method.directSemi.color) {
      $0.loss = TrainingLoss(objective: .directSemi, guidance: $0.loss.guidance)
      $0.times = .logitNormal()
    },
    Contender(name: "sCM", color: Palette.skyBlue) {
      $0.loss = TrainingLoss(
        objective: .stabilizedConsistency, weighting: .learned(), guidance: $0.loss.guidance)
      $0.times = .logNormal()
    },
    Contender(name: flowMatching, color: Palette.purple) {
      $0.loss = TrainingLoss(objective: .flowMatching, guidance: $0.loss.guidance)
    },
  ]

  private static func selfDistillation(_ method: Method) -> Contender {
    Contender(name: method.name, color: method.color) {
      $0.loss = TrainingLoss(
        objective: method.objective, sharing: .diagonalFraction(0.75), guidance: $0.loss.guidance)
    }
  }

  /// A network trained by flow matching alone, twice as long, whose velocity stands for v*.
  func teacher() throws -> (network: Pretrained, measured: MeasuredImages) {
    var configuration = configuration(
      transformer(on: small, patch: 2), seed: session.seed &+ 1000, steps: 2 * sizes.steps)
    configuration.loss = TrainingLoss(
      objective: .flowMatching, guidance: configuration.loss.guidance)
    let job = job("teacher", on: small, configuration)
    let measured = try measure([job], "teacher")[0]
    return (try Pretrained(run: kept.path(job.name)), measured)
  }

  func objectives(taughtBy teacher: Pretrained) throws -> [String: [MeasuredImages]] {
    let network = transformer(on: small, patch: 2)
    let jobs = Self.contenders.flatMap { contender in
      seeds(sizes.seeds).map { seed in
        var configuration = configuration(network, seed: seed)
        contender.change(&configuration)
        configuration.teacher = teacher.network
        return job(
          "objective-\(contender.name)-seed\(seed)", on: small, configuration,
          pretrained: PretrainedParameters(teacher: teacher.parameters),
          stages: Self.stageCount)
      }
    }
    let measured = try measure(jobs, "objectives")
    return Dictionary(
      uniqueKeysWithValues: Self.contenders.enumerated().map { index, contender in
        let first = index * sizes.seeds
        return (contender.name, Array(measured[first..<first + sizes.seeds]))
      })
  }
}

// MARK: - Where training begins

extension ImageExperiments {
  /// iSD from where flow matching ended. Both halves together take as long as iSD alone: a step of flow matching is
  /// the cheaper one.
  static let matchingCost = 1 / 1.4

  func initialized() throws -> [MeasuredImages] {
    let network = transformer(on: small, patch: 2)
    let half = sizes.steps / 2
    let first = seeds(sizes.seeds).map { seed in
      var configuration = configuration(
        network, seed: seed, steps: Int(Double(half) / Self.matchingCost))
      configuration.loss = TrainingLoss(
        objective: .flowMatching, guidance: configuration.loss.guidance)
      return job("start-first-seed\(seed)", on: small, configuration)
    }
    _ = try measure(first, "start")
    let second = try zip(seeds(sizes.seeds), first).map { seed, before in
      let start = try Pretrained(run: kept.path(before.name))
      var configuration = configuration(network, seed: seed, steps: sizes.steps - half)
      configuration.loss = TrainingLoss(
        objective: .improvedSelfDistillation, sharing: .diagonalFraction(0.75),
        guidance: configuration.loss.guidance)
      configuration.start = start.network
      return job(
        "start-second-seed\(seed)", on: small, configuration,
        pretrained: PretrainedParameters(start: start.parameters))
    }
    return try measure(second, "from flow matching")
  }
}
