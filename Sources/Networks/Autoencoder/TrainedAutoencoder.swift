// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
internal import Tensors

/// An autoencoder with its parameters, as a file keeps it: SafeTensors under the names of diffusers' AutoencoderKL, the
/// sizes as their `config.json` under `config` in the metadata, beside how it was trained.
public struct TrainedAutoencoder: Sendable, Equatable {
  public let network: Autoencoder
  /// A vector in the network's layout.
  public let parameters: [Double]
  /// What latents are multiplied by once ``shift`` is taken off, so that they are of order one; above 0.
  public let scale: Double
  /// The mean of the latents.
  public let shift: Double
  /// Pixels along a side of the images it was trained on.
  public let imageSize: Int
  /// What is known of its training, by key.
  public let record: [String: String]

  private static let configurationKey = "config"

  /// - Precondition: as many parameters as the network has; images whose sides are multiples of its reduction.
  public init(
    network: Autoencoder, parameters: [Double], scale: Double, shift: Double, imageSize: Int,
    record: [String: String]
  ) {
    precondition(
      parameters.count == network.layout.count,
      "\(parameters.count) parameters for \(network.layout.count)")
    precondition(
      scale > 0 && scale.isFinite && shift.isFinite, "the scale \(scale), shift \(shift)")
    precondition(
      imageSize > 0 && imageSize.isMultiple(of: network.configuration.reduction),
      "images of \(imageSize) pixels a side for a reduction of \(network.configuration.reduction)")
    self.network = network
    self.parameters = parameters
    self.scale = scale
    self.shift = shift
    self.imageSize = imageSize
    self.record = record
  }

  /// `[C, H, W]` of an image.
  public var imageShape: [Int] { [network.configuration.inputChannels, imageSize, imageSize] }

  /// `[C, H, W]` of a latent.
  public var latentShape: [Int] {
    let side = imageSize / network.configuration.reduction
    return [network.configuration.latentChannels, side, side]
  }

  /// Reads a file.
  ///
  /// - Throws: ``AutoencoderFileError`` for a file of something else; ``PublishedCheckpointError`` for tensors that are
  ///   missing, unknown or of another shape; `FileError`, `SafeTensorsError`.
  public init(contentsOf path: String) throws {
    let file = try SafeTensors(contentsOf: path)
    guard let text = file.metadata[Self.configurationKey] else {
      throw AutoencoderFileError.noConfiguration(path: path)
    }
    let configuration: AutoencoderConfiguration
    do {
      configuration = try AutoencoderConfiguration(published: Data(text.utf8))
    } catch {
      throw AutoencoderFileError.configuration(path: path, error)
    }
    let numbers = try Self.numbers(text, path: path, reduction: configuration.reduction)
    let parameters = try PublishedAutoencoderNames(configuration).vector(from: file, path: path)
    if let index = parameters.firstIndex(where: { !$0.isFinite }) {
      throw AutoencoderFileError.notFinite(path: path, index: index)
    }
    var record = file.metadata
    record[Self.configurationKey] = nil
    self.init(
      network: Autoencoder(configuration), parameters: parameters, scale: numbers.scale,
      shift: numbers.shift, imageSize: numbers.imageSize, record: record)
  }

  /// Writes a file, in the type given; the parameters are rounded to it.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String, as type: FloatingPointElement) throws {
    var metadata = record
    metadata[Self.configurationKey] = try network.configuration.published(
      scale: scale, shift: shift, imageSize: imageSize)
    try PublishedAutoencoderNames(network.configuration)
      .checkpoint(parameters, as: type, metadata: metadata).write(to: path)
  }

  private struct Numbers: Decodable {
    let scale: Double
    let shift: Double?
    let imageSize: Int

    enum CodingKeys: String, CodingKey {
      case scale = "scaling_factor"
      case shift = "shift_factor"
      case imageSize = "sample_size"
    }
  }

  private static func numbers(
    _ text: String, path: String, reduction: Int
  ) throws -> (scale: Double, shift: Double, imageSize: Int) {
    guard let numbers = try? JSONDecoder().decode(Numbers.self, from: Data(text.utf8)),
      numbers.scale > 0, numbers.scale.isFinite, (numbers.shift ?? 0).isFinite,
      numbers.imageSize > 0, numbers.imageSize.isMultiple(of: reduction)
    else {
      throw AutoencoderFileError.numbers(path: path, reduction: reduction)
    }
    return (numbers.scale, numbers.shift ?? 0, numbers.imageSize)
  }
}

/// A file that holds no autoencoder, or data it is not for.
public enum AutoencoderFileError: Error, Equatable, Sendable, CustomStringConvertible {
  case noConfiguration(path: String)
  case configuration(path: String, ConfigurationError)
  case noData(path: String)
  case numbers(path: String, reduction: Int)
  case notFinite(path: String, index: Int)
  case shape(path: String, found: [Int], expected: [Int])

  public var description: String {
    switch self {
    case .noConfiguration(let path):
      "\(path) holds no autoencoder: its metadata have no \"config\"; accepted are files of toylab autoencoder train"
    case .noData(let path):
      "\(path) does not say on which images its autoencoder was trained, with which decoded samples are compared; accepted "
        + "are files of toylab autoencoder train"
    case .configuration(let path, let error): "\(path): \(error)"
    case .numbers(let path, let reduction):
      "\(path): the config of an autoencoder lacks numbers it needs; accepted are a scaling_factor above 0, a finite "
        + "shift_factor and a sample_size that is a multiple of \(reduction)"
    case .notFinite(let path, let index):
      "\(path): parameter \(index) of an autoencoder is not finite"
    case .shape(let path, let found, let expected):
      "\(path) holds points of shape \(found); accepted are those of the autoencoder, \(expected)"
    }
  }
}
