// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Networks
import Testing

@Suite struct NetworkPresetTests {
  @Test("every preset has a name of its own, which leads back to it")
  func names() {
    #expect(Set(NetworkPreset.all.map(\.name)).count == NetworkPreset.all.count)
    for preset in NetworkPreset.all { #expect(NetworkPreset(name: preset.name) == preset) }
    #expect(NetworkPreset(name: "B/3") == nil)
  }

  @Test("networks of images take the shape of the points, in patches and levels that fit")
  func shapes() throws {
    let small = try NetworkPreset.transformer(.tiny).network(shape: [1, 14, 14], classCount: 10)
    #expect(small.dimension == 196 && small.classCount == 10)
    #expect(small.transformer?.configuration.patchSize == 2)
    let latents = try NetworkPreset.transformer(.base4).network(shape: [4, 32, 32])
    #expect(latents == .transformer(FlowMapTransformer(TransformerPreset.base4.configuration())))
    let levels = try NetworkPreset.unet.network(shape: [3, 14, 14]).unet
    #expect(levels?.configuration.blockChannels.count == 2)
    let plane = try NetworkPreset.perceptron.network(shape: [2])
    #expect(plane == .perceptron(MultilayerPerceptron()))
  }

  @Test("points that are no square images are refused by the name of the network")
  func refusals() {
    for shape in [[2], [1, 4, 6]] {
      let error = #expect(throws: ConfigurationError.self) {
        try NetworkPreset.transformer(.small4).network(shape: shape)
      }
      #expect(error?.value == "S/4 on points of shape \(shape)")
    }
  }
}
