// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
public import Networks
internal import RandomStreams

/// How the lab trains a classifier of images: the settings that were found good for Fashion-MNIST.
public struct ClassifierTraining: Sendable, Equatable {
  public let network: ConvolutionalClassifier
  public var training: SupervisedTraining
  /// The most pixels by which an image is moved; half of the images are mirrored too.
  public var shift = 1

  /// - Parameters:
  ///   - imageSize: pixels along a side, even. From 28 on, squares of two by two pixels become channels.
  ///   - steps: updates of 128 images.
  public init(imageSize: Int, channels: Int, classCount: Int, steps: Int, seed: UInt64) {
    network = ConvolutionalClassifier(
      imageSize: imageSize, channels: channels, classCount: classCount,
      patchSize: imageSize >= 28 ? 2 : 1)
    training = SupervisedTraining(
      batch: 128, steps: steps, seed: seed,
      optimizer: .adamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05),
      decays: .matrices, schedule: .cosine(from: 0.002, warmUpSteps: 200),
      clipping: GradientClipping(maximumNorm: 2), averageDecay: 0.999)
  }

  /// Trains on a source of images and gives the average of the parameters.
  ///
  /// - Parameter progress: is called after each step.
  /// - Throws: ``NonFiniteError``; what `progress` throws.
  public func train(
    on source: any DataSource, pool: WorkerPool, progress: (StepReport) throws -> Void
  ) throws -> [Double] {
    let trainer = SupervisedTrainer<Float>(
      training, loss: network.supervisedLoss,
      initialParameters: network.initialParameters(
        RandomStream(seed: training.seed, purpose: .initialParameters)),
      source: JitteredImages(source, shift: shift, flips: true), pool: pool)
    for _ in 0..<training.steps { try progress(try trainer.advance()) }
    return trainer.averagedParameters
  }
}
