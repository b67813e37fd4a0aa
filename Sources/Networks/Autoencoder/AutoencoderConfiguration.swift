// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// The sizes of an autoencoder on images; the words are those of diffusers' AutoencoderKL.
public struct AutoencoderConfiguration: Equatable, Sendable, Codable {
  /// Channels of the images.
  public let inputChannels: Int
  /// Channels of the reconstructions.
  public let outputChannels: Int
  /// Channels at each level, the finest first; a level has half the pixels a side of the one before.
  public let blockChannels: [Int]
  /// Residual blocks of a level of the encoder; the decoder has one more.
  public let layersPerBlock: Int
  public let latentChannels: Int
  /// Groups of the group normalisations, a divisor of every number of channels.
  public let groups: Int
  /// Whether the coarsest level has attention.
  public let hasAttention: Bool
  /// Whether a linear layer follows the encoder.
  public let hasEncoderProjection: Bool
  /// Whether a linear layer precedes the decoder.
  public let hasDecoderProjection: Bool

  /// - Precondition: sizes that the initialiser for those from outside accepts.
  public init(
    inputChannels: Int, outputChannels: Int, blockChannels: [Int], layersPerBlock: Int,
    latentChannels: Int, groups: Int, hasAttention: Bool = true, hasEncoderProjection: Bool = true,
    hasDecoderProjection: Bool = true
  ) {
    do {
      try self.init(
        validatingInputChannels: inputChannels, outputChannels: outputChannels,
        blockChannels: blockChannels, layersPerBlock: layersPerBlock,
        latentChannels: latentChannels, groups: groups, hasAttention: hasAttention,
        hasEncoderProjection: hasEncoderProjection, hasDecoderProjection: hasDecoderProjection)
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// Sizes that come from outside.
  ///
  /// - Throws: `ConfigurationError` unless sizes are positive and the groups divide every number of channels.
  public init(
    validatingInputChannels inputChannels: Int, outputChannels: Int, blockChannels: [Int],
    layersPerBlock: Int, latentChannels: Int, groups: Int, hasAttention: Bool,
    hasEncoderProjection: Bool, hasDecoderProjection: Bool
  ) throws(ConfigurationError) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.blockChannels = blockChannels
    self.layersPerBlock = layersPerBlock
    self.latentChannels = latentChannels
    self.groups = groups
    self.hasAttention = hasAttention
    self.hasEncoderProjection = hasEncoderProjection
    self.hasDecoderProjection = hasDecoderProjection
    try ConfigurationError.check(
      [
        ("channels of the images", inputChannels, 1...65_536),
        ("channels of the reconstructions", outputChannels, 1...65_536),
        ("levels", blockChannels.count, 1...16),
        ("residual blocks of a level", layersPerBlock, 1...64),
        ("latent channels", latentChannels, 1...65_536), ("groups", groups, 1...65_536),
      ] + blockChannels.map { ("channels of a level", $0, 1...65_536) })
    if let channels = blockChannels.first(where: { $0 % groups != 0 }) {
      throw ConfigurationError(
        setting: "channels of a level", value: "\(channels)",
        accepted: "a multiple of the groups of a normalisation, \(groups)")
    }
  }

  /// Pixels of an image for one of the latent, along one side.
  public var reduction: Int { 1 << (blockChannels.count - 1) }

  /// The autoencoder of Stable Diffusion 1 and 2 (Rombach et al., arXiv 2112.10752; 83.7 million parameters).
  public static let stableDiffusion = AutoencoderConfiguration(
    inputChannels: 3, outputChannels: 3, blockChannels: [128, 256, 512, 512], layersPerBlock: 2,
    latentChannels: 4, groups: 32)

  /// 28×28 images of one channel to 7×7 latents of four: small enough for a CPU.
  public static let tiny = AutoencoderConfiguration(
    inputChannels: 1, outputChannels: 1, blockChannels: [16, 32, 64], layersPerBlock: 1,
    latentChannels: 4, groups: 8)
}

// MARK: - Coding

extension AutoencoderConfiguration {
  private enum CodingKeys: String, CodingKey {
    case inputChannels, outputChannels, blockChannels, layersPerBlock, latentChannels, groups
    case hasAttention, hasEncoderProjection, hasDecoderProjection
  }

  /// Reads sizes.
  ///
  /// - Throws: `ConfigurationError` for sizes no autoencoder can have.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      validatingInputChannels: try values.decode(Int.self, forKey: .inputChannels),
      outputChannels: try values.decode(Int.self, forKey: .outputChannels),
      blockChannels: try values.decode([Int].self, forKey: .blockChannels),
      layersPerBlock: try values.decode(Int.self, forKey: .layersPerBlock),
      latentChannels: try values.decode(Int.self, forKey: .latentChannels),
      groups: try values.decode(Int.self, forKey: .groups),
      hasAttention: try values.decode(Bool.self, forKey: .hasAttention),
      hasEncoderProjection: try values.decode(Bool.self, forKey: .hasEncoderProjection),
      hasDecoderProjection: try values.decode(Bool.self, forKey: .hasDecoderProjection))
  }

  /// Checks that the parameters of a training fit in memory.
  ///
  /// - Parameter memory: bytes for the vectors of a training.
  /// - Throws: `ConfigurationError`.
  public func validate(memory: Int = TrainingMemory.available) throws(ConfigurationError) {
    try TrainingMemory.check(parameters: Autoencoder(self).layout.count, memory: memory)
  }
}
