// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Engines
import Files
import Foundation
import Measures
import Networks
import Probing
import RandomStreams
import TestSupport
import Testing

@testable import toylab

@Suite struct ImageMeasureTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func uniforms(_ count: Int, _ seed: UInt64) -> [Double] {
    RandomStream(seed: seed, purpose: .evaluationData).uniforms(rows: count, draws: 1)
  }

  private func report(
    _ left: String, _ right: String, _ arguments: [String] = []
  ) throws -> ImageMeasurement.Report {
    guard
      let command = try Toylab.parseAsRoot(["measure", left, right] + arguments) as? Measure,
      let choice = command.images.features
    else { throw ValidationError("no measurement of images") }
    return try ImageMeasurement(
      samples: left, reference: right, choice: choice, options: command.images,
      points: command.points, seed: command.seed, threads: 1
    ).report()
  }

  @Test("Features that somebody took are measured, against features or a mean and covariance")
  func given() throws {
    try withTemporaryFolder { folder in
      try NumpyArray.write(uniforms(600, 1), shape: [200, 3], to: "\(folder)/a.npy")
      try NumpyArray.write(uniforms(900, 2), shape: [300, 3], to: "\(folder)/b.npy")
      let report = try report("\(folder)/a.npy", "\(folder)/b.npy", ["--features", "given"])
      #expect(report.referenceCount == 300)
      #expect(report.readings.kernel != nil && report.floor != nil)
      #expect(report.text.contains("of infinitely many samples"))
      var file = SafeTensors()
      file["mean"] = SafeTensors.Tensor([0.5, 0.5, 0.5] as [Double], shape: [3])
      let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
      file["covariance"] = SafeTensors.Tensor(identity.map { $0 / 12 }, shape: [3, 3])
      try file.write(to: "\(folder)/law.safetensors")
      let law = try self.report(
        "\(folder)/a.npy", "\(folder)/law.safetensors", ["--features", "given", "--count", "150"])
      #expect(law.readings.count == 150 && law.readings.kernel == nil)
      #expect(law.readings.frechet < 0.05)
      try run([
        "measure", "\(folder)/a.npy", "\(folder)/law.safetensors", "--features", "given", "--json",
      ])
    }
  }

  @Test("Images are measured in pixels and by a classifier, with labels and copies noticed")
  func images() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ seed: UInt64, count: Int) throws {
        var file = SafeTensors()
        file["samples"] = SafeTensors.Tensor(
          uniforms(count * 36, seed).map { Float(255 * $0) }, shape: [count, 1, 6, 6])
        file["labels"] = SafeTensors.Tensor(
          (0..<count).map { Int64($0 % 3) }, shape: [count])
        try file.write(to: "\(folder)/\(name).safetensors")
      }
      try write("a", 1, count: 120)
      try write("b", 2, count: 150)
      let network = ConvolutionalClassifier(
        imageSize: 6, channels: 1, classCount: 3, patchSize: 1, width: 4, featureCount: 5)
      try TrainedClassifier(
        network: network,
        parameters: network.initialParameters(
          RandomStream(seed: 1, purpose: .initialParameters)), record: [:]
      ).write(to: "\(folder)/own.safetensors", as: .float32)
      let (a, b) = ("\(folder)/a.safetensors", "\(folder)/b.safetensors")
      let own = try report(
        a, b, ["--features", "\(folder)/own.safetensors", "--training", a])
      #expect(own.readings.agreement?.recalls.count == 3)
      #expect(own.readings.memorization?.ratio ?? 1 < 0.01)
      #expect(own.text.contains("class accuracy"))
      let pixels = try report(a, b, ["--features", "pixels", "--components", "4"])
      #expect(pixels.readings.agreement == nil && pixels.readings.memorization == nil)
      #expect(pixels.features.hasPrefix("4 principal components"))
    }
  }

  @Test("What cannot be measured is refused with what is accepted")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try NumpyArray.write(uniforms(150, 1), shape: [50, 3], to: "\(folder)/a.npy")
      try NumpyArray.write(uniforms(100, 2), shape: [50, 2], to: "\(folder)/b.npy")
      try NumpyArray.write(uniforms(6, 2), shape: [2, 3], to: "\(folder)/few.npy")
      try NumpyArray.write(uniforms(80, 2), shape: [5, 1, 4, 4], to: "\(folder)/images.npy")
      let (a, b) = ("\(folder)/a.npy", "\(folder)/b.npy")
      #expect(throws: FeatureError.dimensions(left: 3, right: 2)) {
        try report(a, b, ["--features", "given"])
      }
      #expect(throws: FeatureError.self) {
        try report("\(folder)/few.npy", a, ["--features", "given"])
      }
      #expect(throws: ImageDataError.self) { try report(a, a, ["--features", "pixels"]) }
      #expect(throws: ClassifierFileError.noneShipped(imageSize: 4)) {
        try report(
          "\(folder)/images.npy", "\(folder)/images.npy", ["--features", "classifier"])
      }
    }
  }

  @Test(
    "wrong usage is refused before anything is read",
    arguments: [
      ["--shrink", "2"], ["--range", "unit"], ["--features", "given", "--label", "1"],
      ["--features", "given", "--measure", "exact"], ["--features", "pixels", "--components", "0"],
      ["--features", "pixels", "--range", "half"],
    ])
  func usage(options: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(["measure", "a", "b"] + options) }
  }

  @Test("A classifier is trained on images in folders and written with its record")
  func training() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      let count = 60
      let noise = uniforms(count * 16, 3)
      file["images"] = SafeTensors.Tensor(
        (0..<count * 16).map { place in
          Float((place / 16 % 2 == 0) == (place % 16 < 8) ? 0.7 : 0.1) + 0.2 * Float(noise[place])
        }, shape: [count, 1, 4, 4])
      file["labels"] = SafeTensors.Tensor((0..<count).map { Int64($0 % 2) }, shape: [count])
      let (data, out) = ("\(folder)/data.safetensors", "\(folder)/own.safetensors")
      try file.write(to: data)
      try run(["features", "train", "--data", data, "--out", out, "--steps", "3", "--threads", "1"])
      let classifier = try TrainedClassifier(contentsOf: out)
      #expect(classifier.record["steps"] == "3" && classifier.record["seed"] == "0")
      #expect(classifier.record["heldOutAccuracy"] != nil)
      #expect(throws: NoFolderError.self) {
        try run(["features", "train", "--data", data, "--out", "\(folder)/no/own.safetensors"])
      }
    }
  }
}
