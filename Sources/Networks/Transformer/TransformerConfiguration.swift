// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The sizes of a transformer on square images cut into square patches.
public struct TransformerConfiguration: Equatable, Sendable, Codable {
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

  /// - Precondition: sizes are positive, patches tile the image, heads divide the width, and a head has a
  ///   multiple of 4 features (two axes of pairs, see `RotaryEmbedding`).
  public init(
    imageSize: Int, patchSize: Int, channels: Int, width: Int, depth: Int, heads: Int
  ) {
    precondition(
      [imageSize, patchSize, channels, width, depth, heads].allSatisfy { $0 > 0 },
      "a transformer needs positive sizes")
    precondition(
      imageSize % patchSize == 0, "patches of \(patchSize) do not tile an image of \(imageSize)")
    precondition(
      width % heads == 0 && width / heads % 4 == 0,
      "a width of \(width) does not divide into \(heads) heads of a multiple of 4 features")
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.channels = channels
    self.width = width
    self.depth = depth
    self.heads = heads
  }

  /// 28×28 images of one channel in 49 patches: small enough for a CPU.
  public static let tiny = TransformerConfiguration(
    imageSize: 28, patchSize: 4, channels: 1, width: 128, depth: 4, heads: 4)

  /// Patches along one side.
  public var gridSize: Int { imageSize / patchSize }
  /// Patches of an image.
  public var tokens: Int { gridSize * gridSize }
  /// Features of an attention head.
  public var headWidth: Int { width / heads }
  /// Numbers of a patch.
  public var patchElements: Int { channels * patchSize * patchSize }
  /// Hidden units of the gated perceptron, `⌊2/3 · 4 · width⌋`.
  public var hiddenWidth: Int { 8 * width / 3 }
  /// Sinusoidal features of a time.
  public static let timeFeatures = 256
}
