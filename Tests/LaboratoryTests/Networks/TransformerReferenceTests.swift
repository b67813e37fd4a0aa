// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Laboratory
import Networks
import Tensors
import TestSupport
import Testing

/// The transformer against `Fixtures/transformer.safetensors`, values computed in double precision by another
/// program on random weights with the names of the published checkpoints. Agreement is asked to 1e-9.
@Suite struct TransformerReferenceTests {
  private static let network = FlowMapTransformer(
    TransformerConfiguration(
      imageSize: 8, patchSize: 2, channels: 3, width: 24, depth: 2, heads: 2))
  private static let rows = 3
  private static let classTable = "y_embedder.embedding_table.weight"

  private let file: SafeTensors
  private let path: String

  init() throws {
    path = try #require(
      Bundle.module.path(
        forResource: "transformer", ofType: "safetensors", inDirectory: "Fixtures"))
    file = try SafeTensors(contentsOf: path)
  }

  private func values(_ name: String) throws -> [Double] {
    try file.values(name, as: Double.self, path: path)
  }

  /// The checkpoint's name of a layer, and which of how many equal parts of its outputs the layer is.
  private func source(_ layer: String) -> (name: String, part: Int, parts: Int) {
    let words = layer.split(separator: ".").map(String.init)
    switch words[0] {
    case "patch": return ("x_embedder.proj", 0, 1)
    case "time": return ("t_embedder.mlp.\(words[1] == "0" ? 0 : 2)", 0, 1)
    case "endTime": return ("s_embedder.mlp.\(words[1] == "0" ? 0 : 2)", 0, 1)
    case "final":
      return (words.count == 1 ? "final_layer.linear" : "final_layer.adaLN_modulation.1", 0, 1)
    default: break
    }
    let block = "blocks.\(words[1])"
    switch words[2] {
    case "query": return ("\(block).attn.qkv", 0, 3)
    case "key": return ("\(block).attn.qkv", 1, 3)
    case "value": return ("\(block).attn.qkv", 2, 3)
    case "projection": return ("\(block).attn.proj", 0, 1)
    case "gate": return ("\(block).mlp.w12", 0, 2)
    case "up": return ("\(block).mlp.w12", 1, 2)
    case "down": return ("\(block).mlp.w3", 0, 1)
    default: return ("\(block).adaLN_modulation.1", 0, 1)
    }
  }

  /// A parameter, or its gradient, in the layout of the network: a part of the checkpoint's outputs, and
  /// `[in, out]` where that has `[out, in…]`.
  private func entry(_ prefix: String, _ entry: ParameterLayout.Entry) throws -> [Double] {
    let words = entry.name.split(separator: ".")
    let (name, part, parts) = source(words.dropLast().joined(separator: "."))
    let whole = try values("\(prefix).\(name).\(words[words.count - 1])")
    let count = whole.count / parts
    let stored = Array(whole[part * count..<(part + 1) * count])
    guard entry.shape.rank == 2 else { return stored }
    let (inputs, outputs) = (entry.shape[0], entry.shape[1])
    return (0..<inputs).flatMap { i in (0..<outputs).map { o in stored[o * inputs + i] } }
  }

  /// The largest difference relative to the largest expected entry.
  private func relativeError(_ values: [Double], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1) / scale) }
  }

  /// Output, tangent along `(tangent, 1, 0)` and gradients of one row. The network has no classes; the
  /// embedding of the row's class is added where it enters, to the last bias of the time embedding.
  private func results(row: Int) throws -> [[Double]] {
    let (network, d) = (Self.network, Self.network.dimension)
    func part(_ name: String) throws -> [Double] {
      Array(try values(name)[row * d..<(row + 1) * d])
    }
    let x = Argument("x", [1, d], try part("x"))
    let t = Argument("t", [1, 1], [try values("t")[row]])
    let s = Argument("s", [1, 1], [try values("s")[row]])
    let direction = Argument("tangent", [1, d], try part("tangent"))
    let cotangent = Argument("cotangent", [1, d], try part("cotangent"))
    let label = Int(try file.values("classes", as: Int64.self, path: path)[row])
    let width = network.configuration.width
    let embedding = try values("parameter.\(Self.classTable)")[label * width..<(label + 1) * width]
    let parameters = try network.layout.entries.map { entry in
      var values = try self.entry("parameter", entry)
      if entry.name == "time.1.bias" { values = zip(values, embedding).map { $0 + $1 } }
      return Argument("parameters/\(entry.name)", entry.shape, values)
    }
    let output = network(
      ParameterTensors(
        layout: network.layout, prefix: "parameters", tensors: parameters.map(\.tensor)),
      noisy: x.tensor, time: t.tensor, endTime: s.tensor)
    let tangent = derivative(
      of: output,
      along: [x.tensor: direction.tensor, t.tensor: .ones([1, 1]), s.tensor: .zeros([1, 1])])
    let gradients = gradient(
      of: (output * cotangent.tensor).sum(), withRespectTo: parameters.map(\.tensor))
    return try evaluate(
      [output, tangent] + gradients, [x, t, s, direction, cotangent] + parameters)
  }

  @Test("output, tangent and every gradient are the reference's")
  func reference() throws {
    let rows = try (0..<Self.rows).map(results)
    #expect(relativeError(rows.flatMap { $0[0] }, try values("output")) < 1e-9)
    #expect(relativeError(rows.flatMap { $0[1] }, try values("outputTangent")) < 1e-9)
    for (index, parameter) in Self.network.layout.entries.enumerated() {
      let total = rows.dropFirst().reduce(rows[0][2 + index]) { total, row in
        zip(total, row[2 + index]).map { $0 + $1 }
      }
      let error = relativeError(total, try entry("gradient", parameter))
      #expect(error < 1e-9, "gradient of \(parameter.name)")
    }
  }

  @Test("the layout holds every parameter of the file but the class table and the fixed positions")
  func completeness() throws {
    let stored = file.tensors.keys.filter { $0.hasPrefix("parameter.") }
      .map { String($0.dropFirst("parameter.".count)) }
    let layers = Self.network.layout.entries.map { entry in
      let words = entry.name.split(separator: ".")
      return source(words.dropLast().joined(separator: ".")).name + ".\(words[words.count - 1])"
    }
    #expect(Set(stored).subtracting([Self.classTable, "pos_embed"]) == Set(layers))
    let count = try stored.filter { ![Self.classTable, "pos_embed"].contains($0) }
      .reduce(0) { $0 + (try values("parameter.\($1)").count) }
    #expect(count == Self.network.layout.count)
  }
}
