// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Networks

/// What a peer must know of a step or a loss, but for its batch: the kind, and the sizes that the kind has.
struct PeerWork: Encodable, Equatable {
  /// `isd`, `esd` and `hvp` are of perceptrons, `tit` and `unet` are iSD of networks on images; `conv` is a convolution.
  let kind: String
  /// Features of a hidden layer or of a token, hidden layers or blocks.
  var width: Int?
  var depth: Int?
  var activation: String?
  /// `exact` or `difference`, as is the tangent in the loss of networks on images.
  var tangent: String?
  var imageSize: Int?
  var channels: Int?
  var heads: Int?
  var patch: Int?
  /// Channels of the levels of a U-Net, the finest first.
  var blockChannels: [Int]?
  var layersPerBlock: Int?
  var groups: Int?
  var attentionLevels: Int?
  var embeddingWidth: Int?
  /// Cosines and sines of a time together.
  var timeFeatures: Int?

  init(_ work: BenchmarkItem.Work) {
    switch work {
    case .training(let objective, let sizes): self.init(kind: objective.shortName, sizes)
    case .hessianProduct(let sizes): self.init(kind: "hvp", sizes)
    case .transformer(let sizes, let tangent): self.init(sizes.configuration, tangent)
    case .unet(let sizes, let tangent): self.init(sizes.configuration, tangent)
    case .convolution(let sizes): self.init(sizes)
    }
  }

  private init(_ sizes: BenchmarkItem.ConvolutionSizes) {
    kind = "conv"
    (imageSize, channels) = (sizes.size, sizes.channels)
  }

  /// - Parameter kind: an objective, or `hvp`.
  init(kind: String, _ sizes: BenchmarkItem.PerceptronSizes) {
    self.kind = kind
    (width, depth, activation) = (sizes.width, sizes.depth, sizes.activation.rawValue)
  }

  private init(_ configuration: TransformerConfiguration, _ tangent: BenchmarkItem.Tangent) {
    kind = "tit"
    self.tangent = tangent.rawValue
    (imageSize, channels) = (configuration.imageSize, configuration.channels)
    (width, depth, heads) = (configuration.width, configuration.depth, configuration.heads)
    patch = configuration.patchSize
  }

  /// - Precondition: positional features of the times, plain modulation and no conditions, which is what peers have.
  init(_ configuration: UNetConfiguration, _ tangent: BenchmarkItem.Tangent) {
    guard case .positional(let features) = configuration.timeFeatures,
      configuration.modulation == .plain, !configuration.takesGuidance,
      configuration.classCount == 0, configuration.observationSize == 0
    else { preconditionFailure("peers have no U-Net of \(configuration)") }
    kind = "unet"
    self.tangent = tangent.rawValue
    timeFeatures = features
    (imageSize, channels) = (configuration.imageSize, configuration.channels)
    (blockChannels, layersPerBlock) = (configuration.blockChannels, configuration.layersPerBlock)
    (attentionLevels, heads) = (configuration.attentionLevels, configuration.heads)
    (groups, embeddingWidth) = (configuration.groups, configuration.embeddingWidth)
  }
}
