// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
import Files
internal import Foundation
public import GroundTruth
internal import Networks
internal import Tensors

/// Values of an autoencoder as computed by another program: the format of `vae.safetensors`, with the names of
/// diffusers' AutoencoderKL.
///
/// The metadata hold the sizes (`config`); the tensors the parameters, images (`input`) with the `latentMean` and
/// `latentLogVariance` of their encoding, and latents (`latent`) with their decoded `output`.
public struct AutoencoderReference: Sendable {
  let configuration: AutoencoderConfiguration
  /// In the layout of the autoencoder.
  let parameters: [Double]
  /// Row-major, as are all.
  let input: Values
  let mean: Values
  let logVariance: Values
  let latent: Values
  let output: Values

  struct Values {
    let shape: [Int]
    let values: [Double]
  }

  /// The tensors that no other format has: one that lacks some is still recognised, so that the missing one
  /// can be named.
  static let ownNames: Set<String> = ["input", "latentMean", "latentLogVariance", "latent"]

  init(_ tensors: ReferenceTensors) throws(ReferenceError) {
    let file = tensors.file
    guard let sizes = tensors.contents.metadata["config"] else {
      throw .missingKey(file: file, key: "\(SafeTensors.metadataName).config")
    }
    do {
      configuration = try AutoencoderConfiguration(published: Data(sizes.utf8))
      try configuration.validate()
    } catch {
      throw .wrongValue(
        file: file, key: "\(SafeTensors.metadataName).config", reason: "\(error)")
    }
    do {
      parameters = try PublishedAutoencoderNames(configuration).vector(
        from: tensors.contents, ignoring: Self.ownNames.union(["output"]), path: file)
    } catch let error as PublishedCheckpointError {
      throw .checkpoint(error)
    } catch let error as SafeTensorsError {
      throw .tensors(error)
    } catch {
      throw .malformed(file: file, reason: "\(error)")
    }
    let step = configuration.reduction
    input = try tensors.images("input", channels: configuration.inputChannels, multiple: step)
    let latentShape =
      [input.shape[0], configuration.latentChannels] + input.shape.suffix(2).map { $0 / step }
    func encoded(_ name: String) throws(ReferenceError) -> Values {
      Values(shape: latentShape, values: try tensors.values(name, latentShape))
    }
    mean = try encoded("latentMean")
    logVariance = try encoded("latentLogVariance")
    latent = try tensors.images("latent", channels: configuration.latentChannels, multiple: 1)
    let outputShape =
      [latent.shape[0], configuration.outputChannels] + latent.shape.suffix(2).map { $0 * step }
    output = Values(shape: outputShape, values: try tensors.values("output", outputShape))
  }

  /// Compares every number of the file with the lab's own, computed in Double by the compiled engine.
  ///
  /// Errors are relative, number by number; see ``ReferenceTally``. The tolerance is 1e-9.
  ///
  /// - Throws: `EngineError`.
  public func check() throws -> [ReferenceCheck] {
    let network = Autoencoder(configuration)
    let encoding = try run(input) { parameters, images in
      let moments = network.encoded(parameters, images)
      return [("latentMean", moments.mean), ("latentLogVariance", moments.logVariance)]
    }
    let decoding = try run(latent) { parameters, latents in
      [("output", network.decoded(parameters, latents))]
    }
    let got = encoding.merging(decoding) { first, _ in first }
    var tally = ReferenceTally()
    for (quantity, want) in [
      ("latentMean", mean), ("latentLogVariance", logVariance), ("output", output),
    ] {
      let rows = want.shape[0]
      let size = want.values.count / rows
      for row in 0..<rows {
        let range = row * size..<(row + 1) * size
        tally.compare(
          quantity, Array((got[quantity] ?? [])[range]), Array(want.values[range]), tolerance: 1e-9)
      }
    }
    return tally.results
  }

  private func run(
    _ x: Values,
    _ trace: @escaping (ParameterTensors, Tensor) -> [(name: String, tensor: Tensor)]
  ) throws(EngineError) -> [String: [Double]] {
    let layout = Autoencoder(configuration).layout
    let executable = Executable<Double>(
      rows: x.shape[0], pool: WorkerPool(threads: 1)
    ) { rows in
      let tensors = layout.tensors()
      let input = Tensor.input("x", Shape([rows] + x.shape.dropFirst()))
      return Program(
        rows: rows, inputs: [(.perRow, input)] + tensors.inputs,
        outputs: trace(tensors, input).map { ($0.name, .perRow, $0.tensor) })
    }
    executable.bind(inputs: layout, prefix: "parameters", to: Buffer(parameters))
    return try executable.evaluate(["x": x.values])
  }
}

extension ReferenceTensors {
  /// Images of any size: a tensor `[rows, channels, height, width]`, both sides multiples of a number.
  fileprivate func images(
    _ name: String, channels: Int, multiple: Int
  ) throws(ReferenceError) -> AutoencoderReference.Values {
    guard let shape = contents[name]?.shape else {
      throw .tensors(SafeTensorsError(path: file, tensor: name, problem: .missing))
    }
    guard
      shape.count == 4, shape.allSatisfy({ $0 > 0 }), shape[1] == channels,
      shape[2] % multiple == 0, shape[3] % multiple == 0
    else {
      throw .wrongValue(
        file: file, key: name,
        reason:
          "the shape is \(shape); wanted are images [rows, \(channels), height, width] whose sides are "
          + "multiples of \(multiple)")
    }
    return AutoencoderReference.Values(shape: shape, values: try values(name, shape))
  }
}
