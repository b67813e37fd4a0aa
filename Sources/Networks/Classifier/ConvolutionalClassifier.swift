// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
public import RandomStreams
public import Tensors

/// A small convolutional network that tells the class of a square image; what it knows of an image before its
/// last layer are features to compare images in.
///
/// Squares of pixels become channels; two convolutions at that size, three at half of it, each of 3 × 3 and
/// followed by `max(0, x)`, those that keep the size added to what enters them; a linear layer of all of that and
/// `max(0, x)` are the features; a linear layer of them are the logits.
public struct ConvolutionalClassifier: Sendable, Equatable {
  /// Pixels along a side.
  public let imageSize: Int
  /// Numbers of a pixel.
  public let channels: Int
  /// The number of classes, numbered from 0.
  public let classCount: Int
  /// The side of the squares of pixels that become channels, which the image consists of.
  public let patchSize: Int
  /// Channels of the convolutions before the size is halved.
  public let width: Int
  /// Channels after it, which is the number of features.
  public let featureCount: Int

  /// - Precondition: the sizes are valid, see
  ///   ``validate(imageSize:channels:classCount:patchSize:width:featureCount:)``.
  public init(
    imageSize: Int, channels: Int, classCount: Int, patchSize: Int, width: Int = 32,
    featureCount: Int = 64
  ) {
    self.imageSize = imageSize
    self.channels = channels
    self.classCount = classCount
    self.patchSize = patchSize
    self.width = width
    self.featureCount = featureCount
    precondition(
      (try? Self.validate(
        imageSize: imageSize, channels: channels, classCount: classCount, patchSize: patchSize,
        width: width, featureCount: featureCount)) != nil,
      "sizes of a classifier that do not fit: \(self)")
  }

  /// Numbers of an image: `channels · imageSize²`, channel by channel and row by row, in `[−1, 1]`.
  public var dimension: Int { channels * imageSize * imageSize }

  /// Checks sizes that come from outside.
  ///
  /// - Throws: ``ConfigurationError``.
  public static func validate(
    imageSize: Int, channels: Int, classCount: Int, patchSize: Int, width: Int, featureCount: Int
  ) throws(ConfigurationError) {
    try ConfigurationError.check([
      ("channels of a classifier's image", channels, 1...64),
      ("classes of a classifier", classCount, 2...100_000),
      ("patch size of a classifier", patchSize, 1...64),
      ("width of a classifier", width, 1...4096),
      ("features of a classifier", featureCount, 1...4096),
      ("image size of a classifier", imageSize, 3...1024),
    ])
    guard imageSize % patchSize == 0, imageSize / patchSize >= 2 else {
      throw ConfigurationError(
        setting: "image size of a classifier", value: "\(imageSize)",
        accepted: "a multiple of the patch size \(patchSize), twice that at least")
    }
  }

  public var layout: ParameterLayout {
    var layout = ParameterLayout()
    for layer in convolutions {
      layout.append("\(layer.name).weight", [9 * layer.inputs, layer.outputs], .matrix)
      layout.append("\(layer.name).bias", [layer.outputs], .bias)
    }
    layout.append("features.weight", [finalCount, featureCount], .matrix)
    layout.append("features.bias", [featureCount], .bias)
    layout.append("classes.weight", [featureCount, classCount], .matrix)
    layout.append("classes.bias", [classCount], .bias)
    return layout
  }

  /// Initial parameters, a vector in ``layout``: He's for all but the last layer, which is small.
  public func initialParameters(_ stream: RandomStream) -> [Double] {
    var values: [Double] = []
    for layer in convolutions {
      values += Initializer.heNormal.matrix(
        inputs: 9 * layer.inputs, outputs: layer.outputs, stream.appending(layer.name))
      values += [Double](repeating: 0, count: layer.outputs)
    }
    values += Initializer.heNormal.matrix(
      inputs: finalCount, outputs: featureCount, stream.appending("features"))
    values += [Double](repeating: 0, count: featureCount)
    values += Initializer.lecunNormal.matrix(
      inputs: featureCount, outputs: classCount, stream.appending("classes"))
    return values + [Double](repeating: 0, count: classCount)
  }

  /// Pixels along a side behind the last convolution.
  public var fieldSize: Int { (imageSize / patchSize + 1) / 2 }

  /// Numbers behind the last convolution.
  private var finalCount: Int { fieldSize * fieldSize * featureCount }

  private struct Layer {
    let name: String
    let inputs: Int
    let outputs: Int
    let stride: Int
  }

  private var convolutions: [Layer] {
    let patch = channels * patchSize * patchSize
    return [
      Layer(name: "convolutions.0", inputs: patch, outputs: width, stride: 1),
      Layer(name: "convolutions.1", inputs: width, outputs: width, stride: 1),
      Layer(name: "convolutions.2", inputs: width, outputs: featureCount, stride: 2),
      Layer(name: "convolutions.3", inputs: featureCount, outputs: featureCount, stride: 1),
      Layer(name: "convolutions.4", inputs: featureCount, outputs: featureCount, stride: 1),
    ]
  }
}

// MARK: - The graph

extension ConvolutionalClassifier {
  /// What the network says of images.
  public struct Reading {
    /// What the last convolution leaves, `[rows, side, side, featureCount]`, of ``fieldSize`` pixels a side.
    public let field: Tensor
    /// `[rows, featureCount]`
    public let features: Tensor
    /// `[rows, classCount]`; their softmax are the probabilities.
    public let logits: Tensor
  }

  /// - Parameters:
  ///   - parameters: tensors in ``layout``.
  ///   - images: `[rows, dimension]`
  public func callAsFunction(_ parameters: ParameterTensors, images: Tensor) -> Reading {
    var field = patches(images)
    for layer in convolutions {
      let side = field.shape[1]
      let kernel = parameters["\(layer.name).weight"]
        .reshaped(to: [3, 3, layer.inputs, layer.outputs])
      let padded = field.padded(low: [0, 1, 1, 0], high: [0, 1, 1, 0])
      let output = maximum(
        convolution(padded, kernel: kernel, stride: layer.stride)
          + parameters["\(layer.name).bias"], 0)
      let keepsShape = layer.inputs == layer.outputs && output.shape[1] == side
      field = keepsShape ? field + output : output
    }
    let features = maximum(
      matmul(field.reshaped(to: [images.shape[0], finalCount]), parameters["features.weight"])
        + parameters["features.bias"], 0)
    return Reading(
      field: field, features: features,
      logits: matmul(features, parameters["classes.weight"]) + parameters["classes.bias"])
  }

  /// The cross-entropy of each row, `[rows]`, in nats.
  ///
  /// - Parameter labels: the class of each row, `[rows]`.
  public func crossEntropies(
    _ parameters: ParameterTensors, images: Tensor, labels: Tensor
  ) -> Tensor {
    let logits = self(parameters, images: images).logits
    var identity = [Double](repeating: 0, count: classCount * classCount)
    for index in 0..<classCount { identity[index * (classCount + 1)] = 1 }
    let chosen = Tensor(values: identity, shape: [classCount, classCount]).rows(at: labels)
    return logSumExp(logits) - (logits * chosen).sum([-1])
  }

  /// `[rows, dimension]` to `[rows, side, side, channels · patchSize²]`.
  private func patches(_ images: Tensor) -> Tensor {
    let rows = images.shape[0]
    let side = imageSize / patchSize
    return
      images
      .reshaped(to: [rows, channels, side, patchSize, side, patchSize])
      .transposed([0, 2, 4, 1, 3, 5])
      .reshaped(to: [rows, side, side, channels * patchSize * patchSize])
  }
}
