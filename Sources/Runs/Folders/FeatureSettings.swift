// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files
internal import Measures
internal import Networks

/// How samples of images are measured in features with each row of metrics: by one rule for every number of steps, for
/// parameters and averages alike. It changes no bit of a training.
public struct FeatureSettings: Sendable, Hashable, Codable {
  /// What images are compared in.
  public enum Space: String, CaseIterable, Sendable, Codable {
    /// What the classifier of Fashion-MNIST that comes with the lab knows of them.
    case classifier
    /// 64 principal components of the held-out images' pixels, or all there are.
    case pixels
  }

  public let space: Space
  /// Samples drawn for each number of steps, with the classes of the source.
  public let samples: Int
  /// The numbers of steps from noise to data.
  public let steps: [Int]

  public init(space: Space, samples: Int = 2000, steps: [Int] = [1, 2, 4]) {
    self.space = space
    self.samples = samples
    self.steps = steps
  }

  static let pixelComponents = 64

  /// The numbers of samples that are accepted: more than features, and no more than fit in memory.
  public static let validSamples = 200...100_000

  /// How the names of readings in a row of metrics begin, as in `average.0.999/steps.2/frechet`.
  public static func prefix(steps: Int, average decay: Double? = nil) -> String {
    (decay.map { "average.\($0)/" } ?? "") + "steps.\(steps)/"
  }

  /// Checks what comes from outside against a source.
  ///
  /// - Parameter decoder: the file of the autoencoder that makes images of latents; what images those are is known once
  ///   it is read, see ``validate(imageShape:)``.
  /// - Throws: `ConfigurationError`.
  func validate(
    for source: ResolvedRun.Source, decoder: String?
  ) throws(ConfigurationError) {
    switch source.images?.kind {
    case .images: try validate(imageShape: source.data.pointShape)
    case .latents where decoder != nil: break
    case .latents:
      throw ConfigurationError(
        setting: "features", value: space.rawValue,
        accepted: "them with a decoder: the source \(source.name) is of latents")
    case nil:
      throw ConfigurationError(
        setting: "features", value: space.rawValue,
        accepted: "none: the source \(source.name) is not of images")
    }
    try ConfigurationError.check([("feature samples", samples, Self.validSamples)])
    guard !steps.isEmpty, steps.allSatisfy({ (1...1024).contains($0) }),
      Set(steps).count == steps.count
    else {
      throw ConfigurationError(
        setting: "feature steps", value: "\(steps)",
        accepted: "different whole numbers from 1 to 1024")
    }
  }

  /// Checks that images of a shape can be measured.
  ///
  /// - Parameter shape: `[C, H, W]`
  /// - Throws: `ConfigurationError`.
  func validate(imageShape shape: [Int]) throws(ConfigurationError) {
    if space == .classifier,
      shape[0] != 1 || shape[1] != shape[2]
        || !TrainedClassifier.shippedImageSizes.contains(shape[1])
    {
      throw ConfigurationError(
        setting: "features", value: "classifier, on images of shape \(shape)",
        accepted: "pixels, or grey images of "
          + TrainedClassifier.shippedImageSizes.map { "\($0) by \($0)" }.joined(separator: " or ")
          + " pixels")
    }
  }
}
