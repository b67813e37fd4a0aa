// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import RandomStreams
import TestSupport
import Testing

@Suite struct TrainedAutoencoderTests {
  static let trained: TrainedAutoencoder = {
    let network = Autoencoder(
      AutoencoderConfiguration(
        inputChannels: 1, outputChannels: 1, blockChannels: [4, 4, 8], layersPerBlock: 1,
        latentChannels: 3, groups: 2))
    return TrainedAutoencoder(
      network: network,
      parameters: network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters)),
      scale: 0.5, shift: -0.25, imageSize: 8, record: ["data": "fashion-mnist", "seed": "1"])
  }()

  @Test(
    "what is written is read again, with scale, shift and record, and equal contents give equal bytes"
  )
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let (path, again) = ("\(folder)/a.safetensors", "\(folder)/b.safetensors")
      try Self.trained.write(to: path, as: .float64)
      let read = try TrainedAutoencoder(contentsOf: path)
      #expect(read == Self.trained)
      #expect(read.imageShape == [1, 8, 8] && read.latentShape == [3, 2, 2])
      try read.write(to: again, as: .float64)
      let files = contents(of: folder)
      #expect(files["a.safetensors"] != nil && files["a.safetensors"] == files["b.safetensors"])
      // The names and arrangement are the published ones.
      let file = try SafeTensors(contentsOf: path)
      #expect(file.tensors["encoder.conv_in.weight"]?.shape == [4, 1, 3, 3])
      #expect(file.tensors["decoder.mid_block.attentions.0.to_out.0.weight"]?.shape == [8, 8])
    }
  }

  @Test("a file of something else, without its numbers, or with other tensors is refused by name")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try SafeTensors(metadata: [:]).write(to: path)
      #expect(throws: AutoencoderFileError.noConfiguration(path: path)) {
        try TrainedAutoencoder(contentsOf: path)
      }
      try Self.trained.write(to: path, as: .float32)
      let whole = try SafeTensors(contentsOf: path)
      let text = try #require(whole.metadata["config"])
      func refused(_ change: (inout SafeTensors) -> Void) throws -> (any Error)? {
        var file = whole
        change(&file)
        try file.write(to: path)
        do {
          _ = try TrainedAutoencoder(contentsOf: path)
          return nil
        } catch { return error }
      }
      for (old, new) in [
        ("\"scaling_factor\":0.5", "\"scaling_factor\":0"),
        ("\"sample_size\":8", "\"sample_size\":6"),
        ("\"scaling_factor\":0.5,", ""),
      ] {
        let changed = text.replacingOccurrences(of: old, with: new)
        #expect(changed != text)
        let error = try refused { $0.metadata["config"] = changed }
        #expect(error as? AutoencoderFileError == .numbers(path: path, reduction: 4))
      }
      let sizes = try refused {
        $0.metadata["config"] = text.replacingOccurrences(
          of: "\"norm_num_groups\":2", with: "\"norm_num_groups\":3")
      }
      #expect(sizes is AutoencoderFileError)
      #expect(sizes.map { "\($0)" }?.hasPrefix(path) == true)
      let missing = try refused { $0["quant_conv.bias"] = nil }
      #expect((missing as? PublishedCheckpointError)?.missing == ["quant_conv.bias"])
      let bad = try refused {
        $0["quant_conv.bias"] = SafeTensors.Tensor([Float](repeating: .nan, count: 6), shape: [6])
      }
      guard case .notFinite(path, _)? = bad as? AutoencoderFileError else {
        Issue.record("a parameter that is not finite was read: \(String(describing: bad))")
        return
      }
    }
  }
}
