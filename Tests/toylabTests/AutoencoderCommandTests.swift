// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Files
import Foundation
import Networks
import RandomStreams
import TestSupport
import Testing

@testable import toylab

@Suite struct AutoencoderCommandTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func message(_ arguments: [String]) -> String {
    do {
      try run(arguments)
      return ""
    } catch {
      return Toylab.message(for: error)
    }
  }

  /// 400 images of 8 × 8 pixels in two classes, bright above or below.
  private func withImages(_ body: (_ folder: String, _ data: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let tones = RandomStream(seed: 1, purpose: .trainingData).uniforms(rows: 400, draws: 1)
      var file = SafeTensors()
      file["images"] = SafeTensors.Tensor(
        (0..<400 * 64).map { place in
          let (image, pixel) = (place / 64, place % 64)
          return Float((image % 2 == 0) == (pixel < 32) ? tones[image] : 0)
        }, shape: [400, 1, 8, 8])
      file["labels"] = SafeTensors.Tensor((0..<400).map { Int64($0 % 2) }, shape: [400])
      let data = "\(folder)/images.safetensors"
      try file.write(to: data)
      try body(folder, data)
    }
  }

  @Test(
    "images are encoded, latents trained on, sampled, decoded and measured, the same for any threads"
  )
  func path() throws {
    try withImages { folder, data in
      func file(_ name: String) -> String { "\(folder)/\(name)" }
      let (model, latents) = (file("a.safetensors"), file("z.safetensors"))
      for (threads, out) in [("1", model), ("2", file("b.safetensors"))] {
        try run([
          "autoencoder", "train", "--data", data, "--out", out, "--steps", "4",
          "--latent-channels", "2", "--threads", threads,
        ])
      }
      #expect(
        contents(of: folder)["a.safetensors"] == contents(of: folder)["b.safetensors"])
      try run(["autoencoder", "encode", model, "--data", data, "--out", latents])
      let found = try ImageRequest(data: latents).read()
      #expect(found.record.kind == .latents && found.record.shape == [2, 2, 2])
      #expect(found.record.count + found.record.heldOut == 320 && found.record.classCount == 2)
      // In the units of training latents are of order one.
      let (points, _) = found.source.labelledSamples(
        count: 400, stream: RandomStream(seed: 1, purpose: .evaluationData))
      let square = points.reduce(0) { $0 + $1 * $1 } / Double(points.count)
      #expect(square > 0.8 && square < 1.2)

      let path = file("run")
      try run([
        "train", "--data", latents, "--out", path, "--steps", "2", "--batch", "8", "--width", "4",
        "--depth", "1", "--evaluation-points", "16", "--threads", "1", "--grid-every", "2",
        "--features", "pixels", "--feature-samples", "200", "--decoder", model,
      ])
      #expect(FileSystem.exists("\(path)/samples-000002.png"))
      #expect(text(at: "\(path)/metrics.jsonl")?.contains("steps.4/frechet") == true)
      try run(["sample", path, "--grid", file("g.png"), "--columns", "2", "--decoder", model])
      try run(["sample", path, "--grid", file("h.png"), "--columns", "2"])
      let (decoded, raw) = (
        try PNGImage(contentsOf: file("g.png")), try PNGImage(contentsOf: file("h.png"))
      )
      #expect(decoded.width > raw.width)

      // Decoding while sampling and afterwards is the same.
      try run(["sample", path, "--count", "100", "--out", file("s.safetensors")])
      try run(["autoencoder", "decode", model, file("s.safetensors"), "--out", file("d.npy")])
      try run([
        "sample", path, "--count", "100", "--out", file("e.npy"), "--decoder", model,
      ])
      let images = try NumpyArray(contentsOf: file("d.npy"))
      #expect(images.shape == [100, 1, 8, 8])
      let right = try NumpyArray(contentsOf: file("e.npy")).values
      // A file holds single precision.
      #expect(zip(images.values, right).allSatisfy { abs($0 - $1) < 1e-2 })
      try run(["autoencoder", "decode", model, latents, "--out", file("d.png")])
      #expect(try PNGImage(contentsOf: file("d.png")).width > 10 * 8)
      try run([
        "measure", file("s.safetensors"), data, "--features", "pixels", "--components", "4",
        "--decoder", model,
      ])
      try run([
        "measure", file("e.npy"), data, "--features", "pixels", "--components", "4",
      ])

      try NumpyArray.write([Double](), shape: [0, 2, 2, 2], to: file("none.npy"))
      #expect(
        message(["autoencoder", "decode", model, file("none.npy"), "--out", file("n.png")])
          .contains("one latent or more"))

      // What does not fit is refused with what is accepted.
      #expect(
        message(["autoencoder", "decode", model, data, "--out", file("n.npy")])
          .contains("images"))
      #expect(
        message(["autoencoder", "decode", data, latents, "--out", file("n.npy")])
          .contains("no autoencoder"))
      #expect(
        message(["autoencoder", "encode", model, "--data", data, "--shrink", "2", "--out", latents])
          .contains("[1, 8, 8]"))
      try run([
        "autoencoder", "train", "--data", data, "--out", file("c.safetensors"), "--steps", "1",
        "--latent-channels", "3", "--threads", "1",
      ])
      #expect(
        message(["autoencoder", "decode", file("c.safetensors"), latents, "--out", file("n.npy")])
          .contains("[3, 2, 2]"))
      #expect(
        message([
          "sample", path, "--grid", file("n.png"), "--decoder", file("c.safetensors"),
        ]).contains("[3, 2, 2]"))
      #expect(
        message([
          "train", "--data", latents, "--out", file("n"), "--steps", "1", "--batch", "8",
          "--evaluation-points", "16", "--grid-every", "1", "--decoder", file("c.safetensors"),
        ]).contains("[3, 2, 2]"))
      #expect(
        message([
          "measure", file("s.safetensors"), data, "--features", "pixels", "--decoder",
          file("c.safetensors"),
        ]).contains("[3, 2, 2]"))
      #expect(
        message(["train", "--source", "four", "--out", file("n"), "--decoder", model])
          .contains("not of latents"))
      #expect(!FileSystem.exists(file("n")) && !FileSystem.exists(file("n.npy")))
    }
  }

  @Test("sides that are no multiples of four, and an alignment to no classifier, are refused")
  func sizes() throws {
    try withImages { folder, data in
      let odd = message([
        "autoencoder", "train", "--data", data, "--shrink", "4", "--out", "\(folder)/a.safetensors",
      ])
      #expect(odd.contains("multiples of 4"))
      #expect(
        message([
          "autoencoder", "train", "--data", data, "--align", "1", "--out",
          "\(folder)/a.safetensors",
        ]).contains("8"))
      #expect(!FileSystem.exists("\(folder)/a.safetensors"))
    }
  }

  @Test(
    "wrong usage is refused before anything is read",
    arguments: [
      ["autoencoder", "train", "--data", "a", "--out", "b", "--steps", "0"],
      ["autoencoder", "train", "--data", "a", "--out", "b", "--latent-channels", "0"],
      ["autoencoder", "train", "--data", "a", "--out", "b", "--align", "-1"],
      ["autoencoder", "train", "--data", "a", "--out", "b", "--divergence", "nan"],
      ["autoencoder", "train", "--data", "a", "--out", "b", "--classifier", "c"],
      ["autoencoder", "decode", "a", "b", "--out", "c.txt"],
      ["autoencoder", "encode", "a", "--data", "b", "--out", "c", "--count", "1"],
      ["sample", "a", "--decoder", "b"],
      ["measure", "a", "b", "--decoder", "c"],
      ["measure", "a", "b", "--features", "given", "--decoder", "c"],
    ])
  func usage(arguments: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(arguments) }
  }
}
