// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files

/// Puts images side by side into one of 8 bits: panels beside each other, rows and columns in each.
///
/// Images of one channel are grey, those of three have colours. Of other images, and of latents, each channel is a grey
/// tile, one beside the other.
struct ImageGrid {
  /// `[C, H, W]` of an image.
  let shape: [Int]
  let kind: ImageRecord.Kind
  let rows: Int
  let columns: Int
  let enlargement: Int

  init(shape: [Int], kind: ImageRecord.Kind, rows: Int, columns: Int, enlargement: Int) {
    self.shape = shape
    self.kind = kind
    self.rows = rows
    self.columns = columns
    self.enlargement = enlargement
  }

  init(images: ImageRecord, rows: Int, columns: Int, enlargement: Int) {
    self.init(
      shape: images.shape, kind: images.kind, rows: rows, columns: columns,
      enlargement: enlargement)
  }

  /// Latents of order one are shown from three deviations below 0, black, to three above, white.
  private static let latentRange = 3.0

  private var isColored: Bool { kind == .images && shape[0] == 3 }

  /// Grey tiles of an image beside each other.
  private var tiles: Int { isColored ? 1 : shape[0] }

  /// - Parameter panels: `rows × columns` images each, `[C, H, W]` in the units of training.
  func image(_ panels: [[Double]]) -> PNGImage {
    let (height, width) = (shape[1], shape[2])
    let dimension = shape.reduce(1, *)
    precondition(
      panels.allSatisfy { $0.count == rows * columns * dimension },
      "panels of \(panels.map(\.count)) numbers for \(rows) by \(columns) images")
    // A pixel between images, and one more around each panel, in the size of theirs.
    let cell = (width: tiles * width + 1, height: height + 1)
    let panelWidth = columns * cell.width + 2
    let size = (width: panels.count * panelWidth + 1, height: rows * cell.height + 3)
    let channels = isColored ? 3 : 1
    let lineCount = size.width * enlargement * channels
    var pixels = [UInt8](repeating: 255, count: lineCount * size.height * enlargement)
    for (panel, values) in panels.enumerated() {
      for place in 0..<rows * columns {
        let (row, column) = place.quotientAndRemainder(dividingBy: columns)
        let origin = (
          x: panel * panelWidth + column * cell.width + 2, y: row * cell.height + 2
        )
        for index in 0..<dimension {
          let (channel, pixel) = index.quotientAndRemainder(dividingBy: height * width)
          let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
          let tone = tone(values[place * dimension + index])
          let left = origin.x + x + (isColored ? 0 : channel * width)
          for line in 0..<enlargement {
            let start =
              ((origin.y + y) * enlargement + line) * lineCount + left * enlargement * channels
            for step in 0..<enlargement {
              pixels[start + step * channels + (isColored ? channel : 0)] = tone
            }
          }
        }
      }
    }
    return PNGImage(
      kind: isColored ? .color : .grey, width: size.width * enlargement,
      height: size.height * enlargement, pixels: pixels)
  }

  /// A number in the units of training as a tone, the nearest there is; one that is not finite is black.
  private func tone(_ value: Double) -> UInt8 {
    let limit: Double =
      switch kind {
      case .images: 1
      case .latents: Self.latentRange
      }
    guard value.isFinite else { return 0 }
    return UInt8(((min(max(value / limit, -1), 1) + 1) * 127.5).rounded())
  }
}
