// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import RandomStreams

/// Latents in files that are mapped, never read as a whole: `mean` and `logVariance`, or `samples`, `[N, C, H, W]` each,
/// and the labels of all of them.
struct LatentSet: Sendable {
  /// The arrays of a file.
  private struct Shard: Sendable {
    let first: Int
    let count: Int
    /// The means, or the samples.
    let centers: MappedArray
    /// The logarithms of the variances; nil for samples.
    let logVariances: MappedArray?
  }

  let path: String
  let shape: [Int]
  let count: Int
  let labels: [Int32]
  let units: ImageUnits
  private let shards: [Shard]

  var dimension: Int { shape.reduce(1, *) }
  var classCount: Int { labels.max().map { Int($0) + 1 } ?? 0 }
  private var draws: Bool { shards[0].logVariances != nil }

  /// - Parameter files: one or more, in their order.
  /// - Throws: ``ImageDataError``.
  init(files: [MappedArrayFile], request: ImageRequest, path: String) throws {
    var shards: [Shard] = []
    var labels: [Int32] = []
    var count = 0
    let reader = ImageReader(request: request, path: path, known: nil)
    for file in files {
      let (centers, logVariances) = try Self.arrays(of: file)
      let first = shards.first?.centers ?? centers
      for array in [centers] + (logVariances.map { [$0] } ?? []) {
        try Self.check(array, like: first, count: centers.shape[0])
      }
      let added = try reader.arrayLabels(
        files.count == 1 ? request.labels : nil, beside: file, count: centers.shape[0])
      guard shards.isEmpty || labels.isEmpty == added.isEmpty else {
        throw ImageDataError(
          path: file.path, problem: .counts(images: centers.shape[0], labels: added.count))
      }
      guard shards.isEmpty || (shards[0].logVariances == nil) == (logVariances == nil) else {
        throw ImageDataError(
          path: file.path,
          problem: .missingArray(
            shards[0].logVariances == nil ? "samples" : "mean",
            available: file.arrays.keys.sorted()))
      }
      shards.append(
        Shard(
          first: count, count: centers.shape[0], centers: centers, logVariances: logVariances))
      labels += added
      count += centers.shape[0]
    }
    self.path = path
    self.shards = shards
    self.labels = labels
    self.count = count
    shape = Array(shards[0].centers.shape[1...])
    let scale = try request.latentScale ?? Self.number("scale", in: files) ?? 1
    guard scale > 0 else {
      throw ImageDataError(
        path: files[0].path,
        problem: .setting(
          "the scale in the metadata", value: "\(scale)", accepted: "a finite number above 0"))
    }
    units = ImageUnits(
      center: try request.latentShift ?? Self.number("shift", in: files) ?? 0, scale: 1 / scale)
  }

  private static func arrays(
    of file: MappedArrayFile
  ) throws(ImageDataError) -> (MappedArray, MappedArray?) {
    let names = file.arrays.keys.sorted()
    if let samples = file.arrays["samples"] { return (samples, nil) }
    guard let mean = file.arrays["mean"] else {
      throw ImageDataError(
        path: file.path,
        problem: .missingArray("images\", \"samples\" or \"mean", available: names))
    }
    guard let logVariance = file.arrays["logVariance"] else {
      throw ImageDataError(
        path: file.path, problem: .missingArray("logVariance", available: names))
    }
    return (mean, logVariance)
  }

  private static func check(
    _ array: MappedArray, like first: MappedArray, count: Int
  ) throws(ImageDataError) {
    switch array.elementType {
    case .float16, .brainFloat16, .float32, .float64: break
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool:
      throw ImageDataError(
        path: array.place, problem: .elementType(array.elementType, expected: "floats"))
    }
    let size = first.shape.count == 4 ? Array(first.shape[1...]) : []
    guard array.shape.count == 4, array.count > 0, Array(array.shape[1...]) == size,
      array.shape[0] == count
    else {
      throw ImageDataError(
        path: array.place,
        problem: .shape(
          array.shape,
          expected: size.isEmpty
            ? "[latents, channels, height, width]"
            : "\([count] + size), as the others have"))
    }
  }

  /// A number of the files' metadata, in which all that have it must agree.
  private static func number(
    _ name: String, in files: [MappedArrayFile]
  ) throws(ImageDataError) -> Double? {
    var found: Double?
    for file in files {
      guard let text = file.metadata[name] else { continue }
      guard let value = Double(text), value.isFinite, value == found ?? value else {
        throw ImageDataError(
          path: file.path,
          problem: .setting(
            "the \(name) in the metadata", value: "\"\(text)\"",
            accepted: found.map { "\($0), as in the files before" } ?? "a finite number"))
      }
      found = value
    }
    return found
  }

  // MARK: Rows

  /// A latent in the units of training, drawn around its mean where there are variances.
  ///
  /// - Parameters:
  ///   - noise: its step tells the draw from every other.
  ///   - scratch: as many numbers as a latent has.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func fill<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, index: Int, noise: RandomStream,
    scratch: UnsafeMutableBufferPointer<Scalar>
  ) {
    let shard = shard(of: index)
    let start = (index - shard.first) * dimension
    let (center, scale) = (Scalar(units.center), Scalar(units.scale))
    if let logVariances = shard.logVariances {
      Scalar.fillNormal(noise, out, rows: 0..<1, draws: dimension)
      logVariances.read(from: start, into: scratch)
      for place in out.indices {
        // Beyond these an exponential says nothing more; files of networks in half precision hold such numbers.
        let exponent = min(max(Double(scratch[place]), -30), 20) / 2
        out[place] *= Scalar(exp(exponent))
      }
      shard.centers.read(from: start, into: scratch)
      for place in out.indices { out[place] = (out[place] + scratch[place] - center) / scale }
    } else {
      shard.centers.read(from: start, into: out)
      for place in out.indices { out[place] = (out[place] - center) / scale }
    }
  }

  private func shard(of index: Int) -> Shard {
    var (low, high) = (0, shards.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if shards[middle].first <= index { low = middle } else { high = middle - 1 }
    }
    return shards[low]
  }

  // MARK: Finding

  /// Of the shapes, the labels and one block of 4 KiB in each MiB of the numbers.
  private var fingerprint: String {
    var fingerprint = Fingerprint()
    fingerprint.add((shape + [count]).map(Double.init))
    labels.withUnsafeBytes { fingerprint.add($0) }
    for shard in shards {
      for array in [shard.centers] + (shard.logVariances.map { [$0] } ?? []) {
        array.withBytes { bytes in
          for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
            let end = min(start + 4096, bytes.count)
            fingerprint.add(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
          }
        }
      }
    }
    return fingerprint.text
  }

  func found(name: String, request: ImageRequest) throws(ImageDataError) -> FoundImages {
    guard count > 1 else { throw ImageDataError(path: path, problem: .tooFew(count)) }
    let lot = HeldOutLot(
      count: count, share: request.heldOut ?? PointCloud.defaultShare, seed: 0)
    return FoundImages(
      source: LatentSource(name: name, latents: self, lot: lot),
      record: ImageRecord(
        kind: .latents, path: path, fingerprint: fingerprint, shape: shape, count: lot.training,
        heldOut: lot.heldOut, classCount: classCount, classNames: [], units: units))
  }
}
