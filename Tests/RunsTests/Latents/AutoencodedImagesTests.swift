// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import Files
import Foundation
import Measures
import Networks
import RandomStreams
import TestSupport
import Testing
import Training

@testable import Runs

@Suite struct AutoencodedImagesTests {
  private static let network = Autoencoder(
    AutoencoderConfiguration(
      inputChannels: 1, outputChannels: 1, blockChannels: [4, 4, 8], layersPerBlock: 1,
      latentChannels: 2, groups: 2))

  /// 600 labelled images of so many pixels a side, in a file.
  private func file(_ folder: String, side: Int = 8) throws -> ImageRequest {
    var file = SafeTensors()
    file["images"] = SafeTensors.Tensor(
      RandomStream(seed: 1, purpose: .trainingData).uniforms(rows: 600, draws: side * side),
      shape: [600, 1, side, side])
    file["labels"] = SafeTensors.Tensor((0..<600).map { Int64($0 % 3) }, shape: [600])
    let path = "\(folder)/images.safetensors"
    try file.write(to: path)
    return ImageRequest(data: path)
  }

  private func floats(_ name: String, of file: SafeTensors) throws -> [Double] {
    try #require(file[name]?.values(as: Float.self)).map { Double($0) }
  }

  @Test(
    "latents drawn with the scale and the shift of the autoencoder are of mean 0 and deviation 1")
  func scale() throws {
    try withTemporaryFolder { folder in
      let images = try AutoencodedImages(
        try file(folder), reduction: Self.network.configuration.reduction)
      let pool = WorkerPool(threads: 1)
      let trained = try images.train(
        AutoencoderTraining(network: Self.network, imageSize: 8, steps: 3, seed: 1), pool: pool
      ) { _ in }
      let latents = try images.latents(of: trained, pool: pool)
      let means = try floats("mean", of: latents)
      let logVariances = try floats("logVariance", of: latents)
      let noise = RandomStream(seed: 2, purpose: .latentNoise)
        .normals(rows: means.count, draws: 1)
      let drawn = RunningMoments(
        means.indices.map {
          (means[$0] + exp(logVariances[$0] / 2) * noise[$0] - trained.shift) * trained.scale
        })
      #expect(abs(drawn.mean) < 0.05, "mean \(drawn.mean)")
      #expect(abs(drawn.variance - 1) < 0.05, "variance \(drawn.variance)")
      #expect(latents.metadata["scale"] == "\(trained.scale)")
      #expect(trained.record["alignment"] == "none" && trained.record["steps"] == "3")
    }
  }

  @Test("the first latents alone are those of all, with their labels")
  func prefix() throws {
    try withTemporaryFolder { folder in
      let images = try AutoencodedImages(
        try file(folder), reduction: Self.network.configuration.reduction)
      let autoencoder = TrainedAutoencoder(
        network: Self.network,
        parameters: Self.network.initialParameters(
          RandomStream(seed: 1, purpose: .initialParameters)), scale: 1, shift: 0, imageSize: 8,
        record: [:])
      let pool = WorkerPool(threads: 2)
      var told: [Int] = []
      let whole = try images.latents(of: autoencoder, pool: pool) { done, _ in told.append(done) }
      let part = try images.latents(of: autoencoder, count: 70, pool: pool)
      let (all, some) = (
        try floats("mean", of: whole), try floats("mean", of: part)
      )
      #expect(part["mean"]?.shape == [70, 2, 2, 2] && part["labels"]?.shape == [70])
      #expect(Array(all.prefix(some.count)) == some)
      #expect(told.last == images.source.training.count)
    }
  }

  @Test("images that leave no whole latent, and an autoencoder of others, are refused by name")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let request = try file(folder, side: 6)
      let error = #expect(throws: NoAutoencoderError.self) {
        _ = try AutoencodedImages(request, reduction: 4)
      }
      #expect(error?.description.contains("multiples of 4 pixels") == true)
      let images = try AutoencodedImages(request, reduction: 2)
      let other = TrainedAutoencoder(
        network: Self.network,
        parameters: Array(repeating: 0, count: Self.network.layout.count), scale: 1, shift: 0,
        imageSize: 8, record: [:])
      #expect(throws: AutoencoderFileError.self) {
        _ = try images.latents(of: other, pool: WorkerPool(threads: 1))
      }
    }
  }
}
