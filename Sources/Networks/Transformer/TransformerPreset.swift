// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Sizes of transformers that have a name.
///
/// The letters are the sizes of DiT (Peebles and Xie, arXiv 2212.09748, table 1), the number behind the stroke is the
/// side of a patch. FlowMapTiT was published as B/4 and XL/1 (arXiv 2601.22679), on latents of 4×32×32 from 256×256
/// images.
public enum TransformerPreset: String, CaseIterable, Sendable, Codable {
  /// The lab's own: 28×28 images of one channel in 49 patches, small enough for a CPU.
  case tiny
  /// 33 million parameters with 1000 classes.
  case small4 = "S/4"
  /// 131 million parameters with 1000 classes.
  case base4 = "B/4"
  case base2 = "B/2"
  /// 676 million parameters with 1000 classes.
  case extraLarge1 = "XL/1"
  case extraLarge2 = "XL/2"

  /// The sizes, on the images that the preset was made for.
  public func configuration(classCount: Int = 0) -> TransformerConfiguration {
    switch self {
    case .tiny:
      return TransformerConfiguration(
        imageSize: 28, patchSize: 4, channels: 1, width: 128, depth: 4, heads: 4,
        classCount: classCount)
    case .small4: return latents(patch: 4, width: 384, depth: 12, heads: 6, classCount)
    case .base4: return latents(patch: 4, width: 768, depth: 12, heads: 12, classCount)
    case .base2: return latents(patch: 2, width: 768, depth: 12, heads: 12, classCount)
    case .extraLarge1: return latents(patch: 1, width: 1152, depth: 28, heads: 16, classCount)
    case .extraLarge2: return latents(patch: 2, width: 1152, depth: 28, heads: 16, classCount)
    }
  }

  private func latents(
    patch: Int, width: Int, depth: Int, heads: Int, _ classCount: Int
  ) -> TransformerConfiguration {
    TransformerConfiguration(
      imageSize: 32, patchSize: patch, channels: 4, width: width, depth: depth, heads: heads,
      classCount: classCount)
  }
}
