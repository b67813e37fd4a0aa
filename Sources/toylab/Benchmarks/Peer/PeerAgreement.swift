// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Networks
import RandomStreams
import Training

/// Loss and gradient of one small batch, computed here and by the peer, so that what is timed is the same
/// mathematics.
struct PeerAgreement {
  /// The largest difference allowed, relative to the largest entry. Both sides work in float32.
  static let tolerance = 1e-4
  private static let width = 32
  private static let rows = 64

  let name: String
  let request: PeerCheck
  /// What comes out here.
  let expected: PeerGradient

  /// Nil for items that peers do not answer for.
  ///
  /// - Throws: `EngineError`.
  init?(_ item: BenchmarkItem) throws {
    guard case .training(let objective, let sizes) = item.work else { return nil }
    let network = MultilayerPerceptron(
      width: Self.width, depth: sizes.depth, activation: sizes.activation)
    let configuration = TrainingConfiguration(
      network: network, loss: TrainingLoss(objective: objective), times: .uniformTriangle)
    let source = try MixturePreset.four.mixture()
    let pool = WorkerPool(threads: 1)
    let executable = Executable<Float>(rows: Self.rows, pool: pool) { rows in
      LossTrace(configuration, source: source, rows: rows).trainingStep
    }
    let sampler = BatchSampler<Float>(
      configuration, source: source, rows: Self.rows, seed: 0, pool: pool)
    let parameters = Buffer<Float>(
      network.initialParameters(RandomStream(seed: 0, purpose: .initialParameters)))
    let gradient = Buffer<Float>(count: network.layout.count)
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: network.layout, prefix: "gradient", to: gradient)
    sampler.bind(to: executable)
    sampler.draw(step: 0)
    try executable.run()
    name = "\(objective.shortName), \(sizes.depth) layers of \(sizes.activation.rawValue)"
    request = PeerCheck(
      kind: objective.shortName, width: Self.width, depth: sizes.depth,
      activation: sizes.activation.rawValue, parameters: Array(parameters.elements),
      data: Array(sampler.data.elements), noise: Array(sampler.noise.elements),
      time: Array(sampler.times.elements), endTime: Array(sampler.endTimes.elements))
    expected = PeerGradient(
      loss: Double(executable.output("loss")[0]), gradient: gradient.values)
  }

  /// - Throws: ``PeerError/disagrees(item:quantity:difference:)``.
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
      guard difference <= Self.tolerance else {
        throw .disagrees(item: name, quantity: quantity, difference: difference)
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
