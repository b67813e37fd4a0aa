// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// The sizes of a U-Net on square images.
public struct UNetConfiguration: ImageNetworkConfiguration {
  /// Pixels along one side of an image.
  public let imageSize: Int
  /// Channels of an image.
  public let channels: Int
  /// Channels at each level, the finest first; a level has half the pixels a side of the one before.
  public let blockChannels: [Int]
  /// Residual blocks of a level, on the way down and on the way up.
  public let layersPerBlock: Int
  /// Groups of the group normalisations, a divisor of every level's channels.
  public let groups: Int
  /// Levels that have attention, the coarsest first; none for 0.
  public let attentionLevels: Int
  /// Attention heads; each has an equal part of a level's channels.
  public let heads: Int
  /// Features of the embedded times, class and observation.
  public let embeddingWidth: Int
  /// What a time is turned into before its perceptron.
  public let timeFeatures: TimeFeatures
  /// How the conditions enter behind the second normalisation of a residual block.
  public let modulation: Modulation
  /// The number of classes; 0 if the network is told none.
  public var classCount: Int
  /// Numbers of an observation; 0 if the network takes none.
  public var observationSize: Int
  /// Whether the network is told the scale of guidance.
  public var takesGuidance: Bool

  /// - Precondition: sizes that ``validate(memory:)`` accepts.
  public init(
    imageSize: Int, channels: Int, blockChannels: [Int], layersPerBlock: Int = 1, groups: Int = 8,
    attentionLevels: Int = 1, heads: Int = 4, embeddingWidth: Int = 128,
    timeFeatures: TimeFeatures = .positional(features: 64), modulation: Modulation = .plain,
    classCount: Int = 0, observationSize: Int = 0, takesGuidance: Bool = false
  ) {
    self.imageSize = imageSize
    self.channels = channels
    self.blockChannels = blockChannels
    self.layersPerBlock = layersPerBlock
    self.groups = groups
    self.attentionLevels = attentionLevels
    self.heads = heads
    self.embeddingWidth = embeddingWidth
    self.timeFeatures = timeFeatures
    self.modulation = modulation
    self.classCount = classCount
    self.observationSize = observationSize
    self.takesGuidance = takesGuidance
    do {
      try validateSizes()
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// 28×28 images of one channel, levels of 28, 14 and 7 pixels a side: small enough for a CPU.
  public static let tiny = UNetConfiguration(
    imageSize: 28, channels: 1, blockChannels: [32, 64, 64])

  /// Whether a level, counted from the finest, has attention.
  func hasAttention(_ level: Int) -> Bool { level >= blockChannels.count - attentionLevels }
}

// MARK: - Coding

extension UNetConfiguration {
  private enum CodingKeys: String, CodingKey {
    case imageSize, channels, blockChannels, layersPerBlock, groups, attentionLevels, heads
    case embeddingWidth, timeFeatures, modulation, classCount, observationSize
    case takesGuidance
  }

  /// Reads sizes. Image and channels must be there; what else is left out has the default of the initialiser.
  ///
  /// - Throws: `ConfigurationError` for sizes no U-Net can have.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func size(_ key: CodingKeys, _ size: KeyPath<UNetConfiguration, Int>) throws -> Int {
      try values.decodeIfPresent(Int.self, forKey: key) ?? Self.tiny[keyPath: size]
    }
    imageSize = try values.decode(Int.self, forKey: .imageSize)
    channels = try values.decode(Int.self, forKey: .channels)
    blockChannels = try values.decode([Int].self, forKey: .blockChannels)
    layersPerBlock = try size(.layersPerBlock, \.layersPerBlock)
    groups = try size(.groups, \.groups)
    attentionLevels = try size(.attentionLevels, \.attentionLevels)
    heads = try size(.heads, \.heads)
    embeddingWidth = try size(.embeddingWidth, \.embeddingWidth)
    timeFeatures =
      try values.decodeIfPresent(TimeFeatures.self, forKey: .timeFeatures) ?? Self.tiny.timeFeatures
    modulation =
      try values.decodeIfPresent(Modulation.self, forKey: .modulation) ?? Self.tiny.modulation
    classCount = try size(.classCount, \.classCount)
    observationSize = try size(.observationSize, \.observationSize)
    takesGuidance = try values.decodeIfPresent(Bool.self, forKey: .takesGuidance) ?? false
    try validateSizes()
  }

  /// Writes sizes; guidance only where it is taken: a run from before it could be is written as it was.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(imageSize, forKey: .imageSize)
    try values.encode(channels, forKey: .channels)
    try values.encode(blockChannels, forKey: .blockChannels)
    try values.encode(layersPerBlock, forKey: .layersPerBlock)
    try values.encode(groups, forKey: .groups)
    try values.encode(attentionLevels, forKey: .attentionLevels)
    try values.encode(heads, forKey: .heads)
    try values.encode(embeddingWidth, forKey: .embeddingWidth)
    try values.encode(timeFeatures, forKey: .timeFeatures)
    try values.encode(modulation, forKey: .modulation)
    try values.encode(classCount, forKey: .classCount)
    try values.encode(observationSize, forKey: .observationSize)
    if takesGuidance { try values.encode(takesGuidance, forKey: .takesGuidance) }
  }
}

// MARK: - Validation

extension UNetConfiguration {
  /// Checks sizes that come from outside. The ranges of single sizes only keep their products countable; what
  /// limits a network is memory.
  ///
  /// - Parameter memory: bytes for the vectors of a training.
  /// - Throws: `ConfigurationError`.
  public func validate(memory: Int = TrainingMemory.available) throws(ConfigurationError) {
    try validateSizes()
    try TrainingMemory.check(parameters: UNet(self).layout.count, memory: memory)
  }

  private func validateSizes() throws(ConfigurationError) {
    try ConfigurationError.check(
      [
        ("image size", imageSize, 1...4096), ("channels", channels, 1...65_536),
        ("levels", blockChannels.count, 1...12),
        ("residual blocks of a level", layersPerBlock, 1...64), ("groups", groups, 1...65_536),
        ("levels with attention", attentionLevels, 0...blockChannels.count),
        ("heads", heads, 1...16_384), ("width of the embedding", embeddingWidth, 1...65_536),
        ("classes", classCount, 0...16_777_216),
        ("size of an observation", observationSize, 0...16_777_216),
      ] + blockChannels.map { ("channels of a level", $0, 1...65_536) })
    try timeFeatures.validate()
    let reduction = 1 << (blockChannels.count - 1)
    guard imageSize % reduction == 0 else {
      throw ConfigurationError(
        setting: "image size", value: "\(imageSize) with \(blockChannels.count) levels",
        accepted: "a multiple of \(reduction), since each level halves it")
    }
    if let width = blockChannels.first(where: { $0 % groups != 0 }) {
      throw ConfigurationError(
        setting: "channels of a level", value: "\(width)",
        accepted: "a multiple of the groups of a normalisation, \(groups)")
    }
    if let width = blockChannels.suffix(attentionLevels).first(where: { $0 % heads != 0 }) {
      throw ConfigurationError(
        setting: "channels of a level with attention", value: "\(width)",
        accepted: "a multiple of the heads, \(heads)")
    }
  }
}
