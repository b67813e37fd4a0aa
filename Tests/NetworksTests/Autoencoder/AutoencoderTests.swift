// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct AutoencoderTests {
  private static let network = Autoencoder(
    AutoencoderConfiguration(
      inputChannels: 2, outputChannels: 1, blockChannels: [4, 4, 8], layersPerBlock: 1,
      latentChannels: 3, groups: 2))

  private func arguments(_ network: Autoencoder, _ vector: [Double]) -> [Argument] {
    network.layout.entries.map {
      Argument($0.name, $0.shape, Array(vector[$0.range]))
    }
  }

  private func tensors(_ network: Autoencoder, _ arguments: [Argument]) -> ParameterTensors {
    ParameterTensors(layout: network.layout, prefix: "", tensors: arguments.map(\.tensor))
  }

  @Test("latents have a quarter of the pixels a level down, images come back in their size")
  func shapes() {
    let network = Self.network
    let parameters = network.layout.tensors()
    let moments = network.encoded(parameters, .input("x", [5, 2, 8, 12]))
    #expect(moments.mean.shape == [5, 3, 2, 3] && moments.logVariance.shape == [5, 3, 2, 3])
    #expect(moments.divergence.shape == [5])
    #expect(network.decoded(parameters, moments.mean).shape == [5, 1, 8, 12])
    #expect(network.configuration.reduction == 4)
  }

  @Test("the log-variance is clamped, and a draw has the law's mean and deviation")
  func moments() throws {
    let network = Self.network
    let vector = network.initialParameters(RandomStream(seed: 1, purpose: "test"))
    #expect(vector.count == network.layout.count)
    var numbers = TestNumbers(seed: 2)
    let images = Argument("x", [1, 2, 4, 4], numbers.array(32))
    let parameters = arguments(network, vector)
    let moments = network.encoded(tensors(network, parameters), images.tensor)
    let noise = Argument("noise", [1, 3, 1, 1], [0, 1, -2])
    let bias = try #require(parameters.firstIndex { $0.name == "quant_conv.bias" })
    for (shift, clamped) in [(-100.0, -30.0), (100, 20)] {
      var changed = parameters
      changed[bias] = changed[bias].with([0, 0, 0, shift, shift, shift])
      let values = try evaluate(
        [moments.mean, moments.logVariance, moments.sample(noise.tensor), moments.divergence],
        [images, noise] + changed)
      #expect(values[1] == [clamped, clamped, clamped])
      let deviation = exp(clamped / 2)
      let draws = zip(values[0], noise.values).map { $0 + deviation * $1 }
      #expect(relativeDifference(values[2], draws) < 1e-12)
      let divergence = values[0].reduce(0) {
        $0 + ($1 * $1 + deviation * deviation - 1 - clamped) / 2
      }
      #expect(relativeDifference(values[3], [divergence]) < 1e-12)
    }
  }

  @Test("the gradient of a reconstruction is that of central differences")
  func gradients() throws {
    let network = Self.network
    var numbers = TestNumbers(seed: 4)
    let parameters = arguments(network, numbers.array(network.layout.count, in: -0.5...0.5))
    let images = Argument("x", [2, 2, 4, 4], numbers.array(64))
    let tensors = tensors(network, parameters)
    let loss = mean(
      square(network.decoded(tensors, network.encoded(tensors, images.tensor).mean)))
    let chosen = parameters.indices.filter { $0 % 17 == 3 }
    let gradients = try evaluate(
      gradient(of: loss, withRespectTo: chosen.map { parameters[$0].tensor }), [images] + parameters
    )
    let step = 1e-5
    for (place, index) in chosen.enumerated() {
      let parameter = parameters[index]
      let entry = parameter.values.count / 2
      func value(_ by: Double) throws -> Double {
        var changed = parameters
        var values = parameter.values
        values[entry] += by
        changed[index] = parameter.with(values)
        return try evaluate([loss], [images] + changed)[0][0]
      }
      let difference = (try value(step) - value(-step)) / (2 * step)
      let exact = gradients[place][entry]
      #expect(abs(exact - difference) < 1e-7 * max(1, abs(exact)), "\(parameter.name)")
    }
  }
}
