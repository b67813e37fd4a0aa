// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import FlowMaps
import Foundation
import Networks
import Probing
import RandomStreams
import TestSupport
import Testing
import Training

@testable import Runs

@Suite struct DecoderFileTests {
  /// Images of 8 × 8 pixels, an autoencoder that says it was trained on them, and latents of its shape.
  struct Place {
    let images: String
    let decoder: String
    let latents: String

    init(_ folder: String, latentChannels: Int = 3) throws {
      images = "\(folder)/images.safetensors"
      decoder = "\(folder)/autoencoder.safetensors"
      latents = "\(folder)/latents.safetensors"
      let stream = RandomStream(seed: 1, purpose: .trainingData)
      var file = SafeTensors()
      file["images"] = SafeTensors.Tensor(
        stream.uniforms(rows: 600, draws: 64), shape: [600, 1, 8, 8])
      try file.write(to: images)
      let network = Autoencoder(
        AutoencoderConfiguration(
          inputChannels: 1, outputChannels: 1, blockChannels: [4, 4, 8], layersPerBlock: 1,
          latentChannels: 3, groups: 2))
      try TrainedAutoencoder(
        network: network,
        parameters: network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters)),
        scale: 0.5, shift: 1, imageSize: 8,
        record: [
          "data": images, "shrink": "1",
          "fingerprint": try ImageRequest(data: images).read().record.fingerprint,
        ]
      ).write(to: decoder, as: .float32)
      var other = SafeTensors(metadata: ["scale": "0.5", "shift": "1"])
      let width = latentChannels * 4
      let shape = [200, latentChannels, 2, 2]
      other["mean"] = SafeTensors.Tensor(
        stream.normals(rows: 200, draws: width).map { Float(2 * $0 + 1) }, shape: shape)
      other["logVariance"] = SafeTensors.Tensor(
        [Float](repeating: -4, count: 200 * width), shape: shape)
      try other.write(to: latents)
    }

    func run() throws -> ResolvedRun {
      let request = ImageRequest(data: latents)
      let source = ResolvedRun.Source(request, try request.read())
      return ResolvedRun(
        configuration: TrainingConfiguration(
          network: MultilayerPerceptron(
            dimension: source.data.dimension, width: 4, depth: 1),
          loss: TrainingLoss(objective: .improvedSelfDistillation), batch: 8, steps: 4,
          metricsInterval: 2, evaluationPoints: 16),
        source: source, threads: 1, command: "toylab train")
    }
  }

  @Test(
    "images of decoded samples are measured and drawn, resume the same, and change no bit of a training"
  )
  func run() throws {
    try withTemporaryFolder { folder in
      let place = try Place(folder)
      let plain = try place.run()
      var run = plain
      run.decoder = place.decoder
      run.gridInterval = 2
      run.features = FeatureSettings(space: .pixels, samples: 200, steps: [1, 2])
      try run.validate()
      #expect(try run.identity == plain.identity)
      let (whole, parts) = ("\(folder)/whole", "\(folder)/parts")
      _ = try RecordedTraining(run, in: whole, existing: .refuse).train()
      let rows = try RunLayout(whole).metrics()
      #expect(rows.map(\.step) == [0, 2, 4])
      #expect((rows[2]["steps.2/frechet"] ?? -1) > 0)
      let image = try PNGImage(contentsOf: "\(whole)/samples-000004.png")
      #expect(image.width == 2 * (3 * (8 * 9 + 2) + 1))
      #expect(try ResolvedRun(of: RunLayout(whole)) == run)
      let stopped = try RecordedTraining(run, in: parts, existing: .refuse)
      _ = try stopped.train { _ in
      } shouldStop: {
        stopped.step >= 3
      }
      _ = try RecordedTraining(
        try ResolvedRun(of: RunLayout(parts)), in: parts, existing: .resume
      ).train()
      #expect(try RunLayout(parts).metrics() == rows)
      // A finished run is measured by the same rule.
      let reference = try FeatureReference(
        FeatureSettings(space: .pixels, samples: 200, steps: [2]), of: run.source,
        decoder: try DecoderFile(contentsOf: place.decoder), threads: 1)
      let readings = try RunSampler(whole).readings(reference)
      #expect(readings[0].readings.frechet == rows[2]["steps.2/frechet"])
      #expect(
        reference.evaluation.space.imageDimension == 64 && run.source.data.dimension == 12)
    }
  }

  @Test(
    "a decoder of other latents, or of images that changed, and latents without one are refused")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let place = try Place(folder, latentChannels: 2)
      let file = try DecoderFile(contentsOf: place.decoder)
      let source = try place.run().source
      #expect(
        throws: AutoencoderFileError.shape(
          path: source.name, found: [2, 2, 2], expected: [3, 2, 2])
      ) { try file.check(source) }
      var run = try place.run()
      run.decoder = place.decoder
      #expect(throws: AutoencoderFileError.self) {
        try RecordedTraining(run, in: "\(folder)/run", existing: .refuse)
      }
      #expect(!FileSystem.exists("\(folder)/run"))
      run.decoder = nil
      run.features = FeatureSettings(space: .pixels)
      let error = #expect(throws: ConfigurationError.self) { try run.validate() }
      #expect(error?.accepted.contains("decoder") == true)
      var images = SafeTensors()
      images["images"] = SafeTensors.Tensor(
        [Double](repeating: 0.5, count: 600 * 64), shape: [600, 1, 8, 8])
      try images.write(to: place.images)
      let changed = #expect(throws: ImageDataError.self) { try file.images() }
      guard case .changed? = changed?.problem else {
        Issue.record("other images were taken")
        return
      }
      // A decoder for a source that is no latents.
      var mixture = ResolvedRun(
        configuration: TrainingConfiguration(), source: try ResolvedRun.Source(named: "four"),
        threads: 1, command: "toylab train")
      mixture.decoder = place.decoder
      #expect(throws: ConfigurationError.self) { try mixture.validate() }
    }
  }
}
