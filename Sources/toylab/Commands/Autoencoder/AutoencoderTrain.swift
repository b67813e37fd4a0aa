// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Engines
import Files
import Foundation
import Networks
import Probing
import Runs
import Training

/// `toylab autoencoder train`
struct AutoencoderTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a small autoencoder of images.",
    discussion: """
      Three levels of residual blocks, 16, 32 and 64 channels (about 680,000 parameters), in the architecture and under \
      the names of diffusers' AutoencoderKL: images of 28 by 28 pixels become latents of 7 by 7. What is minimised is the \
      squared error of the reconstruction and, with a small weight, the divergence of the latents from the standard \
      normal law. With --align latents are also made to resemble what a classifier sees at their places (VA-VAE, \
      arXiv 2501.01423).
      """)

  @Option(
    help: ArgumentHelp(
      "Images: fashion-mnist or cifar-10, a folder or a file, as of toylab train.",
      valueName: "name|path"))
  var data: String

  @Option(help: ArgumentHelp("The file to write, .safetensors.", valueName: "file"))
  var out: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Make images smaller by this factor, each square of pixels becoming its mean.",
      valueName: "factor"))
  var shrink = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Channels of a latent, 1 to 64.", valueName: "count"))
  var latentChannels = 4

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Weight of the divergence from the standard normal law, finite and at least 0.",
      valueName: "weight"))
  var divergence = 1e-6

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Align latents with the classifier's features, with this weight above 0 (default: not).",
      valueName: "weight"))
  var align: Double?

  @Option(
    help: ArgumentHelp(
      "The classifier of --align, a file of toylab features train (default: the one that comes with toylab).",
      valueName: "file"))
  var classifier: String?

  @Option(parsing: .unconditional, help: "Updates, of 64 images each, 1 to 1000000.")
  var steps = 3000

  @Option(parsing: .unconditional, help: "Seed of everything random, 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try requireProbe("--steps", steps, in: 1...1_000_000)
    try requireProbe("--latent-channels", latentChannels, in: 1...64)
    guard divergence >= 0 && divergence.isFinite else {
      throw ValidationError(
        "--divergence \(divergence) cannot be used; accepted is a finite number of at least 0.")
    }
    if let align, !(align > 0 && align.isFinite) {
      throw ValidationError(
        "--align \(align) cannot be used; accepted is a finite number above 0.")
    }
    if let classifier, align == nil {
      throw ValidationError("--classifier \(classifier) goes with --align.")
    }
  }

  func run() throws {
    try checkPlace(of: out, option: "--out")
    let sizes = AutoencoderConfiguration.tiny
    let images = try AutoencodedImages(
      ImageRequest(data: data, shrink: shrink), reduction: sizes.reduction)
    let source = images.source
    let channels = source.pointShape[0]
    let network = Autoencoder(
      AutoencoderConfiguration(
        inputChannels: channels, outputChannels: channels, blockChannels: sizes.blockChannels,
        layersPerBlock: sizes.layersPerBlock, latentChannels: latentChannels,
        groups: sizes.groups))
    let training = AutoencoderTraining(
      network: network, imageSize: source.pointShape[1], divergenceWeight: divergence,
      alignment: try alignment(source.pointShape, reduction: sizes.reduction), steps: steps,
      seed: seed)
    let pool = WorkerPool(threads: threads.count)
    let progress = ProgressLine(label: "train", total: steps)
    let trained = try images.train(training, pool: pool) { report in
      progress.update(step: report.step, metric: String(format: "loss %.4g", report.loss))
    }
    progress.finish()
    try trained.write(to: out, as: .float32)
    let quality = try ReconstructionQuality(of: trained, on: source, pool: pool)
    try StandardOutput.write(
      """
      \(out): \(network.layout.count) parameters; images \(shapeText(trained.imageShape)), latents \
      \(shapeText(trained.latentShape)) of mean \(short(trained.shift)) and deviation \(short(1 / trained.scale))
      \(quality.text)

      """)
  }

  private func alignment(_ shape: [Int], reduction: Int) throws -> LatentAlignment? {
    guard let align else { return nil }
    let found =
      try classifier.map { try TrainedClassifier(contentsOf: $0) }
      ?? TrainedClassifier.shipped(imageSize: shape[1])
    let network = found.network
    guard [network.channels, network.imageSize, network.imageSize] == shape,
      network.fieldSize * reduction == network.imageSize
    else {
      throw AutoencoderFileError.shape(
        path: data, found: shape,
        expected: [network.channels, network.fieldSize * reduction, network.fieldSize * reduction])
    }
    return LatentAlignment(to: found, weight: align)
  }
}

/// `1×28×28`
func shapeText(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

/// Four digits.
func short(_ value: Double) -> String { String(format: "%.4g", value) }
