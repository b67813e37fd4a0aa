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
    let array = try LatentArray(contentsOf: latents, of: trained)
    let total = array.count
    guard let format = SampleArrayFormat(fileName: out) else {
      let count = min(total, 100)
      let columns = min(count, 10)
      let rows = count / columns
      let images = try decoder.images(ofRaw: array.numbers(0..<rows * columns))
      try decoder.grid(images, rows: rows, columns: columns).write(to: out)
      return
    }
    try format.write(shape: [total] + trained.imageShape, labels: array.labels, to: out) { write in
      for start in stride(from: 0, to: total, by: 512) {
        let rows = start..<min(start + 512, total)
        let images = try decoder.images(ofRaw: array.numbers(rows))
        try write(LatentDecoder.bytes(images).map { Float($0) })
      }
    }
  }
}
