// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Networks
internal import Tensors

extension AutoencoderTraining {
  /// What an image's reconstruction from a draw of its latent costs: with `n` numbers of an image `x`, its latent's law
  /// `q` and its reconstruction `y`,
  ///
  ///     (‖y − x‖² + β KL(q ‖ N(0, 1))) / n + λ (L_cos + L_pairs),
  ///
  /// the last term where latents are aligned, see ``LatentAlignment``. The published weight of the divergence,
  /// `β = 10⁻⁶` (Rombach et al., arXiv 2112.10752), stands beside sums over the numbers, as here.
  public var loss: SupervisedLoss {
    let (network, imageSize, divergenceWeight) = (network, imageSize, divergenceWeight)
    let configuration = network.configuration
    let side = imageSize / configuration.reduction
    let alignment = alignment
    var layout = network.layout
    if let alignment {
      for entry in alignment.layout(latentChannels: configuration.latentChannels).entries {
        layout.append(entry.name, entry.shape, entry.role)
      }
    }
    return SupervisedLoss(
      layout: layout, noiseSize: configuration.latentChannels * side * side
    ) { parameters, sample in
      guard let noise = sample.noise else {
        preconditionFailure("latents are drawn with noise, and there is none")
      }
      let (rows, count) = (sample.points.shape[0], Double(sample.points.shape[1]))
      let images = sample.points.reshaped(
        to: [rows, configuration.inputChannels, imageSize, imageSize])
      let moments = network.encoded(parameters, images)
      let latents = moments.sample(noise.reshaped(to: moments.mean.shape))
      let difference = network.decoded(parameters, latents) - images
      let losses =
        (square(difference).sum([1, 2, 3]) + divergenceWeight * moments.divergence) / count
      guard let alignment else { return losses }
      let entry = alignment.layout(latentChannels: configuration.latentChannels).entries[0]
      return losses
        + alignment.weight
        * alignment.losses(
          latents: moments.mean, images: sample.points, weight: parameters[entry.name])
    }
  }
}
