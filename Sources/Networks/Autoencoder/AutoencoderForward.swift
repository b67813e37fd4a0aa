// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// The graph of an autoencoder on given parameters. Inside it images are `[rows, height, width, channels]`.
struct AutoencoderForward {
  let configuration: AutoencoderConfiguration
  let parameters: ParameterTensors

  func encoded(_ images: Tensor) -> Autoencoder.Moments {
    let channels = configuration.blockChannels
    var image = convolved(images.transposed([0, 2, 3, 1]), "encoder.conv_in")
    for level in channels.indices {
      for block in 0..<configuration.layersPerBlock {
        image = residual(image, "encoder.down_blocks.\(level).resnets.\(block)")
      }
      if level < channels.count - 1 {
        // Published encoders pad below and right alone, so that windows start at even pixels.
        image = convolved(
          image, "encoder.down_blocks.\(level).downsamplers.0.conv", stride: 2,
          padding: ImagePadding(low: 0, high: 1))
      }
    }
    image = middle(image, "encoder.mid_block")
    image = convolved(silu(normalized(image, "encoder.conv_norm_out")), "encoder.conv_out")
    if configuration.hasEncoderProjection { image = linear(image, "quant_conv") }
    let moments = image.transposed([0, 3, 1, 2]).split(into: 2, axis: 1)
    let range = Autoencoder.Moments.logVariances
    let logVariance = minimum(
      maximum(moments[1], Tensor(range.lowerBound)), Tensor(range.upperBound))
    return Autoencoder.Moments(mean: moments[0], logVariance: logVariance)
  }

  func decoded(_ latents: Tensor) -> Tensor {
    let levels = configuration.blockChannels.count
    var image = latents.transposed([0, 2, 3, 1])
    if configuration.hasDecoderProjection { image = linear(image, "post_quant_conv") }
    image = middle(convolved(image, "decoder.conv_in"), "decoder.mid_block")
    for level in 0..<levels {
      for block in 0...configuration.layersPerBlock {
        image = residual(image, "decoder.up_blocks.\(level).resnets.\(block)")
      }
      if level < levels - 1 {
        image = convolved(
          upsampled(image, by: 2), "decoder.up_blocks.\(level).upsamplers.0.conv")
      }
    }
    image = convolved(silu(normalized(image, "decoder.conv_norm_out")), "decoder.conv_out")
    return image.transposed([0, 3, 1, 2])
  }

  private func middle(_ image: Tensor, _ name: String) -> Tensor {
    var image = residual(image, "\(name).resnets.0")
    if configuration.hasAttention { image = attended(image, "\(name).attentions.0") }
    return residual(image, "\(name).resnets.1")
  }

  private func residual(_ image: Tensor, _ name: String) -> Tensor {
    let inner = convolved(silu(normalized(image, "\(name).norm1")), "\(name).conv1")
    let outer = convolved(silu(normalized(inner, "\(name).norm2")), "\(name).conv2")
    let shortcut = "\(name).conv_shortcut"
    let hasShortcut = parameters.layout.index(of: "\(shortcut).weight") != nil
    return (hasShortcut ? linear(image, shortcut) : image) + outer
  }

  /// Attention of a single head over all pixels, added to them.
  private func attended(_ image: Tensor, _ name: String) -> Tensor {
    let shape = image.shape
    let pixels = normalized(image, "\(name).group_norm")
      .reshaped(to: [shape[0], shape[1] * shape[2], shape[3]])
    let mixed = attention(
      query: linear(pixels, "\(name).to_q"), key: linear(pixels, "\(name).to_k"),
      value: linear(pixels, "\(name).to_v"))
    return image + linear(mixed, "\(name).to_out.0").reshaped(to: shape)
  }

  private func normalized(_ image: Tensor, _ name: String) -> Tensor {
    groupNorm(image, groups: configuration.groups) * parameters["\(name).weight"]
      + parameters["\(name).bias"]
  }

  private func convolved(
    _ image: Tensor, _ name: String, stride: Int = 1, padding: ImagePadding = .same(kernel: 3)
  ) -> Tensor {
    let weight = parameters["\(name).weight"]
    let kernel = weight.reshaped(to: [3, 3, image.shape[3], weight.shape[1]])
    return convolution(image, kernel: kernel, stride: stride, padding: padding)
      + parameters["\(name).bias"]
  }

  /// A linear layer over channels, as a convolution of one pixel is.
  private func linear(_ x: Tensor, _ name: String) -> Tensor {
    matmul(x, parameters["\(name).weight"]) + parameters["\(name).bias"]
  }
}
