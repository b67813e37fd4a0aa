// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
public import RandomStreams
public import Tensors

/// Which network a run trains.
public enum Architecture: Network, Equatable, Sendable {
  case perceptron(MultilayerPerceptron)
  case transformer(FlowMapTransformer)
  case unet(UNet)

  /// The network itself.
  private var network: any Network {
    switch self {
    case .perceptron(let network): network
    case .transformer(let network): network
    case .unet(let network): network
    }
  }

  public var dimension: Int { network.dimension }
  public var classCount: Int { network.classCount }
  public var observationSize: Int { network.observationSize }
  public var takesGuidance: Bool { network.takesGuidance }
  public var layout: ParameterLayout { network.layout }

  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor,
    conditions: Conditions
  ) -> Tensor {
    network(parameters, noisy: noisy, time: time, endTime: endTime, conditions: conditions)
  }

  public func initialParameters(_ stream: RandomStream) -> [Double] {
    network.initialParameters(stream)
  }
}

extension Architecture {
  /// The perceptron, if it is one.
  public var perceptron: MultilayerPerceptron? {
    guard case .perceptron(let network) = self else { return nil }
    return network
  }

  /// The transformer, if it is one.
  public var transformer: FlowMapTransformer? {
    guard case .transformer(let network) = self else { return nil }
    return network
  }

  /// The U-Net, if it is one.
  public var unet: UNet? {
    guard case .unet(let network) = self else { return nil }
    return network
  }

  /// The same network told other conditions: the source of the data decides how many classes there are and
  /// what is observed.
  ///
  /// - Precondition: neither number is negative.
  public func with(classCount: Int, observationSize: Int = 0) -> Architecture {
    precondition(
      classCount >= 0 && observationSize >= 0,
      "\(classCount) classes and an observation of \(observationSize) numbers")
    switch self {
    case .perceptron(var network):
      network.classCount = classCount
      network.observationSize = observationSize
      return .perceptron(network)
    case .transformer(let network):
      return .transformer(
        network.changing {
          $0.classCount = classCount
          $0.observationSize = observationSize
        })
    case .unet(let network):
      return .unet(
        network.changing {
          $0.classCount = classCount
          $0.observationSize = observationSize
        })
    }
  }

  /// The same network, told the scale of guidance or not.
  public func takingGuidance(_ takesGuidance: Bool) -> Architecture {
    switch self {
    case .perceptron(var network):
      network.takesGuidance = takesGuidance
      return .perceptron(network)
    case .transformer(let network):
      return .transformer(network.changing { $0.takesGuidance = takesGuidance })
    case .unet(let network):
      return .unet(network.changing { $0.takesGuidance = takesGuidance })
    }
  }

  /// Checks sizes that come from outside.
  ///
  /// - Parameter memory: bytes for the vectors of a training.
  /// - Throws: ``ConfigurationError``.
  public func validate(memory: Int = TrainingMemory.available) throws(ConfigurationError) {
    switch self {
    case .perceptron(let network): try network.validate(memory: memory)
    case .transformer(let network): try network.configuration.validate(memory: memory)
    case .unet(let network): try network.configuration.validate(memory: memory)
    }
  }
}

/// A network that a run can train, as a case of ``Architecture``.
public protocol TrainableNetwork: Network {
  var architecture: Architecture { get }
}

extension Architecture: TrainableNetwork {
  public var architecture: Architecture { self }
}

extension MultilayerPerceptron: TrainableNetwork {
  public var architecture: Architecture { .perceptron(self) }
}

extension FlowMapTransformer: TrainableNetwork {
  public var architecture: Architecture { .transformer(self) }
}

extension UNet: TrainableNetwork {
  public var architecture: Architecture { .unet(self) }
}

// MARK: - Coding

extension Architecture: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case perceptron
    case transformer
    case unet
  }

  private enum BarePerceptronKeys: String, CodingKey {
    case dimension
  }

  /// Reads `{"perceptron": {…}}`, `{"transformer": {…}}` or `{"unet": {…}}`. Runs from before there was a choice hold the bare
  /// perceptron, which is known by its dimension.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    switch values.allKeys {
    case [.perceptron]:
      self = .perceptron(try values.decode(MultilayerPerceptron.self, forKey: .perceptron))
    case [.transformer]:
      self = .transformer(try values.decode(FlowMapTransformer.self, forKey: .transformer))
    case [.unet]:
      self = .unet(try values.decode(UNet.self, forKey: .unet))
    default:
      guard
        values.allKeys.isEmpty,
        try decoder.container(keyedBy: BarePerceptronKeys.self).contains(.dimension)
      else {
        throw DecodingError.dataCorrupted(
          DecodingError.Context(
            codingPath: decoder.codingPath,
            debugDescription: "a network is one of "
              + CodingKeys.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")))
      }
      self = .perceptron(try MultilayerPerceptron(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .perceptron(let network): try values.encode(network, forKey: .perceptron)
    case .transformer(let network): try values.encode(network, forKey: .transformer)
    case .unet(let network): try values.encode(network, forKey: .unet)
    }
  }
}
