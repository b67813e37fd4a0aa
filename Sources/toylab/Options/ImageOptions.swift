// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Files

/// Images or latents as the source of a run.
struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Images or latents: fashion-mnist or cifar-10 where they are installed; a folder of IDX files, of CIFAR-10's \
      binary batches, of PNG files in a folder for each class (or such folders in train and test), of latents \
      (.safetensors with mean and logVariance, or samples); or one file, .npy or .safetensors, of images \
      [N, C, H, W] (the array images) or latents. They are not copied into the run.
      """, valueName: "name|path"))
  var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Make images smaller by this factor, each square of pixels becoming its mean (default: 1).",
      valueName: "factor"))
  var shrink: Int?

  @Flag(help: "Show images mirrored, left to right, half of the time.")
  var flips = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What latents are multiplied by once the shift is taken off (default: scale in the file's metadata, or 1).",
      valueName: "scale"))
  var latentScale: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What is taken off latents first (default: shift in the file's metadata, or 0).",
      valueName: "shift"))
  var latentShift: Double?

  /// The options that say how data are used, where they are given.
  var uses: [String] {
    [
      ("--shrink", shrink != nil), ("--flips", flips), ("--latent-scale", latentScale != nil),
      ("--latent-shift", latentShift != nil),
    ].filter(\.1).map(\.0)
  }

  /// What is asked for.
  ///
  /// - Parameter data: the name of a known data set, a folder or a file.
  func request(_ data: String, labels: String?, heldOut: Double?) -> ImageRequest {
    ImageRequest(
      data: data, labels: labels, heldOut: heldOut, shrink: shrink ?? 1, flips: flips,
      latentScale: latentScale, latentShift: latentShift)
  }
}
