// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation

@testable import DataSources

/// Rows of a step, drawn in chunks from the last to the first.
func drawnRows(
  _ source: any DataSource, step: Int, batch: Int, chunk: Int, seed: UInt64 = 7
) -> (points: [Double], labels: [Double]) {
  let filler: RowFiller<Double> = source.filler(seed: seed)
  let d = source.dimension
  var points = [Double](repeating: .nan, count: d * batch)
  var labels = [Double](repeating: .nan, count: source.classCount > 0 ? batch : 0)
  points.withUnsafeMutableBufferPointer { points in
    labels.withUnsafeMutableBufferPointer { labels in
      for first in stride(from: 0, to: batch, by: chunk).reversed() {
        let rows = first..<min(first + chunk, batch)
        filler(
          BatchRows(
            step: step, rows: rows, batch: batch,
            points: .init(rebasing: points[d * rows.lowerBound..<d * rows.upperBound]),
            labels: labels.isEmpty ? .init(start: nil, count: 0) : .init(rebasing: labels[rows])))
      }
    }
  }
  return (points, labels)
}

/// A file in the IDX format.
func idx(_ shape: [Int], _ bytes: [UInt8]) -> Data {
  var file: [UInt8] = [0, 0, 8, UInt8(shape.count)]
  for extent in shape { file += [0, 0, UInt8(extent >> 8), UInt8(extent & 255)] }
  return Data(file + bytes)
}

/// Writes four files as Fashion-MNIST has them, of so many images of 4 × 2 pixels; the first pixel is the number of the
/// image.
func writeIDX(in folder: String, training: Int = 6, heldOut: Int = 3) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for (name, count) in [("train", training), ("t10k", heldOut)] {
    let pixels = (0..<count).flatMap { number -> [UInt8] in
      [UInt8(number), 10, 20, 30, 40, 50, 60, 70]
    }
    try idx([count, 2, 4], pixels).write(
      to: URL(fileURLWithPath: "\(folder)/\(name)-images-idx3-ubyte"))
    try idx([count], (0..<count).map { UInt8($0 % 3) }).write(
      to: URL(fileURLWithPath: "\(folder)/\(name)-labels-idx1-ubyte"))
  }
}
