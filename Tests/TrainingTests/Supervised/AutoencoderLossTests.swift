// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct AutoencoderLossTests {
  private func training(
    divergenceWeight: Double, alignment: LatentAlignment? = nil
  ) -> AutoencoderTraining {
    AutoencoderTraining(
      network: AutoencoderTrainingTests.network, imageSize: 8, divergenceWeight: divergenceWeight,
      alignment: alignment, steps: 3, seed: 1)
  }

  private let images = Argument(
    "images", [2, 64], RandomStream(seed: 2, purpose: .trainingData).normals(rows: 2, draws: 64))
  private let noise = Argument(
    "noise", [2, 12], RandomStream(seed: 3, purpose: .trainingNoise).normals(rows: 2, draws: 12))

  private func tensors(_ layout: ParameterLayout, _ vector: [Double]) -> ParameterTensors {
    ParameterTensors(
      layout: layout, prefix: "",
      tensors: layout.entries.map { Tensor(values: Array(vector[$0.range]), shape: $0.shape) })
  }

  private func losses(_ training: AutoencoderTraining, _ vector: [Double]) throws -> [Double] {
    let loss = training.loss
    let sample = SupervisedLoss.Sample(points: images.tensor, labels: nil, noise: noise.tensor)
    return try evaluate(
      [loss.rowLosses(tensors(loss.layout, vector), sample)], [images, noise])[0]
  }

  @Test("a row costs its squared error and its weighted divergence, over its numbers")
  func formula() throws {
    let network = AutoencoderTrainingTests.network
    let vector = network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters))
    let parameters = tensors(network.layout, vector)
    let moments = network.encoded(parameters, images.tensor.reshaped(to: [2, 1, 8, 8]))
    let law = try evaluate([moments.mean, moments.logVariance], [images])
    // The draw is written out: μ + exp(½ log σ²) ε.
    let latents = Argument(
      "latents", [2, 3, 2, 2],
      law[0].indices.map { law[0][$0] + exp(law[1][$0] / 2) * noise.values[$0] })
    let decoded = try evaluate([network.decoded(parameters, latents.tensor)], [latents])[0]
    let losses = try losses(training(divergenceWeight: 0.3), vector)
    for row in 0..<2 {
      var squares = 0.0
      for place in row * 64..<(row + 1) * 64 {
        squares += pow(decoded[place] - images.values[place], 2)
      }
      var divergence = 0.0
      for place in row * 12..<(row + 1) * 12 {
        let (mean, logVariance) = (law[0][place], law[1][place])
        divergence += (mean * mean + exp(logVariance) - 1 - logVariance) / 2
      }
      #expect(divergence > 0.1)
      #expect(abs(losses[row] - (squares + 0.3 * divergence) / 64) < 1e-10)
    }
  }

  @Test(
    "an alignment adds its weighted loss of the latents' means, and its projection to the layout")
  func alignment() throws {
    let classifier = ConvolutionalClassifier(
      imageSize: 8, channels: 1, classCount: 2, patchSize: 2, width: 3, featureCount: 5)
    let alignment = LatentAlignment(
      to: TrainedClassifier(
        network: classifier,
        parameters: classifier.initialParameters(
          RandomStream(seed: 1, purpose: .initialParameters)), record: [:]), weight: 0.7)
    let network = AutoencoderTrainingTests.network
    let stream = RandomStream(seed: 1, purpose: .initialParameters)
    let own = network.initialParameters(stream)
    let projection = alignment.initialParameters(latentChannels: 3, stream)
    let with = training(divergenceWeight: 0, alignment: alignment)
    #expect(with.loss.layout.count == network.layout.count + 15)
    let moments = network.encoded(
      tensors(network.layout, own), images.tensor.reshaped(to: [2, 1, 8, 8]))
    let added = try evaluate(
      [
        alignment.losses(
          latents: moments.mean, images: images.tensor,
          weight: Tensor(values: projection, shape: [3, 5]))
      ], [images])[0]
    let plain = try losses(training(divergenceWeight: 0), own)
    let sum = try losses(with, own + projection)
    for row in 0..<2 { #expect(abs(sum[row] - plain[row] - 0.7 * added[row]) < 1e-10) }
  }
}
