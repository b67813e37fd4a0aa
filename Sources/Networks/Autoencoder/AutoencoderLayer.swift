// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A layer of an autoencoder, under its published name.
struct AutoencoderLayer {
  enum Kind: Equatable {
    /// Of a square kernel.
    case convolution(kernel: Int)
    case linear
    case norm
  }

  let name: String
  let inputs: Int
  let outputs: Int
  let kind: Kind

  /// Every layer, in the order of the layout.
  static func all(_ configuration: AutoencoderConfiguration) -> [AutoencoderLayer] {
    var layers: [AutoencoderLayer] = []
    let channels = configuration.blockChannels
    guard let finest = channels.first, let coarsest = channels.last else {
      preconditionFailure("an autoencoder without levels")
    }
    func convolution(_ name: String, _ inputs: Int, _ outputs: Int, kernel: Int = 3) {
      layers.append(
        AutoencoderLayer(
          name: name, inputs: inputs, outputs: outputs, kind: .convolution(kernel: kernel)))
    }
    func norm(_ name: String, _ channels: Int) {
      layers.append(
        AutoencoderLayer(name: name, inputs: channels, outputs: channels, kind: .norm))
    }
    func residual(_ name: String, _ inputs: Int, _ outputs: Int) {
      norm("\(name).norm1", inputs)
      convolution("\(name).conv1", inputs, outputs)
      norm("\(name).norm2", outputs)
      convolution("\(name).conv2", outputs, outputs)
      if inputs != outputs { convolution("\(name).conv_shortcut", inputs, outputs, kernel: 1) }
    }
    func middle(_ name: String) {
      residual("\(name).resnets.0", coarsest, coarsest)
      if configuration.hasAttention {
        norm("\(name).attentions.0.group_norm", coarsest)
        for part in ["to_q", "to_k", "to_v", "to_out.0"] {
          layers.append(
            AutoencoderLayer(
              name: "\(name).attentions.0.\(part)", inputs: coarsest, outputs: coarsest,
              kind: .linear))
        }
      }
      residual("\(name).resnets.1", coarsest, coarsest)
    }

    let latent = configuration.latentChannels
    convolution("encoder.conv_in", configuration.inputChannels, finest)
    var width = finest
    for (level, outputs) in channels.enumerated() {
      for block in 0..<configuration.layersPerBlock {
        residual("encoder.down_blocks.\(level).resnets.\(block)", width, outputs)
        width = outputs
      }
      if level < channels.count - 1 {
        convolution("encoder.down_blocks.\(level).downsamplers.0.conv", width, width)
      }
    }
    middle("encoder.mid_block")
    norm("encoder.conv_norm_out", width)
    convolution("encoder.conv_out", width, 2 * latent)
    if configuration.hasEncoderProjection {
      convolution("quant_conv", 2 * latent, 2 * latent, kernel: 1)
    }
    if configuration.hasDecoderProjection {
      convolution("post_quant_conv", latent, latent, kernel: 1)
    }
    convolution("decoder.conv_in", latent, coarsest)
    middle("decoder.mid_block")
    width = coarsest
    for (level, outputs) in channels.reversed().enumerated() {
      for block in 0...configuration.layersPerBlock {
        residual("decoder.up_blocks.\(level).resnets.\(block)", width, outputs)
        width = outputs
      }
      if level < channels.count - 1 {
        convolution("decoder.up_blocks.\(level).upsamplers.0.conv", width, width)
      }
    }
    norm("decoder.conv_norm_out", width)
    convolution("decoder.conv_out", width, configuration.outputChannels)
    return layers
  }
}
