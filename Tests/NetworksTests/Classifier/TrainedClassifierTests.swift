// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Networks
import RandomStreams
import TestSupport
import Testing

@Suite struct TrainedClassifierTests {
  private let network = ConvolutionalClassifierTests.network

  @Test("What is written is read again, with its record, and equal contents give equal bytes")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let values = network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters))
      let classifier = TrainedClassifier(
        network: network, parameters: values, record: ["seed": "1"])
      try classifier.write(to: "\(folder)/double.safetensors", as: .float64)
      #expect(try TrainedClassifier(contentsOf: "\(folder)/double.safetensors") == classifier)
      try classifier.write(to: "\(folder)/short.safetensors", as: .brainFloat16)
      let rounded = try TrainedClassifier(contentsOf: "\(folder)/short.safetensors")
      for (short, value) in zip(rounded.parameters, values) {
        #expect(abs(short - value) <= abs(value) / 256)
      }
      try rounded.write(to: "\(folder)/again.safetensors", as: .brainFloat16)
      let files = contents(of: folder)
      #expect(files["short.safetensors"] != nil)
      #expect(files["short.safetensors"] == files["again.safetensors"])
    }
  }

  @Test("A file of something else is refused by its name")
  func otherFiles() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/other.safetensors"
      try SafeTensors(metadata: [:]).write(to: path)
      #expect(throws: ClassifierFileError.noNetwork(path: path)) {
        try TrainedClassifier(contentsOf: path)
      }
      try SafeTensors(metadata: ["network": "{}"]).write(to: path)
      #expect(throws: ClassifierFileError.sizes(path: path, text: "{}")) {
        try TrainedClassifier(contentsOf: path)
      }
    }
    #expect(throws: ClassifierFileError.noneShipped(imageSize: 32)) {
      try TrainedClassifier.shipped(imageSize: 32)
    }
  }

  @Test(
    "The classifiers that come with toylab are small and tell ten classes in 64 features",
    arguments: TrainedClassifier.shippedImageSizes)
  func shipped(imageSize: Int) throws {
    let classifier = try TrainedClassifier.shipped(imageSize: imageSize)
    #expect(classifier.network.imageSize == imageSize)
    #expect(classifier.network.classCount == 10)
    #expect(classifier.network.featureCount == 64)
    #expect(classifier.parameters.count * 2 < 1_000_000)
    #expect(classifier.record["seed"] != nil)
    let accuracy = classifier.record["heldOutAccuracy"].flatMap(Double.init) ?? 0
    #expect(accuracy > (imageSize == 28 ? 0.925 : 0.91))
  }
}
