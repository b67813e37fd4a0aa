// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Networks
import RandomStreams
import Testing

@Suite struct PublishedCheckpointTests {
  private static let sizes = TransformerConfiguration(
    imageSize: 4, patchSize: 2, channels: 3, width: 8, depth: 2, heads: 2, classCount: 5)
  private static let transformer = PublishedTransformerNames(sizes)
  private static let autoencoder = PublishedAutoencoderNames(
    AutoencoderConfiguration(
      inputChannels: 1, outputChannels: 1, blockChannels: [4, 8], layersPerBlock: 1,
      latentChannels: 2, groups: 2))
  private static let all: [any PublishedNames] = [transformer, autoencoder]

  private func vector(_ count: Int) -> [Double] {
    RandomStream(seed: 3, purpose: "test").normals(rows: 1, draws: count)
  }

  @Test(
    "a checkpoint that is read and written again is the same to the byte",
    arguments: FloatingPointElement.allCases)
  func bytes(type: FloatingPointElement) throws {
    for names in Self.all {
      let vector = vector(names.layout.count)
      let first = names.checkpoint(vector, as: type)
      let read = try names.vector(
        from: try SafeTensors(data: first.encoded(), path: "a"), path: "a")
      #expect(names.checkpoint(read, as: type).encoded() == first.encoded())
      #expect(zip(read, vector).allSatisfy { abs($0 - $1) <= abs($1) * 0x1p-8 + 0x1p-25 })
      if type == .float64 { #expect(read == vector) }
    }
  }

  @Test("a prefix is understood, and what has none is not the checkpoint's")
  func prefix() throws {
    let names = Self.transformer
    let vector = vector(names.layout.count)
    var file = SafeTensors()
    for (name, tensor) in names.checkpoint(vector, as: .float64).tensors {
      file["parameter.\(name)"] = tensor
    }
    file.setVector("x", [1.0])
    #expect(try names.vector(from: file, prefix: "parameter.", path: "a") == vector)
  }

  @Test("all that is missing, misnamed and misshapen is named in one error")
  func refusal() throws {
    let names = Self.autoencoder
    var file = names.checkpoint(vector(names.layout.count), as: .float32)
    file["decoder.conv_out.weigth"] = file["decoder.conv_out.weight"]
    file["decoder.conv_out.weight"] = nil
    file["quant_conv.bias"] = nil
    file.setVector("encoder.conv_in.bias", [1.0, 2])
    let error = #expect(throws: PublishedCheckpointError.self) {
      _ = try names.vector(from: file, path: "vae.safetensors")
    }
    #expect(error?.missing.sorted() == ["decoder.conv_out.weight", "quant_conv.bias"])
    #expect(error?.unknown == ["decoder.conv_out.weigth"])
    #expect(
      error?.misshapen == [.init(name: "encoder.conv_in.bias", found: [2], expected: [4])])
    let text = error?.description ?? ""
    for part in ["vae.safetensors", "quant_conv.bias", "weigth", "encoder.conv_in.bias", "[4]"] {
      #expect(text.contains(part))
    }
  }
}
