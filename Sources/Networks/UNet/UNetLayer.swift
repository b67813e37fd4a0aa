// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams
internal import Tensors

/// A layer of a U-Net.
struct UNetLayer {
  enum Kind: Equatable {
    /// Of a square kernel.
    case convolution(kernel: Int)
    /// Of 3×3, zero at first.
    case lastConvolution
    case linear
    /// Of the embedded times, class and observation.
    case condition
    /// Shift and scale behind a normalisation.
    case modulation
    /// Scale and shift of a normalisation of their own.
    case norm
  }

  let name: String
  let inputs: Int
  let outputs: Int
  let kind: Kind

  var weightShape: Shape {
    switch kind {
    case .convolution(let kernel): return [kernel * kernel * inputs, outputs]
    case .lastConvolution: return [9 * inputs, outputs]
    case .linear, .condition, .modulation: return [inputs, outputs]
    case .norm: return [outputs]
    }
  }

  var weightRole: ParameterRole { kind == .norm ? .norm : .matrix }

  /// Initial weight and bias.
  func initialParameters(_ modulation: Modulation, _ stream: RandomStream) -> [Double] {
    let stream = stream.appending(name)
    let zeros = [Double](repeating: 0, count: outputs)
    switch kind {
    case .convolution, .linear:
      return Initializer.lecunNormal.matrix(
        inputs: weightShape[0], outputs: outputs, stream) + zeros
    case .condition:
      return ConditionEmbedding.matrix(inputs: inputs, outputs: outputs, stream) + zeros
    case .lastConvolution: return [Double](repeating: 0, count: weightShape.count) + zeros
    case .modulation:
      return [Double](repeating: 0, count: weightShape.count)
        + modulation.initialShift(outputs / 2, stream.appending("shift"))
        + [Double](repeating: 0, count: outputs / 2)
    case .norm: return [Double](repeating: 1, count: outputs) + zeros
    }
  }

  /// Every layer, in the order of the layout.
  static func all(_ configuration: UNetConfiguration) -> [UNetLayer] {
    var layers: [UNetLayer] = []
    let levels = configuration.blockChannels
    guard let finest = levels.first, let coarsest = levels.last else {
      preconditionFailure("a U-Net without levels")
    }
    let embedding = configuration.embeddingWidth
    func append(_ name: String, _ inputs: Int, _ outputs: Int, _ kind: Kind) {
      layers.append(UNetLayer(name: name, inputs: inputs, outputs: outputs, kind: kind))
    }
    func residual(_ name: String, _ inputs: Int, _ outputs: Int) {
      append("\(name).norm", inputs, inputs, .norm)
      append("\(name).first", inputs, outputs, .convolution(kernel: 3))
      append("\(name).modulation", embedding, 2 * outputs, .modulation)
      append("\(name).second", outputs, outputs, .convolution(kernel: 3))
      if inputs != outputs { append("\(name).shortcut", inputs, outputs, .linear) }
    }
    func attention(_ name: String, _ width: Int) {
      append("\(name).norm", width, width, .norm)
      for part in ["query", "key", "value", "projection"] {
        append("\(name).\(part)", width, width, .linear)
      }
    }

    for time in ["time", "endTime"] + (configuration.takesGuidance ? ["guidance"] : []) {
      append("\(time).0", configuration.timeFeatures.count, embedding, .condition)
      append("\(time).1", embedding, embedding, .condition)
    }
    if configuration.observationSize > 0 {
      append("observation", configuration.observationSize, embedding, .condition)
    }
    append("first", configuration.channels, finest, .convolution(kernel: 3))
    var width = finest
    for (level, outputs) in levels.enumerated() {
      for block in 0..<configuration.layersPerBlock {
        residual("down.\(level).\(block)", width, outputs)
        if configuration.hasAttention(level) {
          attention("down.\(level).\(block).attention", outputs)
        }
        width = outputs
      }
    }
    residual("middle.0", coarsest, coarsest)
    if configuration.attentionLevels > 0 { attention("middle.attention", coarsest) }
    residual("middle.1", coarsest, coarsest)
    for (level, outputs) in levels.enumerated().reversed() {
      for block in 0..<configuration.layersPerBlock {
        residual("up.\(level).\(block)", width + outputs, outputs)
        if configuration.hasAttention(level) {
          attention("up.\(level).\(block).attention", outputs)
        }
        width = outputs
      }
    }
    append("last.norm", finest, finest, .norm)
    append("last", finest, configuration.channels, .lastConvolution)
    return layers
  }
}
