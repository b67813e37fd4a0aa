// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A U-Net on images for flow maps, conditioned on two times (Ronneberger et al., arXiv 1505.04597, with the residual
/// blocks of Dhariwal and Nichol, arXiv 2105.05233): on each level residual blocks of two 3×3 convolutions, behind
/// group normalisations of which the second is scaled and shifted by what the network is told; attention over the
/// pixels of the coarsest levels; means of four pixels on the way down, repeated pixels on the way up, where each block
/// also sees what its twin on the way down put out.
///
/// A class is a learned row of a table, of one more for none; an observation enters through a linear layer, a
/// scale of guidance as a time does. All are added to the embedded times.
///
/// Every weight is the right operand of a product over pixels (a kernel is the matrix `[3 · 3 · channels, features]`);
/// nothing mixes rows.
public struct UNet: ImageNetwork {
  public let configuration: UNetConfiguration

  public init(_ configuration: UNetConfiguration) { self.configuration = configuration }

  public var layerLayout: ParameterLayout {
    var layout = ParameterLayout()
    for layer in UNetLayer.all(configuration) {
      layout.append("\(layer.name).weight", layer.weightShape, layer.weightRole)
      layout.append("\(layer.name).bias", [layer.outputs], .bias)
    }
    return layout
  }

  public func forward(
    _ image: Tensor, time: Tensor, endTime: Tensor, told: Conditions, _ parameters: ParameterTensors
  ) -> Tensor {
    UNetForward(configuration: configuration, parameters: parameters)(
      image, time: time, endTime: endTime, told: told)
  }

  /// Initial layers: normal of variance 1/inputs for pixels, of deviation 0.02 for times, classes and
  /// observations, zero for modulations and the last convolution, so that the map starts as zero. Doubly normalised
  /// shifts start elsewhere, see ``Modulation``.
  public func initialLayers(_ stream: RandomStream) -> [Double] {
    UNetLayer.all(configuration).flatMap { $0.initialParameters(configuration.modulation, stream) }
  }
}
