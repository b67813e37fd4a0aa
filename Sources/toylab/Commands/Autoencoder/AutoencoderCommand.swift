// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Networks

/// `toylab autoencoder`
struct AutoencoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoencoder",
    abstract: "Make latents of images: train an autoencoder, encode images, decode samples.",
    discussion: """
      A flow map of latents, from images to pictures of samples:

        toylab autoencoder train --data fashion-mnist --out autoencoder.safetensors
        toylab autoencoder encode autoencoder.safetensors --data fashion-mnist --out latents.safetensors
        toylab train --data latents.safetensors --network tiny --recipe isd --out runs/latents
        toylab sample runs/latents --labels 0-9 --decoder autoencoder.safetensors --grid gallery.png
      """,
    subcommands: [AutoencoderTrain.self, AutoencoderEncode.self, AutoencoderDecode.self])
}

/// Square images that an autoencoder is for.
///
/// - Throws: ``NoAutoencoderError`` for other points; `ImageDataError`.
func autoencodedImages(
  _ data: String, shrink: Int, reduction: Int
) throws -> (source: ImageSource, record: ImageRecord) {
  let found = try ImageRequest(data: data, shrink: shrink).read()
  guard let source = found.source as? ImageSource, source.pointShape[1] == source.pointShape[2],
    source.pointShape[1].isMultiple(of: reduction)
  else {
    throw NoAutoencoderError(
      data: data, shape: found.source.pointShape, reduction: reduction)
  }
  return (source, found.record)
}

/// Points that no autoencoder can be trained on.
struct NoAutoencoderError: Error, Equatable, CustomStringConvertible {
  let data: String
  let shape: [Int]
  let reduction: Int

  var description: String {
    "\(data): points of shape \(shape) make no latents; accepted are square images whose sides are multiples of "
      + "\(reduction) pixels"
  }
}
