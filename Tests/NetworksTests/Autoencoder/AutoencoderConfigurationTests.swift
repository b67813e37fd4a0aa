// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Testing

@Suite struct AutoencoderConfigurationTests {
  private static let published = """
    {"_class_name": "AutoencoderKL", "_diffusers_version": "0.4.2", "act_fn": "silu",
     "block_out_channels": [128, 256, 512, 512], "in_channels": 3, "latent_channels": 4, "layers_per_block": 2,
     "out_channels": 3, "sample_size": 512, "norm_num_groups": 32,
     "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
     "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
    """

  private func read(_ text: String) throws -> AutoencoderConfiguration {
    try AutoencoderConfiguration(published: Data(text.utf8))
  }

  @Test("a published configuration is read; what it leaves out is there")
  func published() throws {
    #expect(try read(Self.published) == .stableDiffusion)
    let bare = Self.published.replacingOccurrences(
      of: "{\"_class",
      with: "{\"use_quant_conv\": false, \"mid_block_add_attention\": false, \"_class")
    let configuration = try read(bare)
    #expect(!configuration.hasEncoderProjection && !configuration.hasAttention)
    #expect(configuration.hasDecoderProjection)
    let layout = Autoencoder(configuration).layout
    #expect(layout.index(of: "quant_conv.weight") == nil)
    #expect(!layout.entries.contains { $0.name.contains("attentions") })
  }

  @Test(
    "what this autoencoder cannot be is refused by its key",
    arguments: [
      ("\"act_fn\": \"silu\"", "\"act_fn\": \"relu\"", "relu"),
      ("\"UpDecoderBlock2D\"]", "\"AttnUpDecoderBlock2D\"]", "up_block_types"),
      ("\"in_channels\": 3, ", "", "in_channels"),
      ("\"in_channels\": 3", "\"in_channels\": \"3\"", "in_channels"),
      ("\"in_channels\": 3", "\"in_channels\": 0", "channels of the images"),
      ("\"norm_num_groups\": 32", "\"norm_num_groups\": 33", "33"),
      ("\"sample_size\"", "\"sample_sice\"", "sample_sice"), ("{\"_class", "[{\"_class", "JSON"),
    ])
  func refusals(text: String, replacement: String, named: String) {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try read(Self.published.replacingOccurrences(of: text, with: replacement))
    }
    #expect(error?.description.contains(named) == true)
  }

  @Test("it is written and read back, and a network beyond memory is refused")
  func coding() throws {
    let data = try JSONEncoder().encode(AutoencoderConfiguration.tiny)
    #expect(try JSONDecoder().decode(AutoencoderConfiguration.self, from: data) == .tiny)
    try AutoencoderConfiguration.tiny.validate()
    #expect(throws: ConfigurationError.self) {
      try AutoencoderConfiguration.stableDiffusion.validate(memory: 1 << 30)
    }
  }
}
