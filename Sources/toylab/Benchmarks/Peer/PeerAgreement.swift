// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import FlowMaps
import GroundTruth
import Networks
import RandomStreams
import Training

/// Loss and gradient of one small batch, computed here and by the peer, so that what is timed is the same
/// mathematics.
struct PeerAgreement {
  private static let width = 32
  private static let rows = 64

  let name: String
  let request: PeerCheck
  /// What comes out here.
  let expected: PeerGradient
  /// The largest difference allowed, relative to the largest entry. Both sides work in float32.
  let tolerance: Double

  /// Nil for Hessian-vector products and transformers, which the peer program's own `--reference` compares. A
  /// convolution is held against ours as part of a U-Net.
  ///
  /// - Throws: `EngineError`.
  init?(_ item: BenchmarkItem) throws {
    switch item.work {
    case .training(let objective, let sizes):
      let sizes = BenchmarkItem.PerceptronSizes(
        width: Self.width, depth: sizes.depth, activation: sizes.activation)
      try self.init(
        name: "\(objective.shortName), \(sizes.depth) layers of \(sizes.activation.rawValue)",
        work: PeerWork(kind: objective.shortName, sizes), network: sizes.network,
        loss: TrainingLoss(objective: objective), source: try MixturePreset.four.mixture(),
        rows: Self.rows, deviation: 0)
    case .unet(_, let tangent): try self.init(unet: tangent)
    case .convolution: try self.init(unet: .exact)
    case .transformer, .hessianProduct: return nil
    }
  }

  /// A U-Net that has several of everything, away from its first parameters, of which many are zero.
  private init(unet tangent: BenchmarkItem.Tangent) throws {
    let network = UNet(
      UNetConfiguration(
        imageSize: 8, channels: 2, blockChannels: [8, 16, 16], layersPerBlock: 2, groups: 4,
        attentionLevels: 2, heads: 2, embeddingWidth: 16,
        timeFeatures: .positional(features: 8)))
    try self.init(
      name: "unet, \(tangent.rawValue) tangent", work: PeerWork(network.configuration, tangent),
      network: network,
      loss: TrainingLoss(objective: .improvedSelfDistillation, tangent: tangent.method),
      source: try BenchmarkItem.noiseImages(network), rows: 8, deviation: 0.1)
  }

  /// - Parameter deviation: of normal numbers that are added to the initial parameters.
  private init(
    name: String, work: PeerWork, network: some TrainableNetwork, loss: TrainingLoss,
    source: some DataSource, rows: Int, deviation: Double
  ) throws {
    let configuration = TrainingConfiguration(
      network: network, loss: loss, times: .uniformTriangle)
    let pool = WorkerPool(threads: 1)
    let executable = Executable<Float>(rows: rows, pool: pool) { rows in
      LossTrace(configuration, source: source, rows: rows).trainingStep
    }
    let sampler = BatchSampler<Float>(
      configuration, source: source, rows: rows, seed: 0, pool: pool)
    let initial = network.initialParameters(RandomStream(seed: 0, purpose: .initialParameters))
    let moves = RandomStream(seed: 0, purpose: .benchmarkDirection)
      .normals(rows: initial.count, draws: 1)
    let parameters = Buffer<Float>(zip(initial, moves).map { $0 + deviation * $1 })
    let gradient = Buffer<Float>(count: network.layout.count)
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: network.layout, prefix: "gradient", to: gradient)
    sampler.bind(to: executable)
    sampler.draw(step: 0)
    try executable.run()
    self.name = name
    request = PeerCheck(
      work: work, parameters: Array(parameters.elements), data: Array(sampler.data.elements),
      noise: Array(sampler.noise.elements), time: Array(sampler.times.elements),
      endTime: Array(sampler.endTimes.elements))
    expected = PeerGradient(
      loss: Double(executable.output("loss")[0]), gradient: gradient.values)
    // A difference quotient magnifies rounding, by a hundred for a step of 0.005.
    tolerance = loss.tangent == .exact ? 1e-5 : 1e-3
  }

  /// - Throws: ``PeerError/disagrees(item:quantity:difference:tolerance:)``.
  func check(_ answer: PeerGradient) throws(PeerError) {
    guard answer.gradient.count == expected.gradient.count else {
      throw .refused(
        request: "check \(name)",
        text: "its gradient has \(answer.gradient.count) entries, not \(expected.gradient.count)")
    }
    for (quantity, ours, theirs) in [
      ("loss", [expected.loss], [answer.loss]), ("gradient", expected.gradient, answer.gradient),
    ] {
      let scale = ours.reduce(0) { max($0, abs($1)) }
      let difference = zip(ours, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
      guard difference <= tolerance else {
        throw .disagrees(
          item: name, quantity: quantity, difference: difference, tolerance: tolerance)
      }
    }
  }
}

extension Benchmark {
  /// Holds the peer's loss and gradient against ours, once for every objective and kind of network.
  ///
  /// - Throws: ``PeerError``.
  func checkAgreement(with peer: PeerProcess) throws {
    var checked: Set<String> = []
    for item in items {
      guard let agreement = try PeerAgreement(item), checked.insert(agreement.name).inserted else {
        continue
      }
      try agreement.check(try peer.gradient(agreement.request))
    }
  }
}
