// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A transformer on images for flow maps, conditioned on two times: patches as tokens, adaptive
/// normalisation (adaLN-zero of Peebles and Xie, arXiv 2212.09748), attention with normalised queries and
/// keys and rotary positions, gated perceptrons (SwiGLU, arXiv 2002.05202).
///
/// A class is a learned row of a table, of one more for none; an observation enters through a linear layer, a
/// scale of guidance as a time does. All are added to the embedded times.
///
/// Every weight is the right operand of a product over tokens; nothing mixes rows.
public struct FlowMapTransformer: ImageNetwork {
  public let configuration: TransformerConfiguration

  public init(_ configuration: TransformerConfiguration) { self.configuration = configuration }

  public var layerLayout: ParameterLayout {
    var layout = ParameterLayout()
    for layer in layers {
      layout.append("\(layer.name).weight", [layer.inputs, layer.outputs], .matrix)
      layout.append("\(layer.name).bias", [layer.outputs], .bias)
    }
    return layout
  }

  public func forward(
    _ image: Tensor, time: Tensor, endTime: Tensor, told: Conditions, _ parameters: ParameterTensors
  ) -> Tensor {
    TransformerForward(configuration: configuration, parameters: parameters)(
      image, time: time, endTime: endTime, told: told)
  }

  /// Initial layers: uniform of Glorot and Bengio's variance for tokens, normal of deviation 0.02 for
  /// times, classes and observations, zero for modulations and the last layer, so that blocks start as the identity and the map
  /// as zero. Doubly normalised shifts alone start elsewhere, see ``Modulation``; the gates behind them are zero.
  public func initialLayers(_ stream: RandomStream) -> [Double] {
    layers.flatMap { layer -> [Double] in
      let count = layer.inputs * layer.outputs
      let weight: [Double]
      switch layer.kind {
      case .token:
        weight = Initializer.glorotUniform.matrix(
          inputs: layer.inputs, outputs: layer.outputs, stream.appending(layer.name))
      case .condition:
        weight = ConditionEmbedding.matrix(
          inputs: layer.inputs, outputs: layer.outputs, stream.appending(layer.name))
      case .zero, .modulation:
        weight = [Double](repeating: 0, count: count)
      }
      return weight + initialBias(layer, stream)
    }
  }

  private func initialBias(_ layer: Layer, _ stream: RandomStream) -> [Double] {
    var bias = [Double](repeating: 0, count: layer.outputs)
    if layer.kind == .modulation {
      let width = configuration.width
      bias.replaceSubrange(
        3 * width..<4 * width,
        with: configuration.modulation.initialShift(
          width, stream.appending(layer.name).appending("shift")))
    }
    return bias
  }

  private struct Layer {
    enum Kind {
      case token
      case condition
      case zero
      /// Shift, scale and gate of attention, then of the perceptron.
      case modulation
    }

    let name: String
    let inputs: Int
    let outputs: Int
    let kind: Kind
  }

  /// The linear layers in the order of the layout.
  private var layers: [Layer] {
    let width = configuration.width
    let hidden = configuration.hiddenWidth
    var layers = [
      Layer(name: "patch", inputs: configuration.patchElements, outputs: width, kind: .token)
    ]
    func appendTime(_ name: String) {
      layers.append(
        Layer(
          name: "\(name).0", inputs: configuration.timeFeatures.count, outputs: width,
          kind: .condition))
      layers.append(Layer(name: "\(name).1", inputs: width, outputs: width, kind: .condition))
    }
    appendTime("time")
    appendTime("endTime")
    for block in 0..<configuration.depth {
      func append(_ name: String, _ inputs: Int, _ outputs: Int, _ kind: Layer.Kind = .token) {
        layers.append(
          Layer(name: "blocks.\(block).\(name)", inputs: inputs, outputs: outputs, kind: kind))
      }
      append("modulation", width, 6 * width, .modulation)
      for name in ["query", "key", "value", "projection"] { append(name, width, width) }
      append("gate", width, hidden)
      append("up", width, hidden)
      append("down", hidden, width)
    }
    layers.append(Layer(name: "final.modulation", inputs: width, outputs: 2 * width, kind: .zero))
    layers.append(
      Layer(name: "final", inputs: width, outputs: configuration.patchElements, kind: .zero))
    if observationSize > 0 {
      layers.append(
        Layer(name: "observation", inputs: observationSize, outputs: width, kind: .condition))
    }
    if takesGuidance { appendTime("guidance") }
    return layers
  }
}
