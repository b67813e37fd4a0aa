// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import Networks
import RandomStreams
import Testing
import Training

@Suite struct AutoencoderTrainingTests {
  /// 8 × 8 pixels to 2 × 2 latents.
  static let network = Autoencoder(
    AutoencoderConfiguration(
      inputChannels: 1, outputChannels: 1, blockChannels: [4, 4, 8], layersPerBlock: 1,
      latentChannels: 3, groups: 2))

  /// Images that are bright above or below, by one of many tones.
  private func source() throws -> FinitePoints {
    let tones = RandomStream(seed: 3, purpose: .trainingData).uniforms(rows: 64, draws: 2)
    var points: [Double] = []
    for tone in tones { points += [Double](repeating: 2 * tone - 1, count: 32) }
    return try FinitePoints(name: "tones", points: points, shape: [1, 8, 8])
  }

  private func parameters(
    steps: Int, threads: Int, seed: UInt64 = 1, losses: (Double) -> Void = { _ in }
  ) throws -> [Double] {
    try AutoencoderTraining(network: Self.network, imageSize: 8, steps: steps, seed: seed)
      .train(on: try source(), pool: WorkerPool(threads: threads)) { losses($0.loss) }
  }

  @Test("two tones are learnt, and the average is one of the network's parameters alone")
  func learns() throws {
    var losses: [Double] = []
    let parameters = try parameters(steps: 60, threads: 1) { losses.append($0) }
    #expect(parameters.count == Self.network.layout.count)
    #expect(losses.count == 60)
    #expect(losses[59] < 0.3 * losses[0])
  }

  @Test("threads change no bit", arguments: [2, 3])
  func threads(count: Int) throws {
    let one = try parameters(steps: 3, threads: 1)
    #expect(try parameters(steps: 3, threads: count) == one)
    #expect(try parameters(steps: 3, threads: 1, seed: 2) != one)
  }
}
