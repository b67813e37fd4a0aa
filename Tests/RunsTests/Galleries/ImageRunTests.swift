// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import FlowMaps
import Foundation
import Networks
import Probing
import TestSupport
import Testing
import Training

@testable import Runs

@Suite struct ImageRunTests {
  private func run(_ data: String, gridInterval: Int? = nil) throws -> ResolvedRun {
    let request = ImageRequest(data: data, flips: true)
    let transformer = TransformerConfiguration(
      imageSize: 4, patchSize: 2, channels: 1, width: 8, depth: 1, heads: 2, classCount: 2)
    let run = ResolvedRun(
      configuration: TrainingConfiguration(
        network: FlowMapTransformer(transformer),
        loss: TrainingLoss(
          objective: .improvedSelfDistillation, guidance: Guidance(scale: 1, labelDropout: 0.1)),
        averageDecays: [0.9], batch: 8, steps: 6, metricsInterval: 3, evaluationPoints: 16),
      source: ResolvedRun.Source(request, try request.read()), checkpointInterval: 2,
      gridInterval: gridInterval, threads: 1, command: "toylab train")
    return run
  }

  private func lastCheckpoint(_ path: String) throws -> Data? {
    FileManager.default.contents(
      atPath: try #require(try RunLayout(path).checkpoints().last).path)
  }

  private func withData(_ body: (_ folder: String, _ data: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/images.safetensors"
      try writeImages(data)
      try body(folder, data)
    }
  }

  /// Images of 4 × 4 pixels in two classes, dark and light.
  private func writeImages(_ path: String, lightest: Double = 1) throws {
    var file = SafeTensors()
    var pixels: [Double] = []
    for number in 0..<200 {
      for place in 0..<16 {
        let dark = 0.02 * Double(place)
        let light = lightest - 0.001 * Double(number)
        pixels.append(number % 2 == 0 ? dark : light)
      }
    }
    file["images"] = SafeTensors.Tensor(pixels, shape: [200, 1, 4, 4])
    file["labels"] = SafeTensors.Tensor((0..<200).map { Int64($0 % 2) }, shape: [200])
    try file.write(to: path)
  }

  @Test("a run of images keeps their fingerprint, not them, and resumes bit for bit")
  func resume() throws {
    try withData { folder, data in
      let (whole, parts) = ("\(folder)/whole", "\(folder)/parts")
      let run = try run(data)
      try run.validate()
      // As many numbers, but not the image of the network.
      var other = run
      other.configuration.network = .transformer(
        FlowMapTransformer(
          TransformerConfiguration(
            imageSize: 2, patchSize: 1, channels: 4, width: 8, depth: 1, heads: 2, classCount: 2)))
      let error = #expect(throws: ConfigurationError.self) { try other.validate() }
      #expect(error?.accepted == "that of the source, 1 by 4 by 4")
      _ = try RecordedTraining(run, in: whole, existing: .refuse).train()
      let stopped = try RecordedTraining(run, in: parts, existing: .refuse)
      _ = try stopped.train { _ in
      } shouldStop: {
        stopped.step >= 3
      }
      let layout = RunLayout(parts)
      #expect(!FileSystem.exists(layout.inputsPath))
      let read = try ResolvedRun(of: layout)
      #expect(read == run && read.source.data is RecordedImages)
      #expect(try read.identity == run.identity)
      _ = try RecordedTraining(read, in: parts, existing: .resume).train()
      #expect(try lastCheckpoint(whole) == lastCheckpoint(parts))
      #expect(try RunLayout(whole).metrics() == layout.metrics())
      let record = try #require(read.source.images)
      #expect(record.count == 160 && record.heldOut == 40 && record.classCount == 2)
      let corners = [-1.0] + [Double](repeating: 1, count: 15)
      #expect(read.source.units?.undone(corners).prefix(2) == [0, 1])
    }
  }

  @Test("other data are refused, and the same are taken from another place")
  func otherData() throws {
    try withData { folder, data in
      let path = "\(folder)/run"
      let stopped = try RecordedTraining(try run(data), in: path, existing: .refuse)
      _ = try stopped.train { _ in
      } shouldStop: {
        stopped.step >= 2
      }
      let moved = "\(folder)/moved.safetensors"
      try FileManager.default.moveItem(atPath: data, toPath: moved)
      var read = try ResolvedRun(of: RunLayout(path))
      let gone = #expect(throws: ImageDataError.self) {
        try RecordedTraining(read, in: path, existing: .resume)
      }
      #expect(gone?.problem == .nothing && gone?.path == data)
      // Samples need no data.
      #expect(try RunSampler(path).samples(count: 3, label: 1).count == 48)
      let request = ImageRequest(data: moved, flips: true)
      let other = ResolvedRun.Source(request, try request.read())
      #expect(other.isSameData(as: read.source) && other != read.source)
      let identity = try read.identity
      read.locateSource(as: other)
      #expect(try read.identity == identity && read.source.name == data)
      _ = try RecordedTraining(read, in: path, existing: .resume).train()
      #expect(try ResolvedRun(of: RunLayout(path)).source.images?.path == moved)
      try writeImages(moved, lightest: 0.9)
      let changed = #expect(throws: ImageDataError.self) {
        try ResolvedRun(of: RunLayout(path)).readingSource()
      }
      guard case .changed? = changed?.problem else {
        Issue.record("other data were taken")
        return
      }
    }
  }

  @Test("pictures of samples are drawn on the way and change no number of the training")
  func pictures() throws {
    try withData { folder, data in
      let (plain, drawn) = ("\(folder)/plain", "\(folder)/drawn")
      _ = try RecordedTraining(try run(data), in: plain, existing: .refuse).train()
      _ = try RecordedTraining(try run(data, gridInterval: 4), in: drawn, existing: .refuse).train()
      #expect(try RunLayout(plain).metrics() == RunLayout(drawn).metrics())
      #expect(try lastCheckpoint(plain) == lastCheckpoint(drawn))
      let names = try FileSystem.names(in: drawn).filter { $0.hasSuffix(".png") }
      #expect(names == ["samples-000004.png", "samples-000006.png"])
      let image = try PNGImage(contentsOf: RunLayout(drawn).samplesPath(step: 6))
      // Two classes of eight columns, three counts of steps, twice the size.
      #expect(image.width == 2 * (3 * (8 * 5 + 2) + 1) && image.height == 2 * (2 * 5 + 3))
      // A run that takes the place of another removes its pictures.
      _ = try RecordedTraining(try run(data), in: drawn, existing: .overwrite).train()
      #expect(try FileSystem.names(in: drawn).allSatisfy { !$0.hasSuffix(".png") })
    }
  }

  @Test("samples drawn block by block are those drawn at once, in arrays of the shape of images")
  func blocks() throws {
    try withData { folder, data in
      let path = "\(folder)/run"
      _ = try RecordedTraining(try run(data), in: path, existing: .refuse).train()
      let sampler = try RunSampler(path)
      let whole = try sampler.samples(count: 1030, steps: 2, seed: 5, label: 1, scale: 1.5)
      var blocks: [Double] = []
      try sampler.forEachBlock(count: 1030, steps: 2, seed: 5, labels: [1], scale: 1.5) {
        rows, samples in
        #expect(samples.count == 16 * rows.count && rows.lowerBound == blocks.count / 16)
        blocks += samples
      }
      #expect(blocks == whole)
      try sampler.write(
        to: "\(folder)/a.safetensors", as: .safetensors, count: 5, labels: [1, 0])
      let file = try SafeTensors(contentsOf: "\(folder)/a.safetensors")
      #expect(file["labels"]?.values(as: Int64.self) == [1, 0, 1, 0, 1])
      #expect(file["samples"]?.shape == [5, 1, 4, 4])
      try sampler.write(to: "\(folder)/a.npy", as: .npy, count: 5, labels: [1, 0])
      let array = try NumpyArray(contentsOf: "\(folder)/a.npy")
      #expect(array.shape == [5, 1, 4, 4])
      #expect(array.values.map { Float($0) } == file["samples"]?.values(as: Float.self))
      let plan = GalleryPlan(
        classes: [1, 0], columns: 2, steps: [1, 2], enlargement: 1,
        images: try #require(sampler.run.source.images))
      let image = try sampler.gallery(plan, seed: 5)
      #expect(image.width == 2 * 12 + 1 && image.height == 13)
      // The first sample's first pixel in the units of the file, as a tone.
      let first = try sampler.samples(count: 1, seed: 5, label: 1)[0]
      let tone = (min(max(first, -1), 1) + 1) * 127.5
      #expect(image.pixels[2 * 25 + 2] == UInt8(tone.rounded()))
    }
  }

  @Test(
    "samples are measured in features with each row of metrics, of parameters and average, and resume the same"
  )
  func features() throws {
    try withData { folder, data in
      var run = try run(data)
      run.features = FeatureSettings(space: .pixels, samples: 300, steps: [1, 2])
      try run.validate()
      let (whole, parts) = ("\(folder)/whole", "\(folder)/parts")
      _ = try RecordedTraining(run, in: whole, existing: .refuse).train()
      let rows = try RunLayout(whole).metrics()
      #expect(rows.map(\.step) == [0, 3, 6])
      for row in rows {
        for prefix in ["steps.1/", "steps.2/", "average.0.9/steps.1/", "average.0.9/steps.2/"] {
          #expect((row[prefix + "frechet"] ?? -1) > 0)
          #expect(row[prefix + "recall"] != nil && row[prefix + "kernelDistance"] != nil)
        }
      }
      let stopped = try RecordedTraining(run, in: parts, existing: .refuse)
      _ = try stopped.train { _ in
      } shouldStop: {
        stopped.step >= 4
      }
      _ = try RecordedTraining(run, in: parts, existing: .resume).train()
      #expect(try RunLayout(parts).metrics() == rows)
      #expect(try lastCheckpoint(parts) == lastCheckpoint(whole))
      // What is measured changes no bit of a training, and so not the name of the run.
      var plain = run
      plain.features = nil
      #expect(try plain.identity == run.identity)
      // A finished run is measured by the same rule.
      let reference = try FeatureReference(
        FeatureSettings(space: .pixels, samples: 300, steps: [2]), of: run.source, threads: 2)
      let readings = try RunSampler(whole, averageDecay: 0.9).readings(reference)
      #expect(readings.map(\.steps) == [2])
      #expect(readings[0].readings.frechet == rows[2]["average.0.9/steps.2/frechet"])
    }
  }

  @Test("features of what is no image of the right kind are refused by name")
  func featureRefusals() throws {
    try withData { _, data in
      var run = try run(data)
      run.features = FeatureSettings(space: .classifier)
      #expect(throws: ConfigurationError.self) { try run.validate() }
      run.features = FeatureSettings(space: .pixels, samples: 10)
      #expect(throws: ConfigurationError.self) { try run.validate() }
      run.features = FeatureSettings(space: .pixels, steps: [2, 2])
      #expect(throws: ConfigurationError.self) { try run.validate() }
      var mixture = ResolvedRun(
        configuration: TrainingConfiguration(), source: try ResolvedRun.Source(named: "four"),
        threads: 1, command: "toylab train")
      mixture.features = FeatureSettings(space: .pixels)
      #expect(throws: ConfigurationError.self) { try mixture.validate() }
    }
  }
}
