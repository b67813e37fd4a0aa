// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// Images as they come from files: a part to train on, perhaps another that is kept for measurements.
struct ImageParts {
  let training: ImageSet
  let heldOut: ImageSet?
  let units: ImageUnits
  /// The classes by their labels; empty if they have no names.
  var classNames: [String] = []

  var sets: [ImageSet] { [training] + (heldOut.map { [$0] } ?? []) }
}

/// Finds out how images lie in a file or a folder, and reads them.
struct ImageReader {
  let request: ImageRequest
  let path: String
  let known: KnownImages?

  func read() throws -> FoundImages {
    let layout = try layout()
    try checkOptions(layout)
    switch layout {
    case .idx(let folder): return try found(readIDX(folder, classNames: known?.classNames ?? []))
    case .cifar(let folder): return try found(readCIFAR(folder))
    case .folders: return try found(readPNG(path))
    case .array(let file): return try found(readArray(file, labels: request.labels))
    case .latents(let files):
      let latents = try LatentSet(files: files, request: request, path: path)
      return try latents.found(name: request.data, request: request)
    }
  }

  // MARK: Layouts

  /// How data lie.
  private enum Layout {
    case idx(String)
    case cifar(String)
    /// PNG files in folders of classes.
    case folders
    case array(MappedArrayFile)
    case latents([MappedArrayFile])
  }

  private func layout() throws -> Layout {
    if let known {
      switch known {
      case .fashionMNIST: return .idx(path)
      case .cifar10: return .cifar(path)
      }
    }
    guard FileSystem.isFolder(path) else { return try layout(ofFile: path) }
    let names = try FileSystem.names(in: path)
    if names.contains(where: { $0.hasPrefix("train-images") }) { return .idx(path) }
    if names.contains("data_batch_1.bin") { return .cifar(path) }
    let shards = names.filter { $0.hasSuffix(".safetensors") }
    if !shards.isEmpty {
      return .latents(try shards.map { try MappedArrayFile(contentsOf: "\(path)/\($0)") })
    }
    guard names.contains(where: { FileSystem.isFolder("\(path)/\($0)") }) else {
      throw ImageDataError(
        path: path,
        problem: names.contains { $0.lowercased().hasSuffix(".png") }
          ? .noClasses : .unknownContents)
    }
    return .folders
  }

  private func layout(ofFile path: String) throws -> Layout {
    let kind = try FileKind(ofFile: path)
    guard kind == .numpyArray || kind == .safeTensors else {
      throw ImageDataError(path: path, problem: .wrongKind(kind))
    }
    let file = try MappedArrayFile(contentsOf: path)
    if file.single != nil || file.arrays["images"] != nil { return .array(file) }
    return .latents([file])
  }

  private func checkOptions(_ layout: Layout) throws(ImageDataError) {
    func refuse(_ option: String, _ isGiven: Bool, _ reason: String) throws(ImageDataError) {
      if isGiven { throw ImageDataError(path: path, problem: .option(option, reason: reason)) }
    }
    switch layout {
    case .latents:
      try refuse("shrinking", request.shrink != 1, "latents have no pixels")
      try refuse("mirroring", request.flips, "a mirrored latent is not the latent of an image")
    case .idx, .cifar, .folders, .array:
      try refuse("a scale of latents", request.latentScale != nil, "they are images")
      try refuse("a shift of latents", request.latentShift != nil, "they are images")
    }
    switch layout {
    case .idx, .cifar, .folders:
      try refuse("a place of labels", request.labels != nil, "they bring their own")
    case .array, .latents: break
    }
    switch layout {
    case .idx, .cifar:
      try refuse(
        "a share to hold out", request.heldOut != nil, "they have a part for measurements")
    case .folders, .array, .latents: break
    }
  }

  // MARK: From parts to a source

  private func found(_ parts: ImageParts) throws -> FoundImages {
    let shape = parts.training.shape
    guard shape[1] % request.shrink == 0, shape[2] % request.shrink == 0 else {
      throw ImageDataError(path: path, problem: .shrink(request.shrink, shape: shape))
    }
    let fingerprint = fingerprint(of: parts)
    let classCount = max(
      parts.classNames.count, parts.sets.map(\.labelLimit).max() ?? 0)
    let small = parts.sets.map { $0.shrunk(by: request.shrink) }
    let (training, heldOut) = try split(small)
    let source = ImageSource(
      name: request.data, training: training, heldOut: heldOut, units: parts.units,
      classCount: classCount, flips: request.flips)
    return FoundImages(
      source: source,
      record: ImageRecord(
        kind: .images, path: path, fingerprint: fingerprint, shape: source.pointShape,
        count: training.count, heldOut: heldOut.count, classCount: classCount,
        classNames: parts.classNames, units: parts.units))
  }

  private func split(_ sets: [ImageSet]) throws(ImageDataError) -> (ImageSet, ImageSet) {
    guard sets.count == 1 else {
      if request.heldOut != nil {
        throw ImageDataError(
          path: path,
          problem: .option("a share to hold out", reason: "they have a part for measurements"))
      }
      return (sets[0], sets[1])
    }
    guard sets[0].count > 1 else {
      throw ImageDataError(path: path, problem: .tooFew(sets[0].count))
    }
    let places = HeldOutLot(
      count: sets[0].count, share: request.heldOut ?? PointCloud.defaultShare, seed: 0
    ).places
    return (sets[0].part(places.training), sets[0].part(places.heldOut))
  }

  /// Of the images as they were read, in whatever files.
  private func fingerprint(of parts: ImageParts) -> String {
    var fingerprint = Fingerprint()
    for set in parts.sets {
      fingerprint.add((set.shape + [set.count]).map(Double.init))
      switch set.values {
      case .bytes(let values): values.withUnsafeBytes { fingerprint.add($0) }
      case .floats(let values): values.withUnsafeBytes { fingerprint.add($0) }
      }
      set.labels.withUnsafeBytes { fingerprint.add($0) }
    }
    return fingerprint.text
  }
}
