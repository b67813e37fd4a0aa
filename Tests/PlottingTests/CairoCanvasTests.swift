// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Pixels for the renderer")
struct CairoCanvasTests {
  @Test("Colours are premultiplied, rows start at the stride")
  func premultiplied() {
    let image = RasterImage(
      columns: 1, rows: 2,
      pixels: [Color(red: 1, green: 0.5, blue: 0, alpha: 0.5), Color(gray: 1, alpha: 0)])
    let bytes = CairoPixels.premultiplied(image, stride: 8)
    #expect(bytes.count == 16)
    let words = [0, 8].map { offset in
      bytes.withUnsafeBytes { $0.load(fromByteOffset: offset, as: UInt32.self) }
    }
    #expect(words == [0x8080_4000, 0])
  }

  @Test("Text is measured in points, in proportion to its size")
  func metrics() throws {
    let widths = try CairoRenderer.measured { canvas in
      [10.0, 20.0].map { canvas.textWidth("Eulerian", font: Font(size: $0)) }
    }
    #expect(widths[0] > 20 && widths[0] < 80)
    #expect(abs(widths[1] / widths[0] - 2) < 0.02)
  }
}
