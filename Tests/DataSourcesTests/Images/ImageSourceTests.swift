// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

@testable import DataSources

@Suite struct ImageSourceTests {
  /// Images of 1 × 1 × 3 pixels; the first is the image's number, the last 255 less than nothing.
  private func set(_ count: Int) -> ImageSet {
    ImageSet(
      shape: [1, 1, 3], values: .bytes((0..<count).flatMap { [UInt8($0), 128, 255] }),
      labels: (0..<count).map { Int32($0 % 4) })
  }

  private func source(flips: Bool = false) -> ImageSource {
    ImageSource(
      name: "counted", training: set(100), heldOut: set(40), units: .bytes, classCount: 4,
      flips: flips)
  }

  @Test("a byte x is x / 127.5 - 1, exactly -1 and 1 at the ends, in both precisions")
  func units() {
    for byte in 0...255 {
      #expect(abs(ImageUnits.bytes.normalized(Double(byte)) - (Double(byte) / 127.5 - 1)) < 1e-15)
    }
    let row = drawnRows(source(), step: 0, batch: 1, chunk: 1).points
    #expect(row[2] == 1 && row[1] == 0.5 / 127.5)
    let single: RowFiller<Float> = source().filler(seed: 7)
    var points = [Float](repeating: .nan, count: 3)
    points.withUnsafeMutableBufferPointer {
      single(BatchRows(step: 0, rows: 0..<1, batch: 1, points: $0))
    }
    #expect(points == row.map { Float($0) })
    let undone = ImageUnits.bytes.standardization(dimension: 3).undone(row)
    #expect(undone[1] == 128 && undone[2] == 255)
  }

  @Test("the order is that of points: the same image stands in the same row")
  func order() throws {
    let points = try FinitePoints(
      name: "points", points: (0..<100).map(Double.init), shape: [1],
      labels: (0..<100).map { $0 % 4 }, classCount: 4)
    for step in [0, 3, 7] {
      let images = drawnRows(source(), step: step, batch: 48, chunk: 48)
      #expect(drawnRows(source(), step: step, batch: 48, chunk: 7) == images)
      let reference = drawnRows(points, step: step, batch: 48, chunk: 48)
      #expect(images.labels == reference.labels)
      #expect(
        stride(from: 0, to: 144, by: 3).map { (images.points[$0] * 127.5 + 127.5).rounded() }
          == reference.points)
    }
  }

  @Test("an image is mirrored or not by the number of its row in training, half of the time")
  func flips() {
    let plain = drawnRows(source(), step: 0, batch: 1000, chunk: 1000).points
    let flipped = drawnRows(source(flips: true), step: 0, batch: 1000, chunk: 1000).points
    var count = 0
    for row in 0..<1000 {
      let own = Array(flipped[3 * row..<3 * row + 3])
      let image = Array(plain[3 * row..<3 * row + 3])
      if own == image.reversed() { count += 1 } else { #expect(own == image) }
    }
    // Three deviations of a fair coin.
    #expect(abs(count - 500) < 48)
    // Rows 400 to 499 are the same rows of the training, however the batches are cut.
    #expect(
      drawnRows(source(flips: true), step: 4, batch: 100, chunk: 9).points
        == Array(flipped[3 * 400..<3 * 500]))
  }

  @Test("measurements see held-out images only, each once")
  func heldOut() {
    let source = source()
    #expect(source.measurementLimit == 40)
    let sets = source.measurementSamples(
      for: [.evaluationData, .evaluationSecondData], count: 20, seed: 3)
    let numbers = sets.flatMap { set in
      stride(from: 0, to: 60, by: 3).map { Int((set[$0] * 127.5 + 127.5).rounded()) }
    }
    #expect(numbers.sorted() == Array(0..<40))
    let drawn = source.labelledSamples(
      count: 50, stream: .init(seed: 1, purpose: .evaluationPointData))
    for row in 0..<50 {
      let number = Int((drawn.points[3 * row] * 127.5 + 127.5).rounded())
      #expect(number < 40 && drawn.labels[row] == Int32(number % 4))
    }
  }

  @Test("shrinking replaces squares by their means, bytes rounded to the nearest")
  func shrinking() {
    let pixels: [UInt8] = [
      0, 1, 10, 20, 2, 4, 30, 41,
      255, 255, 0, 0, 255, 255, 0, 1,
    ]
    let bytes = ImageSet(shape: [2, 2, 4], values: .bytes(pixels)).shrunk(by: 2)
    #expect(bytes.shape == [2, 1, 2] && bytes.values == .bytes([2, 25, 255, 0]))
    let floats = ImageSet(shape: [2, 2, 4], values: .floats(pixels.map { Float($0) }))
    #expect(floats.shrunk(by: 2).values == .floats([1.75, 25.25, 255, 0.25]))
    #expect(floats.shrunk(by: 1) == floats)
  }
}
