// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
public import Foundation

extension AutoencoderConfiguration {
  /// The sizes in a published `config.json`.
  ///
  /// - Throws: `ConfigurationError` for a key that is missing, unknown or of another type, and for what this
  ///   autoencoder cannot be: other blocks or activations.
  public init(published text: Data) throws(ConfigurationError) {
    let published: [String: Any]
    do {
      // What is too deep for Foundation's decoder is refused here.
      _ = try JSONDocument(data: text, path: "config.json")
      guard let object = try JSONSerialization.jsonObject(with: text) as? [String: Any] else {
        throw CocoaError(.coderReadCorrupt)
      }
      published = object
    } catch {
      throw ConfigurationError(
        setting: "configuration of an autoencoder", value: String(decoding: text, as: UTF8.self),
        accepted: "a JSON object")
    }
    let known = PublishedKey.allCases.map(\.rawValue)
    if let key = published.keys.sorted().first(where: {
      !known.contains($0) && !$0.hasPrefix("_")
    }) {
      throw ConfigurationError(
        setting: "configuration of an autoencoder", value: "\"\(key)\"",
        accepted: "a key of diffusers' AutoencoderKL that this lab knows: "
          + known.joined(separator: ", "))
    }
    try self.init(PublishedObject(published))
  }

  private init(_ published: PublishedObject) throws(ConfigurationError) {
    let blockChannels: [Int] = try published.value(.blockChannels)
    for (key, block) in [
      (PublishedKey.downBlocks, Self.downBlock), (.upBlocks, Self.upBlock),
    ] {
      let blocks: [String] = try published.value(key)
      if blocks != blockChannels.map({ _ in block }) {
        throw ConfigurationError(
          setting: key.rawValue, value: "\(blocks)",
          accepted: "\"\(block)\" for each of the \(blockChannels.count) levels")
      }
    }
    let activation = try published.value(.activation, default: Self.activation)
    if activation != Self.activation {
      throw ConfigurationError(
        setting: PublishedKey.activation.rawValue, value: activation, accepted: Self.activation)
    }
    try self.init(
      validatingInputChannels: published.value(.inputChannels),
      outputChannels: published.value(.outputChannels), blockChannels: blockChannels,
      layersPerBlock: published.value(.layersPerBlock),
      latentChannels: published.value(.latentChannels), groups: published.value(.groups),
      hasAttention: published.value(.hasAttention, default: true),
      hasEncoderProjection: published.value(.hasEncoderProjection, default: true),
      hasDecoderProjection: published.value(.hasDecoderProjection, default: true))
  }
}

extension AutoencoderConfiguration {
  /// The `config.json` of diffusers' AutoencoderKL, which ``init(published:)`` reads.
  ///
  /// - Parameters:
  ///   - scale: what latents are multiplied by once the shift is taken off, so that they are of order one.
  ///   - shift: the mean of the latents.
  ///   - imageSize: pixels along a side of the images it was trained on.
  public func published(scale: Double, shift: Double, imageSize: Int) throws -> String {
    let values: [PublishedKey: Any] = [
      .inputChannels: inputChannels, .outputChannels: outputChannels,
      .blockChannels: blockChannels,
      .downBlocks: blockChannels.map { _ in Self.downBlock },
      .upBlocks: blockChannels.map { _ in Self.upBlock }, .layersPerBlock: layersPerBlock,
      .latentChannels: latentChannels, .groups: groups, .activation: Self.activation,
      .hasAttention: hasAttention, .hasEncoderProjection: hasEncoderProjection,
      .hasDecoderProjection: hasDecoderProjection, .imageSize: imageSize, .scale: scale,
      .shift: shift,
    ]
    let object = Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    return String(
      decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
      as: UTF8.self)
  }

  private static let downBlock = "DownEncoderBlock2D"
  private static let upBlock = "UpDecoderBlock2D"
  private static let activation = "silu"
}

/// The keys of a published configuration; the last say nothing of the network itself.
private enum PublishedKey: String, CaseIterable {
  case inputChannels = "in_channels"
  case outputChannels = "out_channels"
  case blockChannels = "block_out_channels"
  case downBlocks = "down_block_types"
  case upBlocks = "up_block_types"
  case layersPerBlock = "layers_per_block"
  case latentChannels = "latent_channels"
  case groups = "norm_num_groups"
  case activation = "act_fn"
  case hasAttention = "mid_block_add_attention"
  case hasEncoderProjection = "use_quant_conv"
  case hasDecoderProjection = "use_post_quant_conv"
  case imageSize = "sample_size"
  case scale = "scaling_factor"
  case shift = "shift_factor"
  case means = "latents_mean"
  case deviations = "latents_std"
  case upcast = "force_upcast"
}

private struct PublishedObject {
  private let values: [String: Any]

  init(_ values: [String: Any]) { self.values = values }

  func value<Value>(
    _ key: PublishedKey, default replacement: Value? = nil
  ) throws(ConfigurationError) -> Value {
    guard let value = values[key.rawValue] else {
      if let replacement { return replacement }
      throw ConfigurationError(
        setting: key.rawValue, value: "nothing", accepted: "a value of the type \(Value.self)")
    }
    guard let value = value as? Value else {
      throw ConfigurationError(
        setting: key.rawValue, value: "\(value)", accepted: "a value of the type \(Value.self)")
    }
    return value
  }
}
