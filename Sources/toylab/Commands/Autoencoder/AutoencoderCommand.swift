// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser

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
