// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// A network by the name of its size, fitted to the points of a source.
public enum NetworkPreset: Hashable, Sendable {
  /// Three layers of 64 units, on points of any shape.
  case perceptron
  /// Sizes of a transformer, on square images.
  case transformer(TransformerPreset)
  /// The lab's small U-Net, on square images.
  case unet

  /// Every preset, in the order of help texts.
  public static let all: [NetworkPreset] =
    [.perceptron] + TransformerPreset.allCases.map { .transformer($0) } + [.unet]

  /// The preset of a name.
  public init?(name: String) {
    guard let preset = Self.all.first(where: { $0.name == name }) else { return nil }
    self = preset
  }

  public var name: String {
    switch self {
    case .perceptron: "perceptron"
    case .transformer(let preset): preset.rawValue
    case .unet: "unet"
    }
  }

  /// The network for points of a shape.
  ///
  /// A transformer's patch is the largest that tiles the image and is not larger than the preset's; a U-Net has as
  /// many levels, up to three, as the image can be halved.
  ///
  /// - Parameter shape: `[d]`, or `[channels, height, width]`.
  /// - Throws: `ConfigurationError` for a network of images where points are none, or are not square.
  public func network(
    shape: [Int], classCount: Int = 0, observationSize: Int = 0
  ) throws(ConfigurationError) -> Architecture {
    let network: Architecture
    switch self {
    case .perceptron:
      network = .perceptron(MultilayerPerceptron(dimension: shape.reduce(1, *)))
    case .transformer(let preset):
      let sizes = preset.configuration()
      let (channels, side) = try image(shape)
      let patch = (1...sizes.patchSize).last { side % $0 == 0 } ?? 1
      network = .transformer(
        FlowMapTransformer(
          TransformerConfiguration(
            imageSize: side, patchSize: patch, channels: channels, width: sizes.width,
            depth: sizes.depth, heads: sizes.heads)))
    case .unet:
      let (channels, side) = try image(shape)
      let sizes = UNetConfiguration.tiny.blockChannels
      let levels = (1...sizes.count).last { side % (1 << ($0 - 1)) == 0 } ?? 1
      network = .unet(
        UNet(
          UNetConfiguration(
            imageSize: side, channels: channels, blockChannels: Array(sizes.prefix(levels)))))
    }
    return network.with(classCount: classCount, observationSize: observationSize)
  }

  private func image(_ shape: [Int]) throws(ConfigurationError) -> (channels: Int, side: Int) {
    guard shape.count == 3, shape[1] == shape[2] else {
      throw ConfigurationError(
        setting: "network", value: "\(name) on points of shape \(shape)",
        accepted: "perceptron, or a source of square images")
    }
    return (shape[0], shape[1])
  }
}
