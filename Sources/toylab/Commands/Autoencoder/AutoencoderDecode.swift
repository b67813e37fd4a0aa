// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Engines
import Files
import Networks
import Runs

/// `toylab autoencoder decode`
struct AutoencoderDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Write the images of latents, such as toylab sample wrote.")

  @Argument(help: ArgumentHelp("The autoencoder.", valueName: "autoencoder"))
  var autoencoder: String

  @Argument(
    help: ArgumentHelp(
      "Latents in the autoencoder's own units, [N, C, H, W]: .npy, or .safetensors with the array samples or mean.",
      valueName: "latents"))
  var latents: String

  @Option(
    help: ArgumentHelp(
      "The file to write: .npy or .safetensors of [N, C, H, W] from 0 to 255, or a .png of the first hundred.",
      valueName: "file"))
  var out: String

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard SampleArrayFormat(fileName: out) != nil || out.lowercased().hasSuffix(".png") else {
      throw ValidationError(
        "--out \(out) cannot be used; accepted is a name that ends in .npy, .safetensors or .png.")
    }
  }

  func run() throws {
    try checkPlace(of: out, option: "--out")
    let trained = try TrainedAutoencoder(contentsOf: autoencoder)
    let decoder = LatentDecoder(trained, pool: WorkerPool(threads: threads.count))
    let file = try MappedArrayFile(contentsOf: latents)
    let array = try file.array(named: nil, otherwise: ["samples", "mean"])
    guard array.shape.count == 4, Array(array.shape[1...]) == trained.latentShape else {
      throw AutoencoderFileError.shape(
        path: array.place, found: Array(array.shape.dropFirst()), expected: trained.latentShape)
    }
    let total = array.shape[0]
    guard let format = SampleArrayFormat(fileName: out) else {
      let count = min(total, 100)
      let columns = min(count, 10)
      let rows = count / columns
      let images = try decoder.images(ofRaw: array.numbers(0..<rows * columns))
      try decoder.grid(images, rows: rows, columns: columns).write(to: out)
      return
    }
    let labels = try file.labels(named: nil, count: total)
    try format.write(shape: [total] + trained.imageShape, labels: labels, to: out) { write in
      for start in stride(from: 0, to: total, by: 512) {
        let rows = start..<min(start + 512, total)
        let images = try decoder.images(ofRaw: array.numbers(rows))
        try write(LatentDecoder.bytes(images).map { Float($0) })
      }
    }
  }
}

extension MappedArray {
  /// Rows of an array.
  fileprivate func numbers(_ rows: Range<Int>) -> [Double] {
    let width = shape.dropFirst().reduce(1, *)
    var values = [Double](repeating: 0, count: rows.count * width)
    values.withUnsafeMutableBufferPointer { read(from: rows.lowerBound * width, into: $0) }
    return values
  }
}
