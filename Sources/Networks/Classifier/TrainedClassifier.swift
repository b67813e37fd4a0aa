// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
internal import Tensors

/// A classifier with its parameters, as a file keeps it: SafeTensors with a matrix and a vector a layer and the
/// sizes, as JSON, under `network` in the metadata, beside how it was trained.
public struct TrainedClassifier: Sendable, Equatable {
  public let network: ConvolutionalClassifier
  /// A vector in the network's layout.
  public let parameters: [Double]
  /// What is known of its training, by key.
  public let record: [String: String]

  /// - Precondition: as many parameters as the network has.
  public init(network: ConvolutionalClassifier, parameters: [Double], record: [String: String]) {
    precondition(
      parameters.count == network.layout.count,
      "\(parameters.count) parameters for \(network.layout.count)")
    self.network = network
    self.parameters = parameters
    self.record = record
  }

  private static let networkKey = "network"

  /// Reads a file.
  ///
  /// - Throws: ``ClassifierFileError`` for a file of something else; `ConfigurationError` for sizes that do not fit;
  ///   `FileError`, `SafeTensorsError`.
  public init(contentsOf path: String) throws {
    let file = try SafeTensors(contentsOf: path)
    guard let text = file.metadata[Self.networkKey] else {
      throw ClassifierFileError.noNetwork(path: path)
    }
    let sizes: Sizes
    do {
      sizes = try JSON.decode(Sizes.self, from: Data(text.utf8), path: path)
    } catch {
      throw ClassifierFileError.sizes(path: path, text: text)
    }
    try ConvolutionalClassifier.validate(
      imageSize: sizes.imageSize, channels: sizes.channels, classCount: sizes.classCount,
      patchSize: sizes.patchSize, width: sizes.width, featureCount: sizes.featureCount)
    let network = ConvolutionalClassifier(
      imageSize: sizes.imageSize, channels: sizes.channels, classCount: sizes.classCount,
      patchSize: sizes.patchSize, width: sizes.width, featureCount: sizes.featureCount)
    var values: [Double] = []
    for entry in network.layout.entries {
      values += try file.exactNumbers(entry.name, shape: entry.shape.dimensions, path: path)
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw ClassifierFileError.notFinite(path: path, index: index)
    }
    var record = file.metadata
    record[Self.networkKey] = nil
    self.init(network: network, parameters: values, record: record)
  }

  /// Writes a file, in the type given; the parameters are rounded to it.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String, as type: FloatingPointElement) throws {
    var file = SafeTensors(metadata: record)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    file.metadata[Self.networkKey] = String(
      decoding: try encoder.encode(Sizes(network)), as: UTF8.self)
    for entry in network.layout.entries {
      file[entry.name] = SafeTensors.Tensor(
        Array(parameters[entry.range]), shape: entry.shape.dimensions, as: type)
    }
    try file.write(to: path)
  }

  private struct Sizes: Codable {
    let imageSize: Int
    let channels: Int
    let classCount: Int
    let patchSize: Int
    let width: Int
    let featureCount: Int

    init(_ network: ConvolutionalClassifier) {
      imageSize = network.imageSize
      channels = network.channels
      classCount = network.classCount
      patchSize = network.patchSize
      width = network.width
      featureCount = network.featureCount
    }
  }
}

extension TrainedClassifier {
  /// The sizes of images that a classifier comes with the package for: those of Fashion-MNIST, whole and shrunk by
  /// averaging two by two pixels.
  public static let shippedImageSizes = [14, 28]

  /// The classifier of Fashion-MNIST that comes with the package.
  ///
  /// - Throws: ``ClassifierFileError/noneShipped(imageSize:)`` for another size; as ``init(contentsOf:)``.
  public static func shipped(imageSize: Int) throws -> TrainedClassifier {
    guard shippedImageSizes.contains(imageSize) else {
      throw ClassifierFileError.noneShipped(imageSize: imageSize)
    }
    return try TrainedClassifier(contentsOf: shippedPath(imageSize: imageSize))
  }

  /// Where it lies.
  static func shippedPath(imageSize: Int) -> String {
    "\(Bundle.module.bundlePath)/Resources/fashion-mnist-\(imageSize).safetensors"
  }
}

/// A file that holds no classifier, or a size for which there is none.
public enum ClassifierFileError: Error, Equatable, Sendable, CustomStringConvertible {
  case noNetwork(path: String)
  case sizes(path: String, text: String)
  case notFinite(path: String, index: Int)
  case noneShipped(imageSize: Int)

  public var description: String {
    switch self {
    case .noNetwork(let path):
      "\(path) holds no classifier: its metadata have no \"network\"; accepted are files of toylab features train"
    case .sizes(let path, let text):
      "\(path): the network \(text) of a classifier cannot be read; accepted is a JSON object of whole numbers"
    case .notFinite(let path, let index):
      "\(path): parameter \(index) of a classifier is not finite"
    case .noneShipped(let imageSize):
      "no classifier for images of \(imageSize) by \(imageSize) pixels comes with toylab; accepted are "
        + TrainedClassifier.shippedImageSizes.map { "\($0)" }.joined(separator: " and ")
        + ", or a file that toylab features train made"
    }
  }
}
