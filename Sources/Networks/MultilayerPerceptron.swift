// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A multilayer perceptron on `[x, t/T, s/T]` (or `[x, t/T, (t−s)/T]`), or on features of the two times.
///
/// Layer `i` computes `y = activation(x · weight + bias)` with a weight of shape `[in, out]`; the last
/// layer is linear.
public struct MultilayerPerceptron: Network, Equatable, Codable {
  public enum Activation: String, CaseIterable, Sendable, Codable {
    case silu
    case gelu
    case tanh

    func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .silu: return Tensors.silu(x)
      case .gelu: return Tensors.gelu(x)
      case .tanh: return Tensors.tanh(x)
      }
    }
  }

  /// How the second time enters.
  public enum TimeEmbedding: String, CaseIterable, Sendable, Codable {
    /// `s / T`
    case endTime
    /// `(t − s) / T`
    case duration
  }

  public let dimension: Int
  /// Units of each hidden layer.
  public let width: Int
  /// Number of hidden layers.
  public let depth: Int
  public let activation: Activation
  public let timeEmbedding: TimeEmbedding
  public let initializer: Initializer
  /// What the two times are turned into before the first layer.
  public let timeFeatures: TimeFeatures

  /// - Precondition: dimension, width and depth are positive.
  public init(
    dimension: Int = 2, width: Int = 64, depth: Int = 3, activation: Activation = .silu,
    timeEmbedding: TimeEmbedding = .endTime, initializer: Initializer = .lecunNormal,
    timeFeatures: TimeFeatures = .plain
  ) {
    precondition(
      dimension > 0 && width > 0 && depth > 0,
      "a perceptron needs positive sizes, got dimension \(dimension), width \(width), depth \(depth)"
    )
    self.dimension = dimension
    self.width = width
    self.depth = depth
    self.activation = activation
    self.timeEmbedding = timeEmbedding
    self.initializer = initializer
    self.timeFeatures = timeFeatures
  }

  /// Inputs and outputs of each linear layer.
  private var layerSizes: [(inputs: Int, outputs: Int)] {
    (0...depth).map { layer in
      (layer == 0 ? dimension + 2 * timeFeatures.count : width, layer == depth ? dimension : width)
    }
  }

  public var layout: ParameterLayout {
    var layout = ParameterLayout()
    for (layer, size) in layerSizes.enumerated() {
      layout.append("layer\(layer).weight", [size.inputs, size.outputs])
      layout.append("layer\(layer).bias", [size.outputs])
    }
    return layout
  }

  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor
  ) -> Tensor {
    let second: Tensor
    switch timeEmbedding {
    case .endTime: second = endTime
    case .duration: second = time - endTime
    }
    var hidden = concatenate([noisy, timeFeatures(time), timeFeatures(second)], axis: 1)
    for layer in 0...depth {
      hidden = matmul(hidden, parameters["layer\(layer).weight"])
      hidden = hidden + parameters["layer\(layer).bias"]
      if layer < depth { hidden = activation(hidden) }
    }
    return hidden
  }

  public func initialParameters(_ stream: RandomStream) -> [Double] {
    layerSizes.enumerated().flatMap { layer, size -> [Double] in
      initializer.matrix(
        inputs: size.inputs, outputs: size.outputs, stream.appending("layer\(layer)"))
        + [Double](repeating: 0, count: size.outputs)
    }
  }
}

// MARK: - Coding

extension MultilayerPerceptron {
  /// Reads a network. Runs from before the time features existed have plain times.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    dimension = try values.decode(Int.self, forKey: .dimension)
    width = try values.decode(Int.self, forKey: .width)
    depth = try values.decode(Int.self, forKey: .depth)
    activation = try values.decode(Activation.self, forKey: .activation)
    timeEmbedding = try values.decode(TimeEmbedding.self, forKey: .timeEmbedding)
    initializer = try values.decode(Initializer.self, forKey: .initializer)
    timeFeatures = try values.decodeIfPresent(TimeFeatures.self, forKey: .timeFeatures) ?? .plain
  }
}
