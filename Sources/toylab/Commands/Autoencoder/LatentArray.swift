// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import Networks

/// Latents in a file, in the units of their autoencoder: what `toylab sample` writes, or the means of
/// `toylab autoencoder encode`.
struct LatentArray {
  /// Rows.
  let count: Int
  /// The class of each row, where the file tells it.
  let labels: [Int]?
  private let array: MappedArray

  /// - Parameters:
  ///   - name: of the array; nil for `samples`, or else `mean`.
  ///   - labels: the name of the labels' array, or their file; nil for `labels`.
  /// - Throws: `AutoencoderFileError` for latents of another shape than the autoencoder's; `ImageDataError`, `FileError`.
  init(
    contentsOf path: String, of autoencoder: TrainedAutoencoder, array name: String? = nil,
    labels: String? = nil
  ) throws {
    let file = try MappedArrayFile(contentsOf: path)
    array = try file.array(named: name, otherwise: ["samples", "mean"])
    guard array.shape.count == 4, Array(array.shape[1...]) == autoencoder.latentShape else {
      throw AutoencoderFileError.shape(
        path: array.place, found: Array(array.shape.dropFirst()), expected: autoencoder.latentShape)
    }
    count = array.shape[0]
    guard count > 0 else {
      throw ImageDataError(
        path: array.place, problem: .shape(array.shape, expected: "one latent or more"))
    }
    self.labels = try file.labels(named: labels, count: count)
  }

  /// The numbers of some rows.
  func numbers(_ rows: Range<Int>) -> [Double] {
    let width = array.shape.dropFirst().reduce(1, *)
    var values = [Double](repeating: 0, count: rows.count * width)
    values.withUnsafeMutableBufferPointer { array.read(from: rows.lowerBound * width, into: $0) }
    return values
  }
}
