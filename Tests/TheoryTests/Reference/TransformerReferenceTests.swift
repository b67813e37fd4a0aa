// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Networks
import Tensors
import TestSupport
import Testing

@testable import Files
@testable import Theory

/// The transformer against `Fixtures/transformer.safetensors`, values computed in double precision by another
/// program on random weights with the names of the published checkpoints. Agreement is asked to 1e-9.
@Suite struct TransformerReferenceTests {
  private let fixture: TensorReference

  init() throws { fixture = try TensorReference("transformer") }

  @Test("positions, output, tangent and every gradient are the reference's")
  func reference() throws {
    let checks = try ReferenceFile(contentsOfFile: fixture.path).check()
    let gradients = fixture.file.tensors.keys.filter { $0.hasPrefix("gradient.") }
    #expect(
      Set(checks.map(\.quantity))
        == Set(["parameter.pos_embed", "output", "outputTangent"]).union(gradients))
    for check in checks { #expect(check.passes, "\(check)") }
    let counts = try checks.map {
      ($0.count, try #require(fixture.file[$0.quantity]).shape.reduce(1, *))
    }
    #expect(counts.allSatisfy { $0 == $1 })
  }

  @Test("the reference has rows with a class and one without")
  func classes() throws {
    let reference = try TransformerReference(contentsOfFile: fixture.path)
    #expect(reference.configuration.classCount == 5)
    #expect(reference.classes.contains(5) && Set(reference.classes).count > 1)
  }

  @Test("a row without a class is that of a transformer told no class at all")
  func untoldLabel() throws {
    let reference = try TransformerReference(contentsOfFile: fixture.path)
    let row = try #require(reference.classes.firstIndex(of: 5))
    let network = FlowMapTransformer(reference.configuration)
    let range = row * network.dimension..<(row + 1) * network.dimension
    let parameters = network.layout.entries.map { entry in
      Argument(
        "parameters/\(entry.name)", entry.shape,
        Array(reference.parameters[entry.offset..<entry.offset + entry.shape.count]))
    }
    let x = Argument("x", [1, network.dimension], Array(reference.points[range]))
    let t = Argument("t", [1, 1], [reference.times[row]])
    let s = Argument("s", [1, 1], [reference.endTimes[row]])
    let output = network(
      ParameterTensors(
        layout: network.layout, prefix: "parameters", tensors: parameters.map(\.tensor)),
      noisy: x.tensor, time: t.tensor, endTime: s.tensor)
    let values = try evaluate([output], [x, t, s] + parameters)[0]
    #expect(relativeDifference(values, Array(reference.output[range])) < 1e-9)
  }

  @Test(
    "a number that was altered is refused by its name",
    arguments: [
      "output", "outputTangent", "gradient.y_embedder.embedding_table.weight",
      "gradient.blocks.1.mlp.w12.bias", "parameter.pos_embed",
    ])
  func altered(name: String) throws {
    let reference = try fixture.changed { file in
      let tensor = try #require(file[name])
      var values = try #require(tensor.values(as: Double.self))
      let place = try #require(values.lastIndex { $0 != 0 })
      values[place] *= 1 + 1e-6
      file[name] = SafeTensors.Tensor(values, shape: tensor.shape)
    }
    #expect(try reference.check().filter { !$0.passes }.map(\.quantity) == [name])
  }

  @Test("a parameter or class that was altered is noticed in the output")
  func alteredInputs() throws {
    let parameter = try fixture.changed { file in
      let name = "parameter.final_layer.linear.bias"
      var values = try #require(file[name]?.values(as: Double.self))
      values[3] += 1e-6
      file[name] = SafeTensors.Tensor(values, shape: [values.count])
    }
    #expect(try parameter.check().contains { $0.quantity == "output" && !$0.passes })
    let label = try fixture.changed {
      $0["classes"] = SafeTensors.Tensor([Int64(5), 5, 5], shape: [3])
    }
    #expect(try label.check().contains { $0.quantity == "output" && !$0.passes })
  }

  @Test("what is missing, unknown, of another type or shape, or out of range is refused by name")
  func refusals() throws {
    #expect(fixture.refusal { $0["outputTangent"] = nil }.contains("\"outputTangent\""))
    #expect(
      fixture.refusal { $0["parameter.x_embedder.proj.bias"] = nil }.contains(
        "x_embedder.proj.bias"))
    #expect(fixture.refusal { $0.setVector("surplus", [1.0]) }.contains("\"surplus\""))
    #expect(fixture.refusal { $0["x"] = SafeTensors.Tensor([1.0], shape: [1]) }.contains("\"x\""))
    #expect(fixture.refusal { $0.setVector("classes", [1.0, 2, 3]) }.contains("I64 are needed"))
    #expect(fixture.refusal { $0.setVector("classes", [Int64(0), 1, 6]) }.contains("found 6"))
    #expect(fixture.refusal { $0.setVector("classes", [Int64]()) }.contains("there is no row"))
    #expect(fixture.refusal { $0.setVector("t", [0.1, 0.2, 1.5]) }.contains("found 1.5"))
    #expect(fixture.refusal { $0.metadata["config"] = nil }.contains("config"))
    #expect(fixture.refusal { $0.metadata["config"] = "{}" }.contains("input_size"))
    let heads = fixture.refusal {
      $0.metadata["config"] = $0.metadata["config"]?.replacingOccurrences(
        of: "\"num_heads\": 2", with: "\"num_heads\": 5")
    }
    #expect(heads.contains("24 with 5 heads"))
    let unknown = fixture.refusal {
      $0.metadata["config"] = $0.metadata["config"]?.replacingOccurrences(
        of: "{", with: "{\"mlp_ratio\": 4, ")
    }
    #expect(unknown.contains("mlp_ratio"))
  }
}
