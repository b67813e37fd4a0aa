// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import RandomStreams
import Testing

@Suite struct JitteredImagesTests {
  /// One image of 3 × 4 pixels numbered from 1, on two channels.
  private func numbered() throws -> FinitePoints {
    try FinitePoints(
      name: "numbered", points: (1...24).map(Double.init), shape: [2, 3, 4], labels: [0],
      classCount: 1)
  }

  private func rows<Source: DataSource>(_ source: Source, count: Int, step: Int = 0) -> [Double] {
    let points = UnsafeMutableBufferPointer<Double>.allocate(capacity: count * source.dimension)
    defer { points.deallocate() }
    let fill: RowFiller<Double> = source.filler(seed: 7)
    fill(BatchRows(step: step, rows: 0..<count, batch: count, points: points))
    return Array(points)
  }

  @Test(
    "Every image is the original moved by up to the shift, with the background coming in, and perhaps mirrored"
  )
  func moves() throws {
    let images = JitteredImages(try numbered(), shift: 1, flips: true, background: -9)
    let count = 400
    let drawn = rows(images, count: count)
    var seen: Set<[Double]> = []
    for row in 0..<count {
      let image = Array(drawn[row * 24..<(row + 1) * 24])
      seen.insert(image)
      #expect(
        possibilities().contains(image), "an image that no move or turn makes: \(image)")
    }
    // Nine moves, mirrored or not.
    #expect(seen.count == 18)
  }

  @Test("Without shift or flips the images are as they are; another step moves them elsewhere")
  func still() throws {
    let source = try numbered()
    #expect(
      rows(JitteredImages(source, shift: 0, flips: false), count: 5) == rows(source, count: 5))
    let images = JitteredImages(source, shift: 1, flips: true)
    #expect(rows(images, count: 9, step: 1) != rows(images, count: 9, step: 2))
    #expect(rows(images, count: 9, step: 1) == rows(images, count: 9, step: 1))
    let stream = RandomStream(seed: 1, purpose: .evaluationData)
    #expect(images.samples(count: 3, stream: stream) == source.samples(count: 3, stream: stream))
  }

  private func possibilities() -> Set<[Double]> {
    var all: Set<[Double]> = []
    for down in -1...1 {
      for right in -1...1 {
        for isTurned in [false, true] {
          var image: [Double] = []
          for channel in 0..<2 {
            for row in 0..<3 {
              let line = (0..<4).map { column -> Double in
                let (y, x) = (row - down, column - right)
                guard y >= 0, y < 3, x >= 0, x < 4 else { return -9 }
                return Double(1 + (channel * 3 + y) * 4 + x)
              }
              image += isTurned ? line.reversed() : line
            }
          }
          all.insert(image)
        }
      }
    }
    return all
  }
}
