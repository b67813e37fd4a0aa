// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// The sizes of a transformer on square images cut into square patches.
public struct TransformerConfiguration: ImageNetworkConfiguration {
  /// Pixels along one side of an image.
  public let imageSize: Int
  /// Pixels along one side of a patch.
  public let patchSize: Int
  public let channels: Int
  /// Features of a token.
  public let width: Int
  /// Number of transformer blocks.
  public let depth: Int
  /// Attention heads; each has `width / heads` features.
  public let heads: Int
  /// What a time is turned into before its perceptron.
  public let timeFeatures: TimeFeatures
  /// How the conditions enter behind the second normalisation of a block.
  public let modulation: Modulation
  /// The number of classes; 0 if the transformer is told none.
  public var classCount: Int
  /// Numbers of an observation; 0 if the transformer takes none.
  public var observationSize: Int
  /// Whether the transformer is told the scale of guidance.
  public var takesGuidance: Bool

  /// - Precondition: sizes that the initialiser for those from outside accepts.
  public init(
    imageSize: Int, patchSize: Int, channels: Int, width: Int, depth: Int, heads: Int,
    timeFeatures: TimeFeatures = publishedTimeFeatures, modulation: Modulation = .plain,
    classCount: Int = 0, observationSize: Int = 0, takesGuidance: Bool = false
  ) {
    do {
      try self.init(
        validatingImageSize: imageSize, patchSize: patchSize, channels: channels, width: width,
        depth: depth, heads: heads, timeFeatures: timeFeatures, modulation: modulation,
        classCount: classCount, observationSize: observationSize, takesGuidance: takesGuidance)
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// Sizes that come from outside.
  ///
  /// - Throws: ``ConfigurationError`` unless sizes are positive, patches tile the image, heads divide the
  ///   width, a head has a multiple of 4 features (two axes of pairs, see `RotaryEmbedding`), and class
  ///   count and observation size are not negative.
  public init(
    validatingImageSize imageSize: Int, patchSize: Int, channels: Int, width: Int, depth: Int,
    heads: Int, timeFeatures: TimeFeatures = publishedTimeFeatures,
    modulation: Modulation = .plain, classCount: Int, observationSize: Int,
    takesGuidance: Bool = false
  ) throws(ConfigurationError) {
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.channels = channels
    self.width = width
    self.depth = depth
    self.heads = heads
    self.timeFeatures = timeFeatures
    self.modulation = modulation
    self.classCount = classCount
    self.observationSize = observationSize
    self.takesGuidance = takesGuidance
    try validateSizes()
  }

  /// 28×28 images of one channel in 49 patches: small enough for a CPU.
  public static let tiny = TransformerPreset.tiny.configuration()

  /// Patches along one side.
  public var gridSize: Int { imageSize / patchSize }
  /// Patches of an image.
  public var tokens: Int { gridSize * gridSize }
  /// Features of an attention head.
  public var headWidth: Int { width / heads }
  /// Numbers of a patch.
  public var patchElements: Int { channels * patchSize * patchSize }
  /// Features of the embedded conditions: those of a token.
  public var embeddingWidth: Int { width }
  /// Hidden units of the gated perceptron, `⌊2/3 · 4 · width⌋`.
  public var hiddenWidth: Int { 8 * width / 3 }
  /// The features of the times in the published checkpoints, frequencies from 1 down to 1/10000: the positional
  /// embedding that continuous-time consistency asks for (arXiv 2410.11081).
  public static let publishedTimeFeatures = TimeFeatures.positional(features: 256)
}

// MARK: - Coding

extension TransformerConfiguration {
  private enum CodingKeys: String, CodingKey {
    case preset
    case imageSize, patchSize, channels, width, depth, heads, classCount, observationSize
    case timeFeatures, modulation, takesGuidance
  }

  /// Reads sizes; a preset gives those that are not there. What is of the published checkpoints, and conditions
  /// that there are none of, need not be said.
  ///
  /// - Throws: ``ConfigurationError`` for sizes no transformer can have, whose derived sizes would not exist.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let preset = try values.decodeIfPresent(TransformerPreset.self, forKey: .preset)?
      .configuration()
    func size(_ key: CodingKeys, _ size: KeyPath<TransformerConfiguration, Int>) throws -> Int {
      if let preset, !values.contains(key) { return preset[keyPath: size] }
      return try values.decode(Int.self, forKey: key)
    }
    try self.init(
      validatingImageSize: try size(.imageSize, \.imageSize),
      patchSize: try size(.patchSize, \.patchSize), channels: try size(.channels, \.channels),
      width: try size(.width, \.width), depth: try size(.depth, \.depth),
      heads: try size(.heads, \.heads),
      timeFeatures: try values.decodeIfPresent(TimeFeatures.self, forKey: .timeFeatures)
        ?? Self.publishedTimeFeatures,
      modulation: try values.decodeIfPresent(Modulation.self, forKey: .modulation) ?? .plain,
      classCount: try values.decodeIfPresent(Int.self, forKey: .classCount) ?? 0,
      observationSize: try values.decodeIfPresent(Int.self, forKey: .observationSize) ?? 0,
      takesGuidance: try values.decodeIfPresent(Bool.self, forKey: .takesGuidance) ?? false)
  }

  /// Writes sizes, and of the settings those that differ from the published checkpoints: a run from before they
  /// could be chosen is written as it was.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(imageSize, forKey: .imageSize)
    try values.encode(patchSize, forKey: .patchSize)
    try values.encode(channels, forKey: .channels)
    try values.encode(width, forKey: .width)
    try values.encode(depth, forKey: .depth)
    try values.encode(heads, forKey: .heads)
    try values.encode(classCount, forKey: .classCount)
    try values.encode(observationSize, forKey: .observationSize)
    if timeFeatures != Self.publishedTimeFeatures {
      try values.encode(timeFeatures, forKey: .timeFeatures)
    }
    if modulation != .plain { try values.encode(modulation, forKey: .modulation) }
    if takesGuidance { try values.encode(takesGuidance, forKey: .takesGuidance) }
  }
}

// MARK: - Validation

extension TransformerConfiguration {
  /// Checks sizes that come from outside. The ranges of single sizes only keep their products countable; what
  /// limits a network is memory.
  ///
  /// - Parameter memory: bytes for the vectors of a training.
  /// - Throws: ``ConfigurationError``.
  public func validate(memory: Int = TrainingMemory.available) throws(ConfigurationError) {
    try validateSizes()
    try TrainingMemory.check(parameters: FlowMapTransformer(self).layout.count, memory: memory)
  }

  private func validateSizes() throws(ConfigurationError) {
    try ConfigurationError.check([
      ("image size", imageSize, 1...4096), ("patch size", patchSize, 1...4096),
      ("channels", channels, 1...65_536), ("width", width, 1...65_536), ("depth", depth, 1...1024),
      ("heads", heads, 1...16_384), ("classes", classCount, 0...16_777_216),
      ("size of an observation", observationSize, 0...16_777_216),
    ])
    try timeFeatures.validate()
    guard imageSize % patchSize == 0 else {
      throw ConfigurationError(
        setting: "patch size", value: "\(patchSize)",
        accepted: "a divisor of the image size, \(imageSize)")
    }
    guard width % (4 * heads) == 0 else {
      throw ConfigurationError(
        setting: "width", value: "\(width) with \(heads) heads",
        accepted: "a multiple of 4 features for each head")
    }
  }
}
