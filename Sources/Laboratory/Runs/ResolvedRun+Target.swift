// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth

extension ResolvedRun {
  /// The target under the name by which it was asked for.
  public struct Target: Sendable, Equatable {
    /// A preset, `PRESET:DEVIATION`, or a file's path.
    public let name: String
    /// The mixture that ``numbers`` stand for.
    public let mixture: GaussianMixture

    /// What is written. Reading a mixture normalises its weights, which can change their last digits, so
    /// that writing the mixture itself would make a resumed run see another one.
    private let numbers: MixtureNumbers

    public init(name: String, mixture: GaussianMixture) throws {
      self.name = name
      numbers = try JSONDecoder().decode(
        MixtureNumbers.self, from: try JSONEncoder().encode(mixture))
      self.mixture = try JSONDecoder().decode(
        GaussianMixture.self, from: try JSONEncoder().encode(numbers))
    }

    /// See `GaussianMixture.named(_:deviation:)` for the errors.
    public init(named name: String, deviation: Double? = nil) throws {
      try self.init(
        name: deviation.map { "\(name):\($0)" } ?? name,
        mixture: try GaussianMixture.named(name, deviation: deviation))
    }
  }
}

extension ResolvedRun.Target: Codable {
  private enum CodingKeys: String, CodingKey {
    case name
    case mixture
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    mixture = try container.decode(GaussianMixture.self, forKey: .mixture)
    numbers = try container.decode(MixtureNumbers.self, forKey: .mixture)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(numbers, forKey: .mixture)
  }
}

/// The numbers of a mixture as they stand in a file, in the form that `GaussianMixture` reads.
private struct MixtureNumbers: Codable, Sendable, Equatable {
  let name: String?
  let weights: [Double]
  let means: [[Double]]
  let covariances: [[[Double]]]
  let labels: [Int]?
}
