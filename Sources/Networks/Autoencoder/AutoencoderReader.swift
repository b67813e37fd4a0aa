// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import Tensors

/// Encodes images and decodes latents with a trained autoencoder, block by block.
public final class AutoencoderReader {
  /// Images of a block.
  public static let blockRows = 64

  public let autoencoder: TrainedAutoencoder
  private let pool: WorkerPool
  private let parameters: Buffer<Float>
  private lazy var encoder = compiled(
    [autoencoder.network.configuration.inputChannels, autoencoder.imageSize, autoencoder.imageSize]
  ) { network, parameters, images in
    let moments = network.encoded(parameters, images)
    return [("mean", moments.mean), ("logVariance", moments.logVariance)]
  }
  private lazy var decoder = compiled(autoencoder.latentShape) { network, parameters, latents in
    [("images", network.decoded(parameters, latents))]
  }

  public init(_ autoencoder: TrainedAutoencoder, pool: WorkerPool) {
    self.autoencoder = autoencoder
    self.pool = pool
    parameters = Buffer(autoencoder.parameters)
  }

  /// The law of the latents of images, as the network has them, without scale and shift.
  ///
  /// - Parameter images: whole images, `[C, H, W]` each, in `[−1, 1]`.
  /// - Returns: means and logarithms of variances, latent by latent.
  /// - Throws: `EngineError`.
  public func encode(_ images: [Double]) throws -> (means: [Double], logVariances: [Double]) {
    let parts = try run(encoder, images, ["mean", "logVariance"])
    return (parts[0], parts[1])
  }

  /// Images in `[−1, 1]` or a little beyond, of latents of order one: their scale and shift are undone first.
  ///
  /// - Parameter latents: whole latents in the units of training.
  /// - Throws: `EngineError`.
  public func decode(_ latents: [Double]) throws -> [Double] {
    let (scale, shift) = (autoencoder.scale, autoencoder.shift)
    return try decodeRaw(latents.map { $0 / scale + shift })
  }

  /// Images of latents as the network has them.
  ///
  /// - Throws: `EngineError`.
  public func decodeRaw(_ latents: [Double]) throws -> [Double] {
    try run(decoder, latents, ["images"])[0]
  }

  private struct Compiled {
    let program: any CompiledProgram<Float>
    let input: Buffer<Float>
    let dimension: Int
  }

  private func compiled(
    _ shape: [Int],
    _ outputs:
      @escaping @Sendable (Autoencoder, ParameterTensors, Tensor) -> [(
        name: String, tensor: Tensor
      )]
  ) -> Compiled {
    let network = autoencoder.network
    let dimension = shape.reduce(1, *)
    let program = NativeEngine(pool: pool).compile(Float.self, rows: Self.blockRows) { rows in
      let parameters = network.layout.tensors()
      let input = Tensor.input("input", [rows, dimension])
      let image = input.reshaped(to: [rows, shape[0], shape[1], shape[2]])
      return Program(
        rows: rows, inputs: [(.perRow, input)] + parameters.inputs,
        outputs: outputs(network, parameters, image).map { ($0.name, .perRow, $0.tensor) })
    }
    let input = Buffer<Float>(count: Self.blockRows * dimension)
    program.bind(input: "input", to: input)
    program.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    program.prepare()
    return Compiled(program: program, input: input, dimension: dimension)
  }

  private func run(
    _ compiled: Compiled, _ values: [Double], _ outputs: [String]
  ) throws -> [[Double]] {
    let d = compiled.dimension
    precondition(values.count.isMultiple(of: d), "\(values.count) numbers in rows of \(d)")
    let buffers = outputs.map { compiled.program.output($0) }
    var found = outputs.map { _ in [Double]() }
    for start in stride(from: 0, to: values.count / d, by: Self.blockRows) {
      let rows = min(Self.blockRows, values.count / d - start)
      for place in 0..<rows * d { compiled.input[place] = Float(values[start * d + place]) }
      try compiled.program.run()
      for (index, buffer) in buffers.enumerated() {
        let width = buffer.count / Self.blockRows
        for place in 0..<rows * width { found[index].append(Double(buffer[place])) }
      }
    }
    return found
  }
}
