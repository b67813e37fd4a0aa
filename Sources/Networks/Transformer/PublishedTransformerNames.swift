// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Where the parameters of a transformer stand in a published checkpoint: the names and shapes of its arrays.
///
/// There a linear layer's weight is `[outputs, inputs]` and that of the patches a convolution's,
/// `[width, channels, patch, patch]`; query, key and value stand on top of each other in one array, and so do
/// the two halves of a gated perceptron. A checkpoint also holds the fixed ``positions``, which are no
/// parameters here.
public struct PublishedTransformerNames: Sendable {
  /// An array of a checkpoint.
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let shape: [Int]
    /// The places in the layout of the parameters that stand on top of each other in the array.
    fileprivate let places: [Int]
    /// Whether the array has `[outputs, inputs]` where the layout has `[inputs, outputs]`.
    fileprivate let isTransposed: Bool
  }

  /// The layout of the parameters.
  public let layout: ParameterLayout
  /// Every array of parameters.
  public let entries: [Entry]
  private let configuration: TransformerConfiguration

  /// - Precondition: the transformer takes no observation, which no checkpoint has a name for.
  public init(_ configuration: TransformerConfiguration) {
    precondition(
      configuration.observationSize == 0, "no published checkpoint has a layer for an observation")
    self.configuration = configuration
    let layout = FlowMapTransformer(configuration).layout
    self.layout = layout
    entries = PublishedLayer.all(configuration).flatMap { layer -> [Entry] in
      layer.arrays(configuration).map { array in
        Entry(
          name: array.name, shape: array.shape,
          places: array.parameters.map { parameter in
            guard let place = layout.index(of: parameter) else {
              preconditionFailure("a transformer has no parameter \"\(parameter)\"")
            }
            return place
          }, isTransposed: array.isTransposed)
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

  /// A vector in the transformer's layout, such as its parameters or a gradient, from a checkpoint's arrays.
  ///
  /// - Parameter array: the row-major values of the array of a name, which must have the shape.
  /// - Throws: what `array` throws.
  /// - Precondition: `array` gives as many values as the shape has.
  public func vector<Failure: Error>(
    from array: (_ name: String, _ shape: [Int]) throws(Failure) -> [Double]
  ) throws(Failure) -> [Double] {
    var vector = [Double](repeating: 0, count: layout.count)
    for entry in entries {
      let values = try array(entry.name, entry.shape)
      precondition(
        values.count == entry.shape.reduce(1, *),
        "\(values.count) values for \"\(entry.name)\" of the shape \(entry.shape)")
      forEachPair(in: entry) { place, element in vector[place] = values[element] }
    }
    return vector
  }

  /// A checkpoint's arrays from a vector in the transformer's layout, in the order of ``entries``.
  ///
  /// - Precondition: the vector fits the layout.
  public func arrays(
    from vector: [Double]
  ) -> [(name: String, shape: [Int], values: [Double])] {
    precondition(vector.count == layout.count, "the vector does not fit the layout")
    return entries.map { entry in
      var values = [Double](repeating: 0, count: entry.shape.reduce(1, *))
      forEachPair(in: entry) { place, element in values[element] = vector[place] }
      return (entry.name, entry.shape, values)
    }
  }

  /// Calls with the place in the vector and the element of the array of each number of an entry.
  private func forEachPair(in entry: Entry, _ body: (_ place: Int, _ element: Int) -> Void) {
    var start = 0
    for parameter in entry.places.map({ layout.entries[$0] }) {
      let count = parameter.shape.count
      // The layout's [inputs, outputs]; a vector is one row of outputs.
      let outputs = entry.isTransposed ? parameter.shape[1] : count
      let inputs = count / outputs
      for output in 0..<outputs {
        for input in 0..<inputs {
          body(parameter.offset + input * outputs + output, start + output * inputs + input)
        }
      }
      start += count
    }
  }
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
        linear("\(name).mlp.0", ["\(time).0"], [TransformerConfiguration.timeFeatures], width),
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
