// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct AutoencoderReaderTests {
  private let trained = TrainedAutoencoderTests.trained
  /// More than a block.
  private let count = AutoencoderReader.blockRows + 3

  private var images: [Double] {
    RandomStream(seed: 2, purpose: .trainingData).normals(rows: count, draws: 64)
  }

  /// Parameters as numbers of a graph.
  private var parameters: ParameterTensors {
    ParameterTensors(
      layout: trained.network.layout, prefix: "",
      tensors: trained.network.layout.entries.map {
        Tensor(values: Array(trained.parameters[$0.range]), shape: $0.shape)
      })
  }

  @Test("images and latents are read row by row as the network says, in blocks")
  func values() throws {
    let reader = AutoencoderReader(trained, pool: WorkerPool(threads: 1))
    let latents = try reader.encode(images)
    #expect(latents.means.count == count * 12 && latents.logVariances.count == count * 12)
    let decoded = try reader.decodeRaw(latents.means)
    #expect(decoded.count == count * 64)
    for row in [0, count - 1] {
      let image = Argument("x", [1, 1, 8, 8], Array(images[row * 64..<(row + 1) * 64]))
      let moments = trained.network.encoded(parameters, image.tensor)
      let truth = try evaluate(
        [
          moments.mean, moments.logVariance,
          trained.network.decoded(parameters, moments.mean),
        ], [image])
      let places = row * 12..<(row + 1) * 12
      #expect(relativeDifference(Array(latents.means[places]), truth[0]) < 1e-4)
      #expect(relativeDifference(Array(latents.logVariances[places]), truth[1]) < 1e-4)
      #expect(relativeDifference(Array(decoded[row * 64..<(row + 1) * 64]), truth[2]) < 1e-4)
    }
  }

  @Test("scale and shift are undone before latents of order one are decoded")
  func units() throws {
    let reader = AutoencoderReader(trained, pool: WorkerPool(threads: 1))
    let latents = RandomStream(seed: 3, purpose: .trainingData).normals(rows: 2, draws: 12)
    #expect(
      try reader.decode(latents) == reader.decodeRaw(latents.map { $0 / 0.5 - 0.25 }))
  }

  @Test("threads change no bit", arguments: [2, 3])
  func threads(count: Int) throws {
    let readers = [1, count].map { AutoencoderReader(trained, pool: WorkerPool(threads: $0)) }
    let latents = try readers.map { try $0.encode(images) }
    #expect(latents[0].means == latents[1].means)
    #expect(latents[0].logVariances == latents[1].logVariances)
    let decoded = try readers.map { try $0.decodeRaw(latents[0].means) }
    #expect(decoded[0] == decoded[1])
  }
}
