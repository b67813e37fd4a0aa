// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Where the parameters of an autoencoder stand in a published checkpoint: under the names of its layout, in
/// PyTorch's shapes.
///
/// Older files call the layers of attention `query`, `key`, `value` and `proj_attn`, and may hold their matrices as
/// convolutions of one pixel; both are understood in reading.
public struct PublishedAutoencoderNames: PublishedNames {
  public let layout: ParameterLayout
  public let entries: [PublishedArray]

  public init(_ configuration: AutoencoderConfiguration) {
    let layout = Autoencoder(configuration).layout
    self.layout = layout
    entries = AutoencoderLayer.all(configuration).flatMap { layer -> [PublishedArray] in
      func array(
        _ part: String, _ shape: [Int], _ arrangement: PublishedArray.Arrangement
      ) -> PublishedArray {
        let name = "\(layer.name).\(part)"
        return PublishedArray(
          name, shape, places: [layout.place(of: name)], arrangement,
          olderNames: Self.olderName(of: layer.name).map { ["\($0).\(part)"] } ?? [])
      }
      let weight: PublishedArray
      switch layer.kind {
      case .convolution(let kernel):
        weight = array(
          "weight", [layer.outputs, layer.inputs, kernel, kernel],
          .kernel(height: kernel, width: kernel))
      case .linear: weight = array("weight", [layer.outputs, layer.inputs], .transposed)
      case .norm: weight = array("weight", [layer.outputs], .same)
      }
      return [weight, array("bias", [layer.outputs], .same)]
    }
  }

  /// What files from before 2023 call a layer of attention.
  private static func olderName(of layer: String) -> String? {
    for (name, older) in [
      (".to_q", ".query"), (".to_k", ".key"), (".to_v", ".value"), (".to_out.0", ".proj_attn"),
    ] where layer.hasSuffix(name) {
      return layer.dropLast(name.count) + older
    }
    return nil
  }
}
