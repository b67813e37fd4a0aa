// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import ArgumentParser
public import DataSources

extension PixelRange: ExpressibleByArgument {}

/// How images are measured.
struct ImageMeasureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Measure images in features: classifier (the one of Fashion-MNIST that comes with toylab), a FILE that toylab \
      features train made, or pixels (principal components of the reference). given: the files hold features \
      [N, d], and B may hold mean and covariance.
      """, valueName: "classifier|pixels|given|file"))
  var features: FeatureChoice?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Make the images of a reference smaller by this factor.", valueName: "factor"))
  var shrink: Int?

  @Option(
    help: ArgumentHelp(
      "Pixels of arrays of floats: bytes (0 to 255, the default), unit (0 to 1) or signed (-1 to 1).",
      valueName: "range"))
  var range: PixelRange?

  @Option(
    help: ArgumentHelp(
      "Training images among which the nearest to each sample is sought, a file of images (default: the training "
        + "part of B where it is a known data set).", valueName: "file"))
  var training: String?

  @Option(
    help: ArgumentHelp(
      "A holds latents, of which this makes images: a file of toylab autoencoder train.",
      valueName: "file"))
  var decoder: String?

  @Option(parsing: .unconditional, help: "Principal components of pixels, 1 to 4096.")
  var components = 64

  /// Options that say how images are measured, where they are given.
  var uses: [String] {
    [
      ("--shrink", shrink != nil), ("--range", range != nil), ("--training", training != nil),
      ("--decoder", decoder != nil),
    ].filter(\.1).map(\.0)
  }

  func validate() throws {
    try requireProbe("--components", components, in: 1...4096)
    if features == nil, let use = uses.first {
      throw ValidationError("\(use) says how images are measured: give --features as well.")
    }
    if features == .given, let decoder {
      throw ValidationError(
        "--decoder \(decoder) makes images, and --features given has none; leave one of them out.")
    }
  }
}
