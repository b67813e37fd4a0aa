// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import Foundation
import Testing

@testable import Runs

@Suite struct ImageGridTests {
  private func record(_ shape: [Int], _ kind: ImageRecord.Kind = .images) throws -> ImageRecord {
    try JSON.decode(
      from: Data(
        """
        {"kind": "\(kind.rawValue)", "path": "", "fingerprint": "", "shape": \(shape), "count": 2,
         "heldOut": 2, "classCount": 0, "classNames": [], "units": {"center": 0, "scale": 1}}
        """.utf8))
  }

  /// The rows of a picture, a digit a byte: 0 for black, 9 for white.
  private func lines(_ image: PNGImage) -> [String] {
    let width = image.width * image.kind.channels
    return (0..<image.height).map { row in
      image.pixels[row * width..<(row + 1) * width].map { "\(Int($0) * 9 / 255)" }.joined()
    }
  }

  @Test("two panels of grey images stand beside each other, with white between them")
  func grey() throws {
    let grid = ImageGrid(images: try record([1, 1, 2]), rows: 2, columns: 1, enlargement: 1)
    let image = grid.image([[-1, 0, -1, -1], [1, -1, 0.5, -1]])
    #expect(image.kind == .grey && image.width == 11 && image.height == 7)
    #expect(
      lines(image) == [
        "99999999999", "99999999999", "99049999099", "99999999999", "99009996099", "99999999999",
        "99999999999",
      ])
  }

  @Test("pixels are enlarged to squares, and colours of a pixel stand side by side")
  func colors() throws {
    let grid = ImageGrid(images: try record([3, 1, 1]), rows: 1, columns: 1, enlargement: 2)
    let image = grid.image([[-1, 1, -1]])
    #expect(image.kind == .color && image.width == 10 && image.height == 10)
    let inside = (0..<2).flatMap { y in
      (0..<2).map { x in
        let start = ((4 + y) * 10 + 4 + x) * 3
        return Array(image.pixels[start..<start + 3])
      }
    }
    #expect(inside == Array(repeating: [0, 255, 0], count: 4))
    #expect(image.pixels.count { $0 == 0 } == 8)
  }

  @Test("channels of latents are grey tiles from three below 0 to three above")
  func latents() throws {
    let grid = ImageGrid(
      images: try record([2, 1, 1], .latents), rows: 1, columns: 1, enlargement: 1)
    let image = grid.image([[-3, 3]])
    #expect(image.kind == .grey)
    #expect(image.pixels.count { $0 == 0 } == 1)
    let middle = grid.image([[0, .nan]])
    #expect(middle.pixels.filter { $0 != 255 } == [128, 0])
  }
}
