// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
internal import Foundation
public import Measures
public import Networks

/// What an autoencoder keeps of the images held out.
public struct ReconstructionQuality: Sendable {
  /// The mean square of a pixel's error, of a range of 2; over images.
  public let squaredError: Estimate
  /// `KL(q ‖ N(0, 1))` of an image's latent, in nats.
  public let divergence: Estimate
  /// Whether the classifier that comes with toylab sees the same class as in the image; nil where there is none for the
  /// size.
  public let agreement: Estimate?

  /// Images at once.
  private static let blockRows = 1024

  /// - Parameter source: of images of the autoencoder's shape; those held out are read.
  /// - Throws: `EngineError`.
  public init(of autoencoder: TrainedAutoencoder, on source: ImageSource, pool: WorkerPool) throws {
    let reader = AutoencoderReader(autoencoder, pool: pool)
    let classifier = try? TrainedClassifier.shipped(imageSize: autoencoder.imageSize)
    let classes = classifier.flatMap {
      $0.network.dimension == source.dimension ? ClassifierReader($0, pool: pool) : nil
    }
    let d = source.dimension
    var (errors, divergences): ([Double], [Double]) = ([], [])
    var same = 0
    for start in stride(from: 0, to: source.heldOut.count, by: Self.blockRows) {
      let rows = start..<min(start + Self.blockRows, source.heldOut.count)
      let images = source.heldOut.points(rows, in: source.units)
      let latents = try reader.encode(images)
      let decoded = try reader.decodeRaw(latents.means)
      errors += rows.indices.map { row in
        let places = (row - start) * d..<(row - start + 1) * d
        return places.reduce(0) { $0 + (decoded[$1] - images[$1]) * (decoded[$1] - images[$1]) }
          / Double(d)
      }
      let width = latents.means.count / rows.count
      divergences += (0..<rows.count).map { row in
        (row * width..<(row + 1) * width).reduce(0) { sum, place in
          let (mean, logVariance) = (latents.means[place], latents.logVariances[place])
          return sum + (mean * mean + exp(logVariance) - 1 - logVariance) / 2
        }
      }
      if let classes {
        let (before, after) = (try classes.read(images).classes, try classes.read(decoded).classes)
        same += zip(before, after).count { $0 == $1 }
      }
    }
    squaredError = Estimate(meanOf: errors)
    divergence = Estimate(meanOf: divergences)
    agreement = classes.map { _ in Estimate(successes: same, of: source.heldOut.count) }
  }
}
