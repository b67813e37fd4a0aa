// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
internal import Foundation
internal import Networks

/// Values of a transformer as computed by another program: the format of `tit.safetensors`, with the names of
/// the published checkpoints.
///
/// The metadata hold the sizes (`config`); the tensors the parameters (`parameter.NAME`), the inputs of some
/// rows (`x`, `t`, `s`, `classes`), their `output`, its derivative `outputTangent` along `(tangent, 1, 0)` in
/// `(x, t, s)`, and the gradient of `Σ output · cotangent` (`gradient.NAME`).
public struct TransformerReference: Sendable {
  let configuration: TransformerConfiguration
  /// The class of each row; the class count stands for none.
  let classes: [Int]
  /// `t/T` and `s/T` of each row.
  let times: [Double]
  let endTimes: [Double]
  /// Row-major, `[rows, channels, size, size]`, as are the next four.
  let points: [Double]
  let tangent: [Double]
  let cotangent: [Double]
  let output: [Double]
  let outputTangent: [Double]
  /// The fixed features of the positions.
  let positions: [Double]
  /// In the layout of the transformer, as is the next.
  let parameters: [Double]
  let gradient: [Double]

  /// The tensors that no other format has: one that lacks some is still recognised, so that the missing one
  /// can be named.
  static let ownNames: Set<String> = [
    "classes", "t", "s", "x", "tangent", "cotangent", "outputTangent",
  ]

  /// Reads a file; its sizes, classes and shapes are checked with it.
  public init(contentsOfFile file: String) throws(ReferenceError) {
    try self.init(data: try referenceData(file), file: file)
  }

  init(data: Data, file: String) throws(ReferenceError) {
    let tensors = try ReferenceTensors(data: data, file: file)
    try self.init(tensors)
  }

  init(_ tensors: ReferenceTensors) throws(ReferenceError) {
    let file = tensors.file
    guard let sizes = tensors.contents.metadata["config"] else {
      throw .missingKey(file: file, key: "\(SafeTensors.metadataName).config")
    }
    configuration = try decodeReference(
      PublishedSizes.self, Data(sizes.utf8), file: file
    ).configuration(file: file)
    let names = PublishedTransformerNames(configuration)
    try tensors.checkNames(
      Self.ownNames.union(["output", "parameter.\(names.positions.name)"])
        .union(names.entries.flatMap { ["parameter.\($0.name)", "gradient.\($0.name)"] }))
    classes = try tensors.classes(below: configuration.classCount)
    let rows = classes.count
    times = try tensors.times("t", rows: rows)
    endTimes = try tensors.times("s", rows: rows)
    let image = [
      rows, configuration.channels, configuration.imageSize, configuration.imageSize,
    ]
    points = try tensors.values("x", image)
    tangent = try tensors.values("tangent", image)
    cotangent = try tensors.values("cotangent", image)
    output = try tensors.values("output", image)
    outputTangent = try tensors.values("outputTangent", image)
    positions = try tensors.values("parameter.\(names.positions.name)", names.positions.shape)
    parameters = try names.vector { name, shape throws(ReferenceError) in
      try tensors.values("parameter.\(name)", shape)
    }
    gradient = try names.vector { name, shape throws(ReferenceError) in
      try tensors.values("gradient.\(name)", shape)
    }
  }
}

/// The sizes in the metadata, under their published names.
private struct PublishedSizes: Decodable {
  private let sizes: [CodingKeys: Int]

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case imageSize = "input_size"
    case patchSize = "patch_size"
    case channels = "in_channels"
    case width = "hidden_size"
    case depth
    case heads = "num_heads"
    case classes = "num_classes"
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.exactContainer(keyedBy: CodingKeys.self)
    var sizes: [CodingKeys: Int] = [:]
    for key in CodingKeys.allCases { sizes[key] = try values.decode(Int.self, forKey: key) }
    self.sizes = sizes
  }

  func configuration(file: String) throws(ReferenceError) -> TransformerConfiguration {
    func size(_ key: CodingKeys) -> Int { sizes[key] ?? 0 }
    do {
      guard size(.classes) > 0 else {
        throw ConfigurationError(
          setting: "classes", value: "\(size(.classes))", accepted: "a number of at least 1")
      }
      let configuration = try TransformerConfiguration(
        validatingImageSize: size(.imageSize), patchSize: size(.patchSize),
        channels: size(.channels), width: size(.width), depth: size(.depth), heads: size(.heads),
        classCount: size(.classes), observationSize: 0)
      try configuration.validate()
      return configuration
    } catch {
      throw .wrongValue(
        file: file, key: "\(SafeTensors.metadataName).config", reason: "\(error)")
    }
  }
}
