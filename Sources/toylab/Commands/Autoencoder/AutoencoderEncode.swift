// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Engines
import Files
import Networks
import Runs

/// `toylab autoencoder encode`
struct AutoencoderEncode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Write the latents of images, on which toylab train --data trains.",
    discussion: """
      Of the part of the images to train on: arrays mean and logVariance, [N, C, H, W] in single precision, their labels, \
      and in the metadata the scale and the shift with which they are of order one.
      """)

  @Argument(help: ArgumentHelp("The autoencoder.", valueName: "autoencoder"))
  var autoencoder: String

  @Option(
    help: ArgumentHelp(
      "Images: fashion-mnist or cifar-10, a folder or a file, as of toylab train.",
      valueName: "name|path"))
  var data: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Make images smaller by this factor, each square of pixels becoming its mean.",
      valueName: "factor"))
  var shrink = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first images, at least 2 (default: all).", valueName: "count"))
  var count: Int?

  @Option(help: ArgumentHelp("The file to write, .safetensors.", valueName: "file"))
  var out: String

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let count { try requireProbe("--count", count, in: 2...Int.max) }
  }

  func run() throws {
    try checkPlace(of: out, option: "--out")
    let trained = try TrainedAutoencoder(contentsOf: autoencoder)
    let images = try AutoencodedImages(
      ImageRequest(data: data, shrink: shrink), reduction: trained.network.configuration.reduction)
    let progress = ProgressLine(label: "encode", total: count ?? images.source.training.count)
    let file = try images.latents(
      of: trained, count: count, pool: WorkerPool(threads: threads.count)
    ) { done, _ in progress.update(step: done, metric: "images") }
    progress.finish()
    let total = file["mean"]?.shape.first ?? 0
    try file.write(to: out)
    try StandardOutput.write(
      "\(out): \(total) latents \(shapeText(trained.latentShape)), scale \(short(trained.scale)), "
        + "shift \(short(trained.shift))\n")
  }
}
