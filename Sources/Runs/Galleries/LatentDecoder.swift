// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
public import Engines
public import Files
public import Networks

/// Makes images of latents, so that samples of a run on latents can be looked at and measured as images.
public final class LatentDecoder {
  public let autoencoder: TrainedAutoencoder
  private let reader: AutoencoderReader

  public init(_ autoencoder: TrainedAutoencoder, pool: WorkerPool) {
    self.autoencoder = autoencoder
    reader = AutoencoderReader(autoencoder, pool: pool)
  }

  /// `[C, H, W]` of an image.
  public var imageShape: [Int] { autoencoder.imageShape }

  /// Images in `[−1, 1]` of latents in the autoencoder's own units.
  ///
  /// - Throws: `EngineError`.
  public func images(ofRaw latents: [Double]) throws -> [Double] {
    try reader.decodeRaw(latents)
  }

  /// Images from 0 to 255, as image files and toylab measure have them.
  public static func bytes(_ images: [Double]) -> [Double] {
    images.map { min(max(($0 + 1) * 127.5, 0), 255) }
  }

  /// A picture of images side by side, row by row.
  ///
  /// - Parameter images: `rows × columns`, in `[−1, 1]`.
  public func grid(
    _ images: [Double], rows: Int, columns: Int, enlargement: Int = 2
  ) -> PNGImage {
    ImageGrid(
      shape: imageShape, kind: .images, rows: rows, columns: columns, enlargement: enlargement
    ).image([images])
  }
}
