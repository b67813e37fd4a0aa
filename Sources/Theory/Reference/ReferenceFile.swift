// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
import Foundation
public import GroundTruth

/// A file of values computed by other programs, in one of the formats the lab can check.
public enum ReferenceFile: Sendable {
  /// `mixture.json`
  case mixtures(ReferenceMixtureFile)
  /// `objectives.json`
  case objectives(ObjectivesReference)
  /// `gaussian_degenerate.json`
  case gaussianMinimizers(GaussianMinimizerReference)
  /// `tit.safetensors`
  case transformer(TransformerReference)
  /// `vae.safetensors`
  case autoencoder(AutoencoderReference)

  /// Reads a file, telling its format by the keys of its records or the names of its tensors.
  ///
  /// - Throws: ``ReferenceError``, which names the file, and the key where there is one.
  public init(contentsOfFile file: String) throws(ReferenceError) {
    let data = try referenceData(file)
    if file.hasSuffix(".safetensors") || looksLikeSafeTensors(data) {
      let tensors = try ReferenceTensors(data: data, file: file)
      let found = Set(tensors.contents.tensors.keys)
      if !AutoencoderReference.ownNames.isDisjoint(with: found) {
        self = .autoencoder(try AutoencoderReference(tensors))
      } else if !TransformerReference.ownNames.isDisjoint(with: found) {
        self = .transformer(try TransformerReference(tensors))
      } else {
        throw .unknownTensors(file: file)
      }
      return
    }
    switch try Format(data, file: file) {
    case .mixtures:
      do {
        self = .mixtures(try ReferenceMixtureFile(contentsOfFile: file))
      } catch {
        throw .mixtureFile(error)
      }
    case .objectives:
      self = .objectives(try ObjectivesReference(data: data, file: file))
    case .gaussianMinimizers:
      self = .gaussianMinimizers(try GaussianMinimizerReference(data: data, file: file))
    }
  }

  /// Compares every number of the file with the lab's own.
  ///
  /// - Throws: `FlowMapError` where a flow map cannot be integrated; `EngineError`; `DegenerateMapError`.
  public func check() throws -> [ReferenceCheck] {
    switch self {
    case .mixtures(let reference): return try reference.check()
    case .objectives(let reference): return try reference.check()
    case .gaussianMinimizers(let reference): return try reference.check()
    case .transformer(let reference): return try reference.check()
    case .autoencoder(let reference): return try reference.check()
    }
  }
}

/// The known formats of JSON and the keys of their records. A record of a format that lacks a key is still
/// recognised by the others, so that the missing one can be named.
private enum Format: CaseIterable {
  case mixtures
  case objectives
  case gaussianMinimizers

  private var keys: Set<String> {
    switch self {
    case .mixtures: return ["weights", "means", "covariances", "points", "oneStep"]
    case .objectives:
      return Set(ObjectivesReference.Record.CodingKeys.allCases.map(\.stringValue))
        .subtracting(["mixture", "interpolant"])
    case .gaussianMinimizers:
      return Set(GaussianMinimizerReference.Record.CodingKeys.allCases.map(\.stringValue))
        .subtracting(["s", "t", "interpolant"])
    }
  }

  init(_ data: Data, file: String) throws(ReferenceError) {
    let root: JSONValue
    do {
      root = try JSONDocument(data: data, path: file).root
    } catch {
      throw .malformed(file: file, reason: error.detail)
    }
    guard case .array(let records) = root.content,
      case .object(let members) = records.first?.content
    else { throw .unknownFormat(file: file, keys: []) }
    let found = Set(members.map(\.name))
    func share(_ format: Format) -> Int { format.keys.intersection(found).count }
    guard let best = Self.allCases.max(by: { share($0) < share($1) }), share(best) > 0 else {
      throw .unknownFormat(file: file, keys: found.sorted())
    }
    self = best
  }
}

/// Whether a header of JSON follows eight bytes that are no JSON.
private func looksLikeSafeTensors(_ data: Data) -> Bool {
  let start = data.prefix(9)
  return start.count == 9 && start.last == UInt8(ascii: "{") && start.dropLast().contains(0)
}
