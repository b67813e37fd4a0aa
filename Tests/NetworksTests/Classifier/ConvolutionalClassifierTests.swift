// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import RandomStreams
import Tensors
import Testing

@Suite struct ConvolutionalClassifierTests {
  static let network = ConvolutionalClassifier(
    imageSize: 6, channels: 2, classCount: 3, patchSize: 2, width: 4, featureCount: 5)

  @Test("Features and logits are those of the layers written out")
  func equalsItsDefinition() throws {
    let network = Self.network
    let values = network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters))
    let pixels = RandomStream(seed: 2, purpose: .trainingData).normals(rows: 2, draws: 72)
    let classifier = TrainedClassifier(network: network, parameters: values, record: [:])
    let reading = try ClassifierReader(classifier, pool: WorkerPool(threads: 1)).read(pixels)
    for row in 0..<2 {
      let truth = WrittenOut(network: network, values: values)
        .reading(Array(pixels[row * 72..<(row + 1) * 72]))
      for index in 0..<5 {
        #expect(abs(reading.features[row * 5 + index] - truth.features[index]) < 1e-4)
      }
      #expect(
        reading.classes[row] == truth.logits.indices.max { truth.logits[$0] < truth.logits[$1] })
    }
  }

  @Test("A last layer of zeros gives the entropy of a fair guess")
  func fairGuess() throws {
    let network = Self.network
    var values = network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters))
    for entry in network.layout.entries where entry.name.hasPrefix("classes") {
      for index in entry.range { values[index] = 0 }
    }
    let parameters = network.layout.tensors()
    let images = Tensor.input("images", [2, 72])
    let labels = Tensor.input("labels", [2])
    let program = Program(
      rows: 2, inputs: [(.perRow, images), (.perRow, labels)] + parameters.inputs,
      outputs: [
        (
          "losses", .perRow,
          network.crossEntropies(parameters, images: images, labels: labels)
        )
      ])
    let compiled = Interpreter().compile(Double.self, rows: 2) { _ in program }
    compiled.bind(input: "images", to: Buffer<Double>([Double](repeating: 0.3, count: 144)))
    compiled.bind(input: "labels", to: Buffer<Double>([0, 2]))
    compiled.bind(inputs: network.layout, prefix: "parameters", to: Buffer<Double>(values))
    compiled.prepare()
    try compiled.run()
    for loss in compiled.output("losses").values { #expect(abs(loss - 1.0986122886681098) < 1e-12) }
  }

  @Test("Sizes that do not fit are refused")
  func sizes() {
    #expect(throws: (any Error).self) {
      try ConvolutionalClassifier.validate(
        imageSize: 7, channels: 1, classCount: 2, patchSize: 2, width: 4, featureCount: 4)
    }
    #expect(throws: (any Error).self) {
      try ConvolutionalClassifier.validate(
        imageSize: 8, channels: 1, classCount: 1, patchSize: 2, width: 4, featureCount: 4)
    }
  }
}

/// The network by loops over pixels.
private struct WrittenOut {
  let network: ConvolutionalClassifier
  let values: [Double]

  func reading(_ image: [Double]) -> (features: [Double], logits: [Double]) {
    let patch = network.patchSize
    var side = network.imageSize / patch
    var depth = network.channels * patch * patch
    // [row][column][channel], the channels of the image first, then rows and columns of a square.
    var field = [Double](repeating: 0, count: side * side * depth)
    for channel in 0..<network.channels {
      for row in 0..<network.imageSize {
        for column in 0..<network.imageSize {
          let place = (channel * patch + row % patch) * patch + column % patch
          field[((row / patch) * side + column / patch) * depth + place] =
            image[(channel * network.imageSize + row) * network.imageSize + column]
        }
      }
    }
    let widths = [network.width, network.width] + [Int](repeating: network.featureCount, count: 3)
    for (layer, outputs) in widths.enumerated() {
      let stride = layer == 2 ? 2 : 1
      let weights = part("convolutions.\(layer).weight")
      let bias = part("convolutions.\(layer).bias")
      let newSide = (side - 1) / stride + 1
      var result = [Double](repeating: 0, count: newSide * newSide * outputs)
      for row in 0..<newSide {
        for column in 0..<newSide {
          for output in 0..<outputs {
            var sum = bias[output]
            for down in 0..<3 {
              for right in 0..<3 {
                let (y, x) = (row * stride + down - 1, column * stride + right - 1)
                guard y >= 0, y < side, x >= 0, x < side else { continue }
                for input in 0..<depth {
                  sum +=
                    field[(y * side + x) * depth + input]
                    * weights[((down * 3 + right) * depth + input) * outputs + output]
                }
              }
            }
            let kept =
              depth == outputs && stride == 1 ? field[(row * side + column) * depth + output] : 0
            result[(row * newSide + column) * outputs + output] = kept + max(sum, 0)
          }
        }
      }
      (field, side, depth) = (result, newSide, outputs)
    }
    let (dense, offsets) = (part("features.weight"), part("features.bias"))
    let features = (0..<network.featureCount).map { index in
      max(
        field.indices.reduce(offsets[index]) {
          $0 + field[$1] * dense[$1 * network.featureCount + index]
        }, 0)
    }
    let (weights, bias) = (part("classes.weight"), part("classes.bias"))
    let logits = (0..<network.classCount).map { label in
      features.indices.reduce(bias[label]) {
        $0 + features[$1] * weights[$1 * network.classCount + label]
      }
    }
    return (features, logits)
  }

  private func part(_ name: String) -> [Double] {
    let layout = network.layout
    guard let index = layout.index(of: name) else { return [] }
    return Array(values[layout.entries[index].range])
  }
}
