// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// The graph of a U-Net on given parameters. Inside it images are `[rows, height, width, channels]`.
struct UNetForward {
  let configuration: UNetConfiguration
  let parameters: ParameterTensors

  /// - Parameters:
  ///   - image: `[rows, channels, size, size]`, as is what is returned.
  ///   - told: what the network takes, see ``ConditionEmbedding``.
  func callAsFunction(
    _ image: Tensor, time: Tensor, endTime: Tensor, told: Conditions
  ) -> Tensor {
    let embedding = ConditionEmbedding(
      timeFeatures: configuration.timeFeatures, parameters: parameters)
    let condition = silu(embedding(time: time, endTime: endTime, told: told))
    let levels = configuration.blockChannels.indices
    let blocks = 0..<configuration.layersPerBlock
    var hidden = convolved(image.transposed([0, 2, 3, 1]), "first")
    var skipped: [Tensor] = []
    for level in levels {
      if level > 0 { hidden = averagePooled(hidden, by: 2) }
      for block in blocks {
        hidden = self.block(hidden, condition, "down.\(level).\(block)", level: level)
        skipped.append(hidden)
      }
    }
    hidden = residual(hidden, condition, "middle.0")
    if configuration.attentionLevels > 0 { hidden = attended(hidden, "middle.attention") }
    hidden = residual(hidden, condition, "middle.1")
    for level in levels.reversed() {
      for block in blocks {
        hidden = concatenate([hidden, skipped.removeLast()], axis: 3)
        hidden = self.block(hidden, condition, "up.\(level).\(block)", level: level)
      }
      if level > 0 { hidden = upsampled(hidden, by: 2) }
    }
    return convolved(silu(normalized(hidden, "last.norm")), "last").transposed([0, 3, 1, 2])
  }

  private func block(
    _ image: Tensor, _ condition: Tensor, _ name: String, level: Int
  ) -> Tensor {
    let image = residual(image, condition, name)
    return configuration.hasAttention(level) ? attended(image, "\(name).attention") : image
  }

  private func residual(_ image: Tensor, _ condition: Tensor, _ name: String) -> Tensor {
    let inner = convolved(silu(normalized(image, "\(name).norm")), "\(name).first")
    let width = inner.shape[3]
    let parts = linear(condition, "\(name).modulation")
      .reshaped(to: [condition.shape[0], 1, 1, 2 * width]).split(into: 2, axis: 3)
    let told = configuration.modulation(
      groupNorm(inner, groups: configuration.groups), shift: parts[0], scale: parts[1])
    let outer = convolved(silu(told), "\(name).second")
    return (image.shape[3] == width ? image : linear(image, "\(name).shortcut")) + outer
  }

  /// Attention over all pixels with normalised queries and keys, added to them.
  private func attended(_ image: Tensor, _ name: String) -> Tensor {
    let pixels = normalized(image, "\(name).norm")
      .reshaped(to: [image.shape[0], image.shape[1] * image.shape[2], image.shape[3]])
    let mixed = attention(
      query: rmsNorm(heads(linear(pixels, "\(name).query"))),
      key: rmsNorm(heads(linear(pixels, "\(name).key"))),
      value: heads(linear(pixels, "\(name).value")))
    let joined = mixed.transposed([0, 2, 1, 3]).reshaped(to: pixels.shape)
    return image + linear(joined, "\(name).projection").reshaped(to: image.shape)
  }

  /// `[rows, pixels, width]` to `[rows, heads, pixels, width / heads]`.
  private func heads(_ pixels: Tensor) -> Tensor {
    let shape = pixels.shape
    return pixels.reshaped(
      to: [shape[0], shape[1], configuration.heads, shape[2] / configuration.heads]
    ).transposed([0, 2, 1, 3])
  }

  private func normalized(_ image: Tensor, _ name: String) -> Tensor {
    groupNorm(image, groups: configuration.groups) * parameters["\(name).weight"]
      + parameters["\(name).bias"]
  }

  private func convolved(_ image: Tensor, _ name: String) -> Tensor {
    let weight = parameters["\(name).weight"]
    let kernel = weight.reshaped(to: [3, 3, image.shape[3], weight.shape[1]])
    return convolution(image, kernel: kernel, padding: .same(kernel: 3))
      + parameters["\(name).bias"]
  }

  private func linear(_ x: Tensor, _ name: String) -> Tensor {
    matmul(x, parameters["\(name).weight"]) + parameters["\(name).bias"]
  }
}
