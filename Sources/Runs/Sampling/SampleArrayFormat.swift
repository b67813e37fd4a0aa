// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files

/// The formats in which samples are written as one array of the shape of their source.
public enum SampleArrayFormat: String, CaseIterable, Sendable {
  /// One array, `[N]` and the shape of a point: `[N, d]`, or `[N, C, H, W]` of images.
  case npy
  /// The array `samples`, and `labels` where classes were told.
  case safetensors

  /// The format of a file's name by its ending, or nil.
  public init?(fileName: String) {
    guard
      let format = Self.allCases.first(where: { fileName.lowercased().hasSuffix(".\($0.rawValue)") }
      )
    else { return nil }
    self = format
  }

  /// Writes samples, row-major, in single precision.
  ///
  /// - Parameters:
  ///   - shape: `[N]` and the shape of a sample.
  ///   - labels: the class of each sample, in turn from the first again; nil for none.
  /// - Throws: `FileError`.
  public func write(
    _ samples: [Double], shape: [Int], labels: [Int]?, to path: String
  ) throws {
    try write(shape: shape, labels: labels, to: path) { write in
      try write(samples.map { Float($0) })
    }
  }

  /// Writes samples block by block.
  ///
  /// - Parameter blocks: writes all numbers, row-major, in as many parts as it likes.
  /// - Throws: `FileError`; what `blocks` throws.
  public func write(
    shape: [Int], labels: [Int]?, to path: String,
    blocks: (_ write: ([Float]) throws -> Void) throws -> Void
  ) throws {
    switch self {
    case .npy: try NumpyArray.write(shape: shape, to: path, blocks: blocks)
    case .safetensors:
      var file = SafeTensors()
      if let labels {
        file["labels"] = SafeTensors.Tensor(
          (0..<shape[0]).map { Int64(labels[$0 % labels.count]) }, shape: [shape[0]])
      }
      try file.write(to: path, name: "samples", shape: shape, blocks: blocks)
    }
  }
}

extension RunSampler {
  /// Draws samples and writes them block by block to a file, in the units of the source and in single precision.
  ///
  /// - Parameter decoder: makes images, from 0 to 255, of samples that are latents.
  /// - Throws: as ``forEachBlock(count:steps:seed:labels:scale:threads:_:)``; `FileError`.
  public func write(
    to path: String, as format: SampleArrayFormat, count: Int, steps: Int = 1, seed: UInt64 = 0,
    labels: [Int]? = nil, scale: Double? = nil,
    decoder: LatentDecoder? = nil, threads: Int = 1
  ) throws {
    let source = run.source
    let shape = decoder?.imageShape ?? source.data.pointShape
    try format.write(shape: [count] + shape, labels: labels, to: path) { write in
      try forEachBlock(
        count: count, steps: steps, seed: seed, labels: labels, scale: scale, threads: threads
      ) { _, samples in
        let values = source.units?.undone(samples) ?? samples
        let written = try decoder.map { LatentDecoder.bytes(try $0.images(ofRaw: values)) }
        try write((written ?? values).map { Float($0) })
      }
    }
  }
}
