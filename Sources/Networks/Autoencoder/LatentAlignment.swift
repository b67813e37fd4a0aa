// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// Latents that are made to resemble what a frozen classifier sees in an image, so that their space has the order of its
/// classes: the alignment of VA-VAE (Yao et al., arXiv 2501.01423), with the lab's own classifier for the vision model.
///
/// At each place `i` of the latent stand the latent's mean `z_i` and the classifier's last convolution `f_i`. With a
/// learned matrix `W` from the latent channels to the classifier's,
///
///     L_cos = mean_i  max(0, 1 − m₁ − cos(W z_i, f_i))
///     L_pairs = mean_ij max(0, |cos(z_i, z_j) − cos(f_i, f_j)| − m₂)
///
/// with the weight that is asked for, where VA-VAE scales it by a ratio of gradients, and with the published margins `m₁ = 0.5` and `m₂ = 0.25`. Pairs are those of one image, so that rows do not mix.
public struct LatentAlignment: Sendable, Equatable {
  public let classifier: TrainedClassifier
  /// Of the sum of both terms beside the mean squared error of a pixel.
  public let weight: Double

  static let cosineMargin = 0.5
  static let pairMargin = 0.25
  /// Keeps the length of a vector from zero.
  private static let smallestSquare = 1e-12

  /// - Precondition: the weight is finite and above 0.
  public init(to classifier: TrainedClassifier, weight: Double) {
    precondition(weight > 0 && weight.isFinite, "an alignment of the weight \(weight)")
    self.classifier = classifier
    self.weight = weight
  }

  /// `W`, the one parameter that is learnt beside the autoencoder's and thrown away.
  public func layout(latentChannels: Int) -> ParameterLayout {
    var layout = ParameterLayout()
    layout.append("alignment.weight", [latentChannels, classifier.network.featureCount], .matrix)
    return layout
  }

  public func initialParameters(latentChannels: Int, _ stream: RandomStream) -> [Double] {
    Initializer.lecunNormal.matrix(
      inputs: latentChannels, outputs: classifier.network.featureCount,
      stream.appending("alignment"))
  }

  /// `L_cos + L_pairs` of each row, `[rows]`.
  ///
  /// - Parameters:
  ///   - latents: `[rows, channels, side, side]`, of the classifier's ``ConvolutionalClassifier/fieldSize``.
  ///   - images: `[rows, dimension]`, in `[−1, 1]`.
  ///   - weight: `W`.
  public func losses(latents: Tensor, images: Tensor, weight: Tensor) -> Tensor {
    let network = classifier.network
    let (rows, channels) = (latents.shape[0], latents.shape[1])
    let places = latents.shape[2] * latents.shape[3]
    precondition(
      latents.shape[2] == network.fieldSize && latents.shape[3] == network.fieldSize,
      "latents of \(latents.shape) aligned with \(network.fieldSize) places a side")
    let frozen = ParameterTensors(
      layout: network.layout, prefix: "classifier",
      tensors: network.layout.entries.map {
        Tensor(values: Array(classifier.parameters[$0.range]), shape: $0.shape)
      })
    let field = unit(
      network(frozen, images: images).field
        .reshaped(to: [rows, places, network.featureCount]))
    let flat = latents.reshaped(to: [rows, channels, places]).transposed([0, 2, 1])
    let cosines = (unit(matmul(flat, weight)) * field).sum([2])
    let own = unit(flat)
    let pairs =
      matmul(own, own.transposed([0, 2, 1])) - matmul(field, field.transposed([0, 2, 1]))
    return maximum(1 - Self.cosineMargin - cosines, 0).mean([1])
      + maximum(abs(pairs) - Self.pairMargin, 0).mean([1, 2])
  }

  /// Vectors along the last axis, divided by their lengths.
  private func unit(_ vectors: Tensor) -> Tensor {
    vectors / sqrt((vectors * vectors).sum([-1], keepingDimensions: true) + Self.smallestSquare)
  }
}
