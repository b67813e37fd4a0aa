// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import FlowMaps
public import Interpolants
public import Networks
internal import RandomStreams
internal import Tensors

/// A trained network that a run takes over as it is: what `run.json` says of it. Its parameters stand beside
/// the configuration, in ``PretrainedParameters``.
public struct PretrainedNetwork: Sendable, Equatable, Codable {
  public let network: Architecture
  /// The path on which it was trained: a velocity means nothing on another.
  public let interpolant: InterpolantKind
  /// Where the parameters come from, in words: a checkpoint, and the average of it if one was taken.
  public let origin: String

  public init(network: Architecture, interpolant: InterpolantKind, origin: String) {
    self.network = network
    self.interpolant = interpolant
    self.origin = origin
  }
}

/// The parameters of the networks that a run takes over, each in its network's layout; empty for none.
public struct PretrainedParameters: Sendable, Equatable {
  /// Of ``TrainingConfiguration/teacher``.
  public var teacher: [Double]
  /// Of ``TrainingConfiguration/start``.
  public var start: [Double]

  public init(teacher: [Double] = [], start: [Double] = []) {
    self.teacher = teacher
    self.start = start
  }

  public static let none = PretrainedParameters()

  /// - Precondition: there are as many numbers as the configuration's networks have.
  func requireFit(to configuration: TrainingConfiguration) {
    func check(_ name: String, _ values: [Double], _ network: PretrainedNetwork?) {
      let count = network?.network.layout.count ?? 0
      precondition(
        values.count == count, "\(values.count) parameters of a \(name) for \(count)")
    }
    check("teacher", teacher, configuration.teacher)
    check("start", start, configuration.start)
  }
}

extension TrainingConfiguration {
  /// The parameters with which training begins, before they are rounded to the run's precision.
  public func initialParameters(_ pretrained: PretrainedParameters = .none) -> [Double] {
    if start != nil { return pretrained.start }
    return network.initialParameters(RandomStream(seed: seed, purpose: .initialParameters))
  }
}

extension TrainingConfiguration {
  /// Checks that the networks that are taken over fit the one that is trained.
  func validatePretrained() throws(ConfigurationError) {
    for (setting, pretrained) in [("teacher", teacher), ("start", start)] {
      guard let pretrained else { continue }
      try pretrained.network.validate()
      if pretrained.interpolant != interpolant {
        throw ConfigurationError(
          setting: setting,
          value: "a network of the \(pretrained.interpolant.rawValue) interpolant",
          accepted: "one trained with that of the run, \(interpolant.rawValue)")
      }
    }
    if let start, start.network != network {
      throw ConfigurationError(
        setting: "start", value: "\(start.origin), another network",
        accepted: "parameters of the very network that is trained; the options of that run")
    }
    guard let teacher = teacher?.network else { return }
    if teacher.dimension != network.dimension {
      throw ConfigurationError(
        setting: "teacher", value: "a network of points of dimension \(teacher.dimension)",
        accepted: "one of the dimension of the run, \(network.dimension)")
    }
    if teacher.classCount != 0 && teacher.classCount != network.classCount {
      throw ConfigurationError(
        setting: "teacher", value: "a network of \(teacher.classCount) classes",
        accepted: "one of the classes of the run, \(network.classCount), or of none")
    }
    if teacher.observationSize != 0 && teacher.observationSize != network.observationSize {
      throw ConfigurationError(
        setting: "teacher",
        value: "a network of observations of \(teacher.observationSize) numbers",
        accepted: "one of the observations of the run, \(network.observationSize), or of none")
    }
    if loss.objective.needsExactVelocity && loss.guidance.scale != 1 && teacher.classCount == 0 {
      throw ConfigurationError(
        setting: "teacher", value: "a network without classes",
        accepted: "one with the classes of the run, which guidance needs")
    }
  }
}

extension TrainingConfiguration {
  /// The velocity of a pretrained network as part of a program, guided as the loss asks; where the network is told
  /// no classes or observations, what is said of them is left out.
  ///
  /// Guidance combines the network's own branches, as in sampling: a teacher that was trained with a scale
  /// multiplies it.
  func velocity(
    of teacher: PretrainedNetwork, _ parameters: ParameterTensors
  ) -> ObjectiveContext.ExactVelocity {
    let plain = FlowMap(
      interpolant: interpolant.interpolant, network: teacher.network, parameters: parameters)
    let scale = loss.guidance.scale
    let map = scale == 1 ? plain : plain.guided(scale: Tensor(scale))
    let network = teacher.network
    return { x, t, conditions in
      map.given(conditions.known(to: network)).velocity(x, at: t)
    }
  }
}
