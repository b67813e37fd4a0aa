// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import Tensors

/// Reads features and classes of images, block by block.
public final class ClassifierReader {
  /// Images of a block.
  public static let blockRows = 256

  private let network: ConvolutionalClassifier
  private let executable: any CompiledProgram<Float>
  private let images: Buffer<Float>
  private let features: Buffer<Float>
  private let logits: Buffer<Float>

  public init(_ classifier: TrainedClassifier, pool: WorkerPool) {
    let network = classifier.network
    self.network = network
    executable = NativeEngine(pool: pool).compile(Float.self, rows: Self.blockRows) { rows in
      let parameters = network.layout.tensors()
      let images = Tensor.input("images", [rows, network.dimension])
      let reading = network(parameters, images: images)
      return Program(
        rows: rows, inputs: [(.perRow, images)] + parameters.inputs,
        outputs: [
          ("features", .perRow, reading.features), ("logits", .perRow, reading.logits),
        ])
    }
    images = Buffer(count: Self.blockRows * network.dimension)
    executable.bind(input: "images", to: images)
    executable.bind(
      inputs: network.layout, prefix: "parameters", to: Buffer<Float>(classifier.parameters))
    features = executable.output("features")
    logits = executable.output("logits")
    executable.prepare()
  }

  /// What the network says of some images.
  ///
  /// - Parameter pixels: whole images, in `[−1, 1]`.
  /// - Returns: features row by row, and the most probable class of each image.
  /// - Throws: `EngineError`.
  public func read(
    _ pixels: some RandomAccessCollection<Double>
  ) throws -> (features: [Double], classes: [Int]) {
    let dimension = network.dimension
    precondition(
      pixels.count.isMultiple(of: dimension),
      "\(pixels.count) numbers are no whole images of \(dimension)")
    var (all, classes): ([Double], [Int]) = ([], [])
    let total = pixels.count / dimension
    for start in stride(from: 0, to: total, by: Self.blockRows) {
      let rows = min(Self.blockRows, total - start)
      let first = pixels.index(pixels.startIndex, offsetBy: start * dimension)
      var place = 0
      for value in pixels[first...].prefix(rows * dimension) {
        images[place] = Float(value)
        place += 1
      }
      try executable.run()
      for row in 0..<rows {
        for index in 0..<network.featureCount {
          all.append(Double(features[row * network.featureCount + index]))
        }
        let own = (0..<network.classCount).map { logits[row * network.classCount + $0] }
        classes.append(own.indices.max { own[$0] < own[$1] } ?? 0)
      }
    }
    return (all, classes)
  }
}
