// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A U-Net on images for flow maps, conditioned on two times (Ronneberger et al., arXiv 1505.04597, with the residual
/// blocks of Dhariwal and Nichol, arXiv 2105.05233): on each level residual blocks of two 3×3 convolutions, behind
/// group normalisations of which the second is scaled and shifted by what the network is told; attention over the
/// pixels of the coarsest levels; means of four pixels on the way down, repeated pixels on the way up, where each block
/// also sees what its twin on the way down put out.
///
/// A class is a learned row of a table, of one more for none; an observation enters through a linear layer. Both
/// are added to the embedded times.
///
/// Points are images `[rows, channels, size, size]`, or the same numbers as `[rows, d]`. Every weight is the right
/// operand of a product over pixels (a kernel is the matrix `[3 · 3 · channels, features]`); nothing mixes rows.
public struct UNet: Network, Equatable {
  public let configuration: UNetConfiguration

  public init(_ configuration: UNetConfiguration) { self.configuration = configuration }

  /// Numbers of an image.
  public var dimension: Int {
    configuration.channels * configuration.imageSize * configuration.imageSize
  }
  public var classCount: Int { configuration.classCount }
  public var observationSize: Int { configuration.observationSize }

  public var layout: ParameterLayout {
    var layout = ParameterLayout()
    for layer in UNetLayer.all(configuration) {
      layout.append("\(layer.name).weight", layer.weightShape, layer.weightRole)
      layout.append("\(layer.name).bias", [layer.outputs], .bias)
    }
    if classCount > 0 {
      layout.append("labels", [classCount + 1, configuration.embeddingWidth], .embedding)
    }
    return layout
  }

  /// `F`, of the shape of `noisy`.
  ///
  /// - Parameters:
  ///   - noisy: `[rows, channels, size, size]` or `[rows, channels · size · size]`.
  ///   - time: `[rows, 1]`, in `[0, 1]`.
  ///   - endTime: `[rows, 1]`, in `[0, 1]`.
  ///   - conditions: a label `[rows]` where there are classes (none is taken as no class), an observation
  ///     `[rows, observationSize]` where one is taken.
  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor,
    conditions: Conditions
  ) -> Tensor {
    let size = configuration.imageSize
    let image = noisy.reshaped(to: [noisy.shape[0], configuration.channels, size, size])
    let forward = UNetForward(configuration: configuration, parameters: parameters)
    return forward(
      image, time: time, endTime: endTime, label: label(in: conditions, rows: noisy.shape[0]),
      observation: observation(in: conditions)
    ).reshaped(to: noisy.shape)
  }

  /// Initial parameters: normal of variance 1/inputs for pixels, of deviation 0.02 for times, classes and
  /// observations, zero for modulations and the last convolution, so that the map starts as zero. Doubly normalised
  /// shifts start elsewhere, see ``Modulation``.
  public func initialParameters(_ stream: RandomStream) -> [Double] {
    let layers = UNetLayer.all(configuration).flatMap {
      $0.initialParameters(configuration.modulation, stream)
    }
    guard classCount > 0 else { return layers }
    return layers
      + ConditionEmbedding.matrix(
        inputs: classCount + 1, outputs: configuration.embeddingWidth, stream.appending("labels"))
  }
}

// MARK: - Coding

extension UNet: Codable {
  /// Reads the configuration, which is all there is.
  public init(from decoder: any Decoder) throws {
    self.init(try UNetConfiguration(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    try configuration.encode(to: encoder)
  }
}
