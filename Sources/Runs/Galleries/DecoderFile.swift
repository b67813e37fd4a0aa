// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
public import Networks

/// An autoencoder in a file, whose decoder makes images of a run's latents.
public struct DecoderFile: Sendable, Equatable {
  public let path: String
  public let autoencoder: TrainedAutoencoder

  /// - Throws: as `TrainedAutoencoder(contentsOf:)`.
  public init(contentsOf path: String) throws {
    self.path = path
    autoencoder = try TrainedAutoencoder(contentsOf: path)
  }

  /// Checks that the points of a source are latents of the autoencoder.
  ///
  /// - Throws: `AutoencoderFileError`.
  public func check(_ source: ResolvedRun.Source) throws(AutoencoderFileError) {
    let shape = source.data.pointShape
    guard shape == autoencoder.latentShape else {
      throw .shape(path: source.name, found: shape, expected: autoencoder.latentShape)
    }
  }

  /// The images that the autoencoder was trained on and those held out then: what decoded samples are held against.
  ///
  /// - Throws: `AutoencoderFileError` for a file that names none; `ImageDataError`, also if the data are others by now.
  func images() throws -> ImageSource {
    let record = autoencoder.record
    guard let data = record["data"], let shrink = record["shrink"].flatMap({ Int($0) }),
      let fingerprint = record["fingerprint"]
    else { throw AutoencoderFileError.noData(path: path) }
    let found = try ImageRequest(data: data, shrink: shrink).read()
    guard found.record.fingerprint == fingerprint else {
      throw ImageDataError(
        path: found.record.path,
        problem: .changed(found: found.record.fingerprint, expected: fingerprint))
    }
    guard let source = found.source as? ImageSource,
      source.pointShape == autoencoder.imageShape
    else {
      throw AutoencoderFileError.shape(
        path: data, found: found.source.pointShape, expected: autoencoder.imageShape)
    }
    return source
  }
}
