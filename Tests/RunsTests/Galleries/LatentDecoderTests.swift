// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Files
import Networks
import Runs
import TestSupport
import Testing

@Suite struct LatentDecoderTests {
  @Test("images are those of the network, bytes from 0 to 255, and a grid of their tones")
  func images() throws {
    try withTemporaryFolder { folder in
      let file = try DecoderFile(contentsOf: DecoderFileTests.Place(folder).decoder)
      let pool = WorkerPool(threads: 1)
      let decoder = LatentDecoder(file.autoencoder, pool: pool)
      let latents = (0..<24).map { Double($0) / 12 - 1 }
      let images = try decoder.images(ofRaw: latents)
      #expect(
        try images == AutoencoderReader(file.autoencoder, pool: pool).decodeRaw(latents))
      #expect(decoder.imageShape == [1, 8, 8] && images.count == 128)
      #expect(LatentDecoder.bytes([-2, -1, 0, 1, 3]) == [0, 0, 127.5, 255, 255])
      let grid = decoder.grid(images, rows: 1, columns: 2, enlargement: 1)
      let tone = UInt8(LatentDecoder.bytes([images[0]])[0].rounded())
      #expect(grid.pixels[2 * grid.width + 2] == tone)
    }
  }
}
