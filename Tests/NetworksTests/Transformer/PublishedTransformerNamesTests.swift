// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import Tensors
import Testing

@Suite struct PublishedTransformerNamesTests {
  private static let names = PublishedTransformerNames(
    TransformerConfiguration(
      imageSize: 4, patchSize: 2, channels: 3, width: 8, depth: 2, heads: 2, classCount: 5))

  @Test("a vector survives the way into a checkpoint's arrays and back")
  func roundTrip() throws {
    let names = Self.names
    let vector = (0..<names.layout.count).map(Double.init)
    let arrays = names.arrays(from: vector)
    #expect(arrays.map(\.name) == names.entries.map(\.name))
    #expect(arrays.flatMap(\.values).sorted() == vector)
    let back = names.vector { name, shape in
      guard let array = arrays.first(where: { $0.name == name }), array.shape == shape else {
        Issue.record("\(name) of the shape \(shape)")
        return [Double](repeating: 0, count: shape.reduce(1, *))
      }
      return array.values
    }
    #expect(back == vector)
  }

  @Test("weights are [outputs, inputs], and packed layers stand on top of each other")
  func packing() throws {
    let names = Self.names
    let layout = names.layout
    let vector = (0..<layout.count).map(Double.init)
    let arrays = names.arrays(from: vector)
    func parameter(_ name: String, _ input: Int, _ output: Int) throws -> Double {
      let entry = layout.entries[try #require(layout.index(of: name))]
      return vector[entry.offset + input * entry.shape[1] + output]
    }
    func array(_ name: String) throws -> (shape: [Int], values: [Double]) {
      let array = try #require(arrays.first { $0.name == name })
      return (array.shape, array.values)
    }
    let packed = try array("blocks.1.attn.qkv.weight")
    #expect(packed.shape == [24, 8])
    #expect(try packed.values[(8 + 3) * 8 + 5] == parameter("blocks.1.key.weight", 5, 3))
    let gated = try array("blocks.0.mlp.w12.weight")
    #expect(gated.shape == [42, 8])
    #expect(try gated.values[(21 + 4) * 8 + 6] == parameter("blocks.0.up.weight", 6, 4))
    let patch = try array("x_embedder.proj.weight")
    #expect(patch.shape == [8, 3, 2, 2])
    #expect(try patch.values[7 * 12 + 2 * 4 + 3] == parameter("patch.weight", 11, 7))
    let table = try array("y_embedder.embedding_table.weight")
    #expect(table.shape == [6, 8])
    #expect(try table.values[5 * 8 + 1] == parameter("labels", 5, 1))
  }

  private struct Missing: Error, Equatable { let name: String }

  @Test("what reading an array throws comes through")
  func errors() {
    #expect(throws: Missing(name: "x_embedder.proj.weight")) {
      _ = try Self.names.vector { name, _ throws(Missing) in throw Missing(name: name) }
    }
  }
}
