// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import Testing

@Suite struct TransformerPresetTests {
  @Test(
    "a preset has the sizes of its name",
    arguments: [
      (TransformerPreset.small4, 384, 12, 6, 4), (.base4, 768, 12, 12, 4), (.base2, 768, 12, 12, 2),
      (.extraLarge1, 1152, 28, 16, 1), (.extraLarge2, 1152, 28, 16, 2), (.tiny, 128, 4, 4, 4),
    ])
  func sizes(preset: TransformerPreset, width: Int, depth: Int, heads: Int, patch: Int) {
    let sizes = preset.configuration(classCount: 10)
    #expect(sizes.width == width && sizes.depth == depth && sizes.heads == heads)
    #expect(sizes.patchSize == patch && sizes.classCount == 10)
    #expect((sizes.imageSize, sizes.channels) == (preset == .tiny ? (28, 1) : (32, 4)))
    if preset != .tiny { #expect(preset.rawValue.hasSuffix("/\(patch)")) }
  }

  @Test("B/4 and XL/1 have 131 and 676 million parameters with 1000 classes")
  func parameters() {
    func count(_ preset: TransformerPreset) -> Int {
      FlowMapTransformer(preset.configuration(classCount: 1000)).layout.count
    }
    #expect(count(.base4) == 131_177_536)
    #expect(count(.extraLarge1) == 676_455_940)
    #expect(count(.small4) == 33_148_480)
  }
}
