// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Files
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
internal import Networks

extension TrainingConfiguration {
  /// Checks that the network and the objective can be trained on a source.
  ///
  /// - Throws: ``ConfigurationError``.
  public func validate(for source: any DataSource) throws(ConfigurationError) {
    if network.dimension != source.dimension {
      throw ConfigurationError(
        setting: "dimension", value: "\(network.dimension)",
        accepted: "that of the source, \(source.dimension)")
    }
    if let sizes = network.transformer?.configuration, source.pointShape.count == 3,
      source.pointShape != [sizes.channels, sizes.imageSize, sizes.imageSize]
    {
      throw ConfigurationError(
        setting: "image",
        value: "\(sizes.channels) by \(sizes.imageSize) by \(sizes.imageSize)",
        accepted: "that of the source, "
          + source.pointShape.map(String.init).joined(separator: " by "))
    }
    if network.classCount != 0 && network.classCount != source.classCount {
      throw ConfigurationError(
        setting: "classes", value: "\(network.classCount)",
        accepted: source.classCount == 0
          ? "none with the source \(source.name), which has no classes"
          : "those of the source \(source.name), \(source.classCount), or none")
    }
    if network.observationSize != source.observationSize {
      throw ConfigurationError(
        setting: "observation", value: "\(network.observationSize) numbers",
        accepted: "those of the source \(source.name), \(source.observationSize)")
    }
    if loss.objective.needsExactVelocity && teacher == nil && exactVelocity(of: source) == nil {
      let accepted = Objective.allCases.filter { !$0.needsExactVelocity }.map(\.shortName)
      throw ConfigurationError(
        setting: "objective", value: loss.objective.shortName,
        accepted: "with the source \(source.name), an objective that is not taught by the exact "
          + "velocity: \(accepted.joined(separator: ", ")); or a trained network as teacher")
    }
  }

  /// The exact velocity of a source as part of a program, where there is one, guided as the loss asks.
  func exactVelocity(of source: any DataSource) -> SymbolicVelocity? {
    (source as? any ExactTarget)?.symbolicVelocity(
      interpolant.interpolant, guidanceScale: loss.guidance.scale)
  }

  /// - Precondition: the configuration fits the source.
  package func requireFit(to source: any DataSource) {
    do throws(ConfigurationError) {
      try validate(for: source)
    } catch {
      preconditionFailure(error.description)
    }
  }
}
