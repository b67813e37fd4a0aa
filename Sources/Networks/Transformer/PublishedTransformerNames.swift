// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Where the parameters of a transformer stand in a published checkpoint: the names and shapes of its arrays.
///
/// There a linear layer's weight is `[outputs, inputs]` and that of the patches a convolution's,
/// `[width, channels, patch, patch]`; query, key and value stand on top of each other in one array, and so do
/// the two halves of a gated perceptron. A checkpoint also holds the fixed ``positions``, which are no
/// parameters here.
public struct PublishedTransformerNames: PublishedNames {
  public let layout: ParameterLayout
  public let entries: [PublishedArray]
  private let configuration: TransformerConfiguration

  /// - Precondition: the transformer takes no observation and no guidance, which no checkpoint has a name for.
  public init(_ configuration: TransformerConfiguration) {
    precondition(
      configuration.observationSize == 0 && !configuration.takesGuidance,
      "no published checkpoint has a layer for an observation or guidance")
    self.configuration = configuration
    let layout = FlowMapTransformer(configuration).layout
    self.layout = layout
    entries = PublishedLayer.all(configuration).flatMap { layer -> [PublishedArray] in
      layer.arrays(configuration).map { array in
        PublishedArray(
          array.name, array.shape, places: array.parameters.map(layout.place(of:)),
          array.isTransposed ? .transposed : .same)
      }
    }
  }

  /// The fixed features of the tokens' positions, `[1, tokens, width]`, as a checkpoint holds them.
  public var positions: (name: String, shape: [Int], values: [Double]) {
    (
      "pos_embed", [1, configuration.tokens, configuration.width],
      SinusoidalEmbedding.gridValues(configuration.gridSize, width: configuration.width)
    )
  }

  public var fixed: [(name: String, shape: [Int], values: [Double])] { [positions] }
}

/// A layer of a checkpoint and the layers of the layout it consists of.
private struct PublishedLayer {
  enum Kind {
    case linear(inputs: [Int], outputs: Int)
    case table(rows: Int)
  }

  let name: String
  let parts: [String]
  let kind: Kind

  static func all(_ configuration: TransformerConfiguration) -> [PublishedLayer] {
    let width = configuration.width
    func linear(
      _ name: String, _ parts: [String], _ inputs: [Int], _ outputs: Int
    ) -> PublishedLayer {
      PublishedLayer(name: name, parts: parts, kind: .linear(inputs: inputs, outputs: outputs))
    }
    let patch = [configuration.channels, configuration.patchSize, configuration.patchSize]
    var layers = [linear("x_embedder.proj", ["patch"], patch, width)]
    for (name, time) in [("t_embedder", "time"), ("s_embedder", "endTime")] {
      layers += [
        linear("\(name).mlp.0", ["\(time).0"], [configuration.timeFeatures.count], width),
        linear("\(name).mlp.2", ["\(time).1"], [width], width),
      ]
    }
    if configuration.classCount > 0 {
      layers.append(
        PublishedLayer(
          name: "y_embedder.embedding_table", parts: ["labels"],
          kind: .table(rows: configuration.classCount + 1)))
    }
    let hidden = configuration.hiddenWidth
    for block in (0..<configuration.depth).map({ "blocks.\($0)" }) {
      let attention = ["query", "key", "value"].map { "\(block).\($0)" }
      layers += [
        linear("\(block).adaLN_modulation.1", ["\(block).modulation"], [width], 6 * width),
        linear("\(block).attn.qkv", attention, [width], 3 * width),
        linear("\(block).attn.proj", ["\(block).projection"], [width], width),
        linear("\(block).mlp.w12", ["\(block).gate", "\(block).up"], [width], 2 * hidden),
        linear("\(block).mlp.w3", ["\(block).down"], [hidden], width),
      ]
    }
    return layers + [
      linear("final_layer.adaLN_modulation.1", ["final.modulation"], [width], 2 * width),
      linear("final_layer.linear", ["final"], [width], configuration.patchElements),
    ]
  }

  func arrays(
    _ configuration: TransformerConfiguration
  ) -> [(name: String, shape: [Int], parameters: [String], isTransposed: Bool)] {
    switch kind {
    case .linear(let inputs, let outputs):
      return [
        ("\(name).weight", [outputs] + inputs, parts.map { "\($0).weight" }, true),
        ("\(name).bias", [outputs], parts.map { "\($0).bias" }, false),
      ]
    case .table(let rows):
      return [("\(name).weight", [rows, configuration.width], parts, false)]
    }
  }
}
