// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct LatentAlignmentTests {
  private static let classifier: TrainedClassifier = {
    let network = ConvolutionalClassifier(
      imageSize: 4, channels: 1, classCount: 2, patchSize: 1, width: 3, featureCount: 5)
    return TrainedClassifier(
      network: network,
      parameters: network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters)),
      record: [:])
  }()

  private let alignment = LatentAlignment(to: classifier, weight: 0.5)
  private let images = Argument("images", [2, 16], RandomNumbers(seed: 3).values(32))

  /// What the last convolution of the classifier leaves, `[rows · places, features]`.
  private func field() throws -> [Double] {
    let network = Self.classifier.network
    let parameters = ParameterTensors(
      layout: network.layout, prefix: "classifier",
      tensors: network.layout.entries.map {
        Tensor(values: Array(Self.classifier.parameters[$0.range]), shape: $0.shape)
      })
    return try evaluate([network(parameters, images: images.tensor).field], [images])[0]
  }

  private func cosine(_ left: [Double], _ right: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return product(left, right)
      / (product(left, left) * product(right, right)).squareRoot()
  }

  @Test("the loss is that of its formula, place by place and pair by pair")
  func formula() throws {
    let numbers = RandomNumbers(seed: 5)
    let latents = Argument("latents", [2, 3, 2, 2], numbers.values(24))
    let weight = Argument("weight", [3, 5], RandomNumbers(seed: 6).values(15))
    let losses = try evaluate(
      [
        alignment.losses(latents: latents.tensor, images: images.tensor, weight: weight.tensor)
      ], [latents, images, weight])[0]
    let field = try field()
    for row in 0..<2 {
      let seen = (0..<4).map { Array(field[(row * 4 + $0) * 5..<(row * 4 + $0 + 1) * 5]) }
      let own = (0..<4).map { place in
        (0..<3).map { latents.values[(row * 3 + $0) * 4 + place] }
      }
      let projected = own.map { latent in
        (0..<5).map { feature in
          (0..<3).reduce(0) { $0 + latent[$1] * weight.values[$1 * 5 + feature] }
        }
      }
      var expected = 0.0
      for i in 0..<4 {
        expected += max(0, 1 - 0.5 - cosine(projected[i], seen[i])) / 4
        for j in 0..<4 {
          expected += max(0, abs(cosine(own[i], own[j]) - cosine(seen[i], seen[j])) - 0.25) / 16
        }
      }
      #expect(expected > 0.05)
      #expect(abs(losses[row] - expected) < 1e-9)
    }
  }

  @Test("latents that are the classifier's features cost nothing, whatever their lengths")
  func aligned() throws {
    let field = try field()
    var values = [Double](repeating: 0, count: 40)
    for row in 0..<2 {
      for place in 0..<4 {
        for feature in 0..<5 {
          values[(row * 5 + feature) * 4 + place] =
            Double(1 + place) * field[(row * 4 + place) * 5 + feature]
        }
      }
    }
    let latents = Argument("latents", [2, 5, 2, 2], values)
    let weight = Argument(
      "weight", [5, 5], (0..<25).map { $0 % 6 == 0 ? 2 : 0 })
    let losses = try evaluate(
      [
        alignment.losses(latents: latents.tensor, images: images.tensor, weight: weight.tensor)
      ], [latents, images, weight])[0]
    #expect(losses == [0, 0])
  }

  @Test("the gradient by latents and projection is that of central differences")
  func gradients() throws {
    let arguments = [
      Argument("latents", [2, 3, 2, 2], RandomNumbers(seed: 5).values(24)),
      Argument("weight", [3, 5], RandomNumbers(seed: 6).values(15)), images,
    ]
    let loss = mean(
      alignment.losses(
        latents: arguments[0].tensor, images: images.tensor, weight: arguments[1].tensor))
    let gradients = try evaluate(
      gradient(of: loss, withRespectTo: [arguments[0].tensor, arguments[1].tensor]), arguments)
    let step = 1e-6
    for place in 0..<2 {
      for entry in arguments[place].values.indices {
        func value(_ by: Double) throws -> Double {
          var changed = arguments
          var values = arguments[place].values
          values[entry] += by
          changed[place] = arguments[place].with(values)
          return try evaluate([loss], changed)[0][0]
        }
        let difference = (try value(step) - value(-step)) / (2 * step)
        #expect(abs(gradients[place][entry] - difference) < 1e-7)
      }
      #expect(gradients[place].contains { abs($0) > 1e-3 })
    }
  }

  @Test("the projection has a row for each latent channel and begins as the stream says")
  func parameters() {
    let layout = alignment.layout(latentChannels: 3)
    #expect(layout.entries.map(\.name) == ["alignment.weight"] && layout.count == 15)
    let stream = RandomStream(seed: 2, purpose: .initialParameters)
    let first = alignment.initialParameters(latentChannels: 3, stream)
    #expect(first.count == 15 && first == alignment.initialParameters(latentChannels: 3, stream))
  }
}

/// Reproducible normal numbers.
private struct RandomNumbers {
  let seed: UInt64

  func values(_ count: Int) -> [Double] {
    RandomStream(seed: seed, purpose: .trainingData).normals(rows: 1, draws: count)
  }
}
