// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// The graph of a transformer on given parameters.
struct TransformerForward {
  let configuration: TransformerConfiguration
  let parameters: ParameterTensors
  private let rotary: RotaryEmbedding

  init(configuration: TransformerConfiguration, parameters: ParameterTensors) {
    self.configuration = configuration
    self.parameters = parameters
    rotary = RotaryEmbedding(gridSize: configuration.gridSize, width: configuration.headWidth)
  }

  /// - Parameters:
  ///   - image: `[rows, channels, size, size]`
  ///   - told: what the network takes, see ``ConditionEmbedding``.
  func callAsFunction(
    _ image: Tensor, time: Tensor, endTime: Tensor, told: Conditions
  ) -> Tensor {
    let grid = PatchGrid(configuration: configuration)
    let embedding = ConditionEmbedding(
      timeFeatures: configuration.timeFeatures, parameters: parameters)
    let condition = silu(embedding(time: time, endTime: endTime, told: told))
    var tokens =
      linear(grid.patches(image), "patch")
      + SinusoidalEmbedding.grid(configuration.gridSize, width: configuration.width)
    for block in 0..<configuration.depth {
      tokens = transformed(tokens, condition, "blocks.\(block)")
    }
    let parts = modulations(condition, "final.modulation", count: 2)
    return grid.image(linear(modulated(tokens, shift: parts[0], scale: parts[1]), "final"))
  }

  /// One block: attention, then a gated perceptron, each on modulated tokens and behind a gate.
  private func transformed(_ tokens: Tensor, _ condition: Tensor, _ name: String) -> Tensor {
    let parts = modulations(condition, "\(name).modulation", count: 6)
    let attended =
      tokens + parts[2]
      * attention(modulated(tokens, shift: parts[0], scale: parts[1]), name)
    let second = configuration.modulation(
      rmsNorm(attended), shift: parts[3], scale: parts[4])
    return attended + parts[5] * perceptron(second, name)
  }

  /// Vectors `[rows, 1, width]` that shift, scale or gate every token of a row.
  private func modulations(_ condition: Tensor, _ name: String, count: Int) -> [Tensor] {
    linear(condition, name)
      .reshaped(to: [condition.shape[0], 1, count * configuration.width])
      .split(into: count, axis: 2)
  }

  private func modulated(_ tokens: Tensor, shift: Tensor, scale: Tensor) -> Tensor {
    Modulation.plain(rmsNorm(tokens), shift: shift, scale: scale)
  }

  private func attention(_ tokens: Tensor, _ name: String) -> Tensor {
    let query = rotary(rmsNorm(heads(linear(tokens, "\(name).query"))))
    let key = rotary(rmsNorm(heads(linear(tokens, "\(name).key"))))
    let value = heads(linear(tokens, "\(name).value"))
    let mixed = Tensors.attention(query: query, key: key, value: value)
    let joined = mixed.transposed([0, 2, 1, 3]).reshaped(to: tokens.shape)
    return linear(joined, "\(name).projection")
  }

  /// `[rows, tokens, width]` to `[rows, heads, tokens, headWidth]`.
  private func heads(_ tokens: Tensor) -> Tensor {
    tokens.reshaped(
      to: [tokens.shape[0], tokens.shape[1], configuration.heads, configuration.headWidth]
    )
    .transposed([0, 2, 1, 3])
  }

  private func perceptron(_ tokens: Tensor, _ name: String) -> Tensor {
    linear(
      silu(linear(tokens, "\(name).gate")) * linear(tokens, "\(name).up"), "\(name).down")
  }

  private func linear(_ x: Tensor, _ name: String) -> Tensor {
    matmul(x, parameters["\(name).weight"]) + parameters["\(name).bias"]
  }
}
