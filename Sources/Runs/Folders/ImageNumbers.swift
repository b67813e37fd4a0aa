// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files
internal import Foundation

/// What `run.json` says of images or latents: what was asked for, and what was found; they themselves stay where they
/// lie.
struct ImageNumbers: Encodable, Sendable, Equatable {
  var request: ImageRequest
  var found: ImageRecord

  fileprivate enum CodingKeys: String, CodingKey { case found }

  func encode(to encoder: any Encoder) throws {
    try request.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(found, forKey: .found)
  }

  /// Whether both stand for the same numbers, wherever they lie and whatever the classes are called.
  func isSameData(as other: ImageNumbers) -> Bool {
    var (own, others) = (found, other.found)
    (own.path, others.path) = ("", "")
    (own.classNames, others.classNames) = ([], [])
    return own == others && request.shrink == other.request.shrink
      && request.flips == other.request.flips
  }
}

/// The same as it is read; a file written by hand does not know what will be found.
struct AskedImages: Decodable {
  let request: ImageRequest
  let found: ImageRecord?

  init(from decoder: any Decoder) throws {
    request = try ImageRequest(from: decoder)
    found = try decoder.container(keyedBy: ImageNumbers.CodingKeys.self)
      .decodeIfPresent(ImageRecord.self, forKey: .found)
  }
}

extension ImageRequest {
  /// The request with the path of a file of labels from the root, so that it holds in every folder.
  var located: ImageRequest {
    var located = self
    if let labels, FileSystem.exists(labels) {
      located.labels = URL(fileURLWithPath: labels).standardizedFileURL.path
    }
    return located
  }
}
