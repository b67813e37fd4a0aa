// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension Architecture {
  /// The features that the network carries from layer to layer: what a learning rate depends on.
  public var featureWidth: Int {
    switch self {
    case .perceptron(let network): network.width
    case .transformer(let network): network.configuration.width
    case .unet(let network): network.configuration.blockChannels.max() ?? 1
    }
  }
}
