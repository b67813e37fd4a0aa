// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A network on square images: what its configuration alone decides, and how points become images.
///
/// Points are images `[rows, channels, size, size]`, or the same numbers as `[rows, d]`, so that it is a ``Network``
/// like every other. It is saved as its configuration, which is all there is.
public protocol ImageNetwork: Network, Equatable, Codable {
  associatedtype Configuration: ImageNetworkConfiguration

  var configuration: Configuration { get }

  init(_ configuration: Configuration)

  /// The layers with their initial values, without the table of classes.
  var layerLayout: ParameterLayout { get }

  /// Initial values in ``layerLayout``; a function of the stream alone.
  func initialLayers(_ stream: RandomStream) -> [Double]

  /// `F` of images, `[rows, channels, size, size]`.
  ///
  /// - Parameters:
  ///   - time: `[rows, 1]`, in `[0, 1]`, as is the next.
  ///   - told: a label where there are classes, an observation and guidance, in `[0, 1)`, where they are taken.
  func forward(
    _ image: Tensor, time: Tensor, endTime: Tensor, told: Conditions, _ parameters: ParameterTensors
  ) -> Tensor
}

/// The sizes of a network on square images.
public protocol ImageNetworkConfiguration: Equatable, Sendable, Codable {
  /// Pixels along one side of an image.
  var imageSize: Int { get }
  /// Channels of an image.
  var channels: Int { get }
  /// Features of the embedded times and conditions.
  var embeddingWidth: Int { get }
  var classCount: Int { get set }
  var observationSize: Int { get set }
  var takesGuidance: Bool { get set }
}

extension ImageNetwork {
  /// Numbers of an image.
  public var dimension: Int {
    configuration.channels * configuration.imageSize * configuration.imageSize
  }
  public var classCount: Int { configuration.classCount }
  public var observationSize: Int { configuration.observationSize }
  public var takesGuidance: Bool { configuration.takesGuidance }

  public var layout: ParameterLayout {
    var layout = layerLayout
    if classCount > 0 {
      layout.append("labels", [classCount + 1, configuration.embeddingWidth], .embedding)
    }
    return layout
  }

  /// `F`, of the shape of `noisy`.
  ///
  /// - Parameters:
  ///   - noisy: `[rows, channels, size, size]` or `[rows, channels · size · size]`.
  ///   - time: `[rows, 1]`, in `[0, 1]`, as is the next.
  ///   - conditions: a label `[rows]` where there are classes (none is taken as no class), an observation
  ///     `[rows, observationSize]` where one is taken, a scale `[rows, 1]` where guidance is.
  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor,
    conditions: Conditions
  ) -> Tensor {
    let rows = noisy.shape[0]
    let size = configuration.imageSize
    let image = noisy.reshaped(to: [rows, configuration.channels, size, size])
    let told = Conditions(
      label: label(in: conditions, rows: rows), guidance: guidance(in: conditions, rows: rows),
      observation: observation(in: conditions))
    return forward(image, time: time, endTime: endTime, told: told, parameters)
      .reshaped(to: noisy.shape)
  }

  public func initialParameters(_ stream: RandomStream) -> [Double] {
    let layers = initialLayers(stream)
    guard classCount > 0 else { return layers }
    return layers
      + ConditionEmbedding.matrix(
        inputs: classCount + 1, outputs: configuration.embeddingWidth, stream.appending("labels"))
  }

  /// The same network of other sizes or conditions.
  func changing(_ change: (inout Configuration) -> Void) -> Self {
    var configuration = configuration
    change(&configuration)
    return Self(configuration)
  }
}

// MARK: - Coding

extension ImageNetwork {
  /// Reads the configuration, which is all there is.
  public init(from decoder: any Decoder) throws {
    self.init(try Configuration(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    try configuration.encode(to: encoder)
  }
}
