// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Tensors
import Testing

@Suite struct PublishedAutoencoderNamesTests {
  private static let names = PublishedAutoencoderNames(
    AutoencoderConfiguration(
      inputChannels: 3, outputChannels: 3, blockChannels: [4, 8], layersPerBlock: 1,
      latentChannels: 2, groups: 2))

  @Test("a kernel is [features, channels, height, width] there and a matrix here")
  func kernels() throws {
    let layout = Self.names.layout
    let vector = (0..<layout.count).map(Double.init)
    let arrays = Self.names.arrays(from: vector)
    #expect(arrays.flatMap(\.values).sorted() == vector)
    let array = try #require(arrays.first { $0.name == "encoder.conv_in.weight" })
    let entry = layout.entries[try #require(layout.index(of: array.name))]
    #expect(array.shape == [4, 3, 3, 3] && entry.shape == [27, 4])
    let (feature, channel, row, column) = (2, 1, 0, 2)
    #expect(
      array.values[((feature * 3 + channel) * 3 + row) * 3 + column]
        == Double(entry.offset + ((row * 3 + column) * 3 + channel) * 4 + feature))
  }

  @Test("older names and matrices as convolutions of one pixel are read as what they are now")
  func older() throws {
    let names = Self.names
    let vector = (0..<names.layout.count).map(Double.init)
    var file = SafeTensors()
    for (name, tensor) in names.checkpoint(vector, as: .float64).tensors {
      var old = name
      for (new, older) in [
        ("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn"),
      ] { old = old.replacingOccurrences(of: ".\(new).", with: ".\(older).") }
      let isMatrix = old != name && tensor.shape.count == 2
      file[old] = SafeTensors.Tensor(
        try #require(tensor.values(as: Double.self)),
        shape: isMatrix ? tensor.shape + [1, 1] : tensor.shape)
    }
    #expect(file["encoder.mid_block.attentions.0.proj_attn.weight"]?.shape == [8, 8, 1, 1])
    #expect(try names.vector(from: file, path: "a") == vector)
  }

  @Test("the published autoencoder of Stable Diffusion has 248 arrays and 83653863 parameters")
  func stableDiffusion() {
    let names = PublishedAutoencoderNames(.stableDiffusion)
    #expect(names.entries.count == 248)
    #expect(names.layout.count == 83_653_863)
  }
}
