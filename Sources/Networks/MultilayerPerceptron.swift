// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A multilayer perceptron on `[x, t/T, s/T]` (or `[x, t/T, (t−s)/T]`), or on features of the two times.
///
/// Layer `i` computes `y = activation(x · weight + bias)` with a weight of shape `[in, out]`; the last
/// layer is linear. A class adds a learned row, of one more for none, to what enters the first activation: the
/// same as one more group of inputs, the one-hot class. An observation stands behind the times, and behind it
/// `1 - 1/ω` where the network is told the scale of guidance.
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
  public var classCount: Int
  public var observationSize: Int
  public var takesGuidance: Bool

  /// - Precondition: dimension, width and depth are positive, class count and observation size not negative.
  public init(
    dimension: Int = 2, width: Int = 64, depth: Int = 3, activation: Activation = .silu,
    timeEmbedding: TimeEmbedding = .endTime, initializer: Initializer = .lecunNormal,
    timeFeatures: TimeFeatures = .plain, classCount: Int = 0, observationSize: Int = 0,
    takesGuidance: Bool = false
  ) {
    precondition(
      dimension > 0 && width > 0 && depth > 0,
      "a perceptron needs positive sizes, got dimension \(dimension), width \(width), depth \(depth)"
    )
    precondition(
      classCount >= 0 && observationSize >= 0,
      "\(classCount) classes and an observation of \(observationSize) numbers")
    self.dimension = dimension
    self.width = width
    self.depth = depth
    self.activation = activation
    self.timeEmbedding = timeEmbedding
    self.initializer = initializer
    self.timeFeatures = timeFeatures
    self.classCount = classCount
    self.observationSize = observationSize
    self.takesGuidance = takesGuidance
  }

  /// Inputs and outputs of each linear layer.
  private var layerSizes: [(inputs: Int, outputs: Int)] {
    (0...depth).map { layer in
      (
        layer == 0
          ? dimension + 2 * timeFeatures.count + observationSize + (takesGuidance ? 1 : 0) : width,
        layer == depth ? dimension : width
      )
    }
  }

  public var layout: ParameterLayout {
    var layout = ParameterLayout()
    for (layer, size) in layerSizes.enumerated() {
      layout.append("layer\(layer).weight", [size.inputs, size.outputs], .matrix)
      layout.append("layer\(layer).bias", [size.outputs], .bias)
    }
    if classCount > 0 { layout.append("labels", [classCount + 1, width], .embedding) }
    return layout
  }

  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor,
    conditions: Conditions
  ) -> Tensor {
    let second: Tensor
    switch timeEmbedding {
    case .endTime: second = endTime
    case .duration: second = time - endTime
    }
    let rows = noisy.shape[0]
    let told = [observation(in: conditions), guidance(in: conditions, rows: rows)]
    var hidden = concatenate(
      [noisy, timeFeatures(time), timeFeatures(second)] + told.compactMap { $0 }, axis: 1)
    let label = label(in: conditions, rows: rows)
    for layer in 0...depth {
      hidden = matmul(hidden, parameters["layer\(layer).weight"])
      hidden = hidden + parameters["layer\(layer).bias"]
      if layer == 0, let label { hidden = hidden + parameters["labels"].rows(at: label) }
      if layer < depth { hidden = activation(hidden) }
    }
    return hidden
  }

  public func initialParameters(_ stream: RandomStream) -> [Double] {
    let layers = layerSizes.enumerated().flatMap { layer, size -> [Double] in
      initializer.matrix(
        inputs: size.inputs, outputs: size.outputs, stream.appending("layer\(layer)"))
        + [Double](repeating: 0, count: size.outputs)
    }
    guard classCount > 0 else { return layers }
    return layers
      + initializer.matrix(
        inputs: classCount + 1, outputs: width, stream.appending("labels"))
  }
}

// MARK: - Coding

extension MultilayerPerceptron {
  private enum CodingKeys: String, CodingKey {
    case dimension, width, depth, activation, timeEmbedding, initializer, timeFeatures
    case classCount, observationSize, takesGuidance
  }

  /// Reads a network. Runs from before the time features existed have plain times; those from before there
  /// were conditions have none.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    dimension = try values.decode(Int.self, forKey: .dimension)
    width = try values.decode(Int.self, forKey: .width)
    depth = try values.decode(Int.self, forKey: .depth)
    activation = try values.decode(Activation.self, forKey: .activation)
    timeEmbedding = try values.decode(TimeEmbedding.self, forKey: .timeEmbedding)
    initializer = try values.decode(Initializer.self, forKey: .initializer)
    timeFeatures = try values.decodeIfPresent(TimeFeatures.self, forKey: .timeFeatures) ?? .plain
    classCount = try values.decodeIfPresent(Int.self, forKey: .classCount) ?? 0
    observationSize = try values.decodeIfPresent(Int.self, forKey: .observationSize) ?? 0
    takesGuidance = try values.decodeIfPresent(Bool.self, forKey: .takesGuidance) ?? false
  }

  /// Writes a network; guidance only where it is taken: a run from before it could be is written as it was.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(dimension, forKey: .dimension)
    try values.encode(width, forKey: .width)
    try values.encode(depth, forKey: .depth)
    try values.encode(activation, forKey: .activation)
    try values.encode(timeEmbedding, forKey: .timeEmbedding)
    try values.encode(initializer, forKey: .initializer)
    try values.encode(timeFeatures, forKey: .timeFeatures)
    try values.encode(classCount, forKey: .classCount)
    try values.encode(observationSize, forKey: .observationSize)
    if takesGuidance { try values.encode(takesGuidance, forKey: .takesGuidance) }
  }
}
