// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
public import Networks
internal import RandomStreams

/// How the lab trains an autoencoder of images: the settings that were found good for Fashion-MNIST.
public struct AutoencoderTraining: Sendable, Equatable {
  public let network: Autoencoder
  /// Pixels along a side.
  public let imageSize: Int
  /// `β`, the weight of the divergence from the standard normal law.
  public let divergenceWeight: Double
  public let alignment: LatentAlignment?
  public var training: SupervisedTraining

  /// - Parameters:
  ///   - imageSize: a multiple of the network's reduction, and with an alignment as many times it as the classifier has
  ///     places.
  ///   - steps: updates of 64 images.
  public init(
    network: Autoencoder, imageSize: Int, divergenceWeight: Double = 1e-6,
    alignment: LatentAlignment? = nil, steps: Int, seed: UInt64
  ) {
    precondition(
      imageSize.isMultiple(of: network.configuration.reduction),
      "images of \(imageSize) pixels a side for a reduction of \(network.configuration.reduction)")
    self.network = network
    self.imageSize = imageSize
    self.divergenceWeight = divergenceWeight
    self.alignment = alignment
    training = SupervisedTraining(
      batch: 64, steps: steps, seed: seed,
      optimizer: .adamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0),
      decays: .matrices, schedule: .cosine(from: 0.002, warmUpSteps: min(100, steps / 2)),
      clipping: GradientClipping(maximumNorm: 1), averageDecay: 0.995)
  }

  /// Trains on a source of images, mirrored at random, and gives the average of the network's parameters.
  ///
  /// - Parameter progress: is called after each step.
  /// - Throws: ``NonFiniteError``; what `progress` throws.
  public func train(
    on source: any DataSource, pool: WorkerPool, progress: (StepReport) throws -> Void
  ) throws -> [Double] {
    let stream = RandomStream(seed: training.seed, purpose: .initialParameters)
    let trainer = SupervisedTrainer<Float>(
      training, loss: loss,
      initialParameters: network.initialParameters(stream)
        + (alignment?.initialParameters(
          latentChannels: network.configuration.latentChannels, stream) ?? []),
      source: JitteredImages(source, shift: 0, flips: true), pool: pool)
    for _ in 0..<training.steps { try progress(try trainer.advance()) }
    return Array(trainer.averagedParameters.prefix(network.layout.count))
  }
}
