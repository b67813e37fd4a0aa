// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import TestSupport
import Testing

@testable import Files
@testable import Theory

/// The autoencoder against `Fixtures/autoencoder.safetensors`, values computed in double precision by another
/// program on random weights with the names of the published checkpoints. Agreement is asked to 1e-9.
@Suite struct AutoencoderReferenceTests {
  private let fixture: TensorReference

  init() throws { fixture = try TensorReference("autoencoder") }

  @Test("the moments of the encoder and the output of the decoder are the reference's")
  func reference() throws {
    let checks = try ReferenceFile(contentsOfFile: fixture.path).check()
    #expect(checks.map(\.quantity) == ["latentMean", "latentLogVariance", "output"])
    for check in checks { #expect(check.passes, "\(check)") }
    #expect(checks.map(\.count) == [512, 512, 1536])
  }

  @Test(
    "a number that was altered is noticed where it matters",
    arguments: [
      ("latentMean", ["latentMean"]), ("output", ["output"]),
      ("encoder.down_blocks.0.downsamplers.0.conv.bias", ["latentMean", "latentLogVariance"]),
      ("decoder.mid_block.attentions.0.to_v.weight", ["output"]),
    ])
  func altered(name: String, quantities: [String]) throws {
    let reference = try fixture.changed { file in
      let tensor = try #require(file[name])
      var values = try #require(tensor.values(as: Double.self))
      values[1] += 1e-4
      file[name] = SafeTensors.Tensor(values, shape: tensor.shape)
    }
    #expect(try reference.check().filter { !$0.passes }.map(\.quantity) == quantities)
  }

  @Test("what is missing, unknown or of another shape is refused by name")
  func refusals() throws {
    #expect(fixture.refusal { $0["latentMean"] = nil }.contains("\"latentMean\""))
    #expect(fixture.refusal { $0["latent"] = nil }.contains("\"latent\""))
    let names = fixture.refusal {
      $0["quant_conv.bias"] = nil
      $0["encoder.conv_in.bias"] = SafeTensors.Tensor([1.0], shape: [1])
      $0.setVector("surplus", [1.0])
    }
    #expect(["quant_conv.bias", "encoder.conv_in.bias", "surplus"].allSatisfy(names.contains))
    #expect(
      fixture.refusal { $0["input"] = SafeTensors.Tensor([1.0], shape: [1]) }.contains(
        "\"input\""))
    #expect(fixture.refusal { $0.metadata["config"] = nil }.contains("config"))
    #expect(fixture.refusal { $0.metadata["config"] = "{}" }.contains("block_out_channels"))
  }
}
