// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Images as sequences of patches.
struct PatchGrid {
  let configuration: TransformerConfiguration

  /// `[rows, channels, size, size]` to `[rows, tokens, channels · patch · patch]`.
  func patches(_ image: Tensor) -> Tensor {
    let (grid, patch) = (configuration.gridSize, configuration.patchSize)
    return image.reshaped(
      to: [image.shape[0], configuration.channels, grid, patch, grid, patch]
    )
    .transposed([0, 2, 4, 1, 3, 5])
    .reshaped(to: [image.shape[0], configuration.tokens, configuration.patchElements])
  }

  /// `[rows, tokens, patch · patch · channels]`, channels varying fastest, to
  /// `[rows, channels, size, size]`.
  func image(_ tokens: Tensor) -> Tensor {
    let (grid, patch) = (configuration.gridSize, configuration.patchSize)
    return tokens.reshaped(
      to: [tokens.shape[0], grid, grid, patch, patch, configuration.channels]
    )
    .transposed([0, 5, 1, 3, 2, 4])
    .reshaped(
      to: [
        tokens.shape[0], configuration.channels, configuration.imageSize, configuration.imageSize,
      ])
  }
}
