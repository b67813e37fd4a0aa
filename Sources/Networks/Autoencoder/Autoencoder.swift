// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// An autoencoder on images in the architecture of diffusers' AutoencoderKL (Rombach et al., arXiv 2112.10752):
/// residual blocks of convolutions on levels of half the size each, attention over the pixels of the coarsest.
///
/// Its layout holds the parameters under their published names. A convolution's weight is a matrix
/// `[height · width · channels, features]` there; see ``PublishedAutoencoderNames`` for the arrays of a checkpoint.
public struct Autoencoder: Equatable, Sendable {
  public let configuration: AutoencoderConfiguration

  public init(_ configuration: AutoencoderConfiguration) { self.configuration = configuration }

  /// What the encoder says of the latent of an image: independent normal numbers.
  public struct Moments: Sendable {
    /// `[rows, latentChannels, height / reduction, width / reduction]`, as is the next.
    public let mean: Tensor
    /// In `[−30, 20]`.
    public let logVariance: Tensor

    /// The range of ``logVariance``; what the encoder says beyond it is clamped.
    public static let logVariances = -30.0...20.0

    /// A draw of the latents.
    ///
    /// - Parameter noise: standard normal, of the shape of the mean.
    public func sample(_ noise: Tensor) -> Tensor { mean + exp(0.5 * logVariance) * noise }

    /// The Kullback-Leibler divergence from the standard normal law, summed over a latent, `[rows]`.
    public var divergence: Tensor {
      (0.5 * (square(mean) + exp(logVariance) - 1 - logVariance)).sum([1, 2, 3])
    }
  }

  public var layout: ParameterLayout {
    var layout = ParameterLayout()
    for layer in AutoencoderLayer.all(configuration) {
      switch layer.kind {
      case .convolution(let kernel):
        layout.append(
          "\(layer.name).weight", [kernel * kernel * layer.inputs, layer.outputs], .matrix)
      case .linear: layout.append("\(layer.name).weight", [layer.inputs, layer.outputs], .matrix)
      case .norm: layout.append("\(layer.name).weight", [layer.outputs], .norm)
      }
      layout.append("\(layer.name).bias", [layer.outputs], .bias)
    }
    return layout
  }

  /// The law of the latents of images.
  ///
  /// - Parameters:
  ///   - parameters: tensors in ``layout``.
  ///   - images: `[rows, inputChannels, height, width]`, both sides multiples of the reduction.
  public func encoded(_ parameters: ParameterTensors, _ images: Tensor) -> Moments {
    AutoencoderForward(configuration: configuration, parameters: parameters).encoded(images)
  }

  /// Images from latents, without any scale.
  ///
  /// - Parameters:
  ///   - parameters: tensors in ``layout``.
  ///   - latents: `[rows, latentChannels, height, width]`
  /// - Returns: `[rows, outputChannels, reduction · height, reduction · width]`
  public func decoded(_ parameters: ParameterTensors, _ latents: Tensor) -> Tensor {
    AutoencoderForward(configuration: configuration, parameters: parameters).decoded(latents)
  }

  /// Initial parameters: weights normal of variance 1/inputs, biases zero, normalisations one; a function of the
  /// stream alone.
  public func initialParameters(_ stream: RandomStream) -> [Double] {
    AutoencoderLayer.all(configuration).flatMap { layer -> [Double] in
      let bias = [Double](repeating: 0, count: layer.outputs)
      func matrix(_ inputs: Int) -> [Double] {
        Initializer.lecunNormal.matrix(
          inputs: inputs, outputs: layer.outputs, stream.appending(layer.name))
      }
      switch layer.kind {
      case .convolution(let kernel): return matrix(kernel * kernel * layer.inputs) + bias
      case .linear: return matrix(layer.inputs) + bias
      case .norm: return [Double](repeating: 1, count: layer.outputs) + bias
      }
    }
  }
}
