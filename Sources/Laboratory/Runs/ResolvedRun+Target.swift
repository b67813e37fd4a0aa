// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth

extension ResolvedRun {
  /// The target under the name by which it was asked for.
  public struct Target: Sendable, Equatable {
    /// A preset, `PRESET:DEVIATION`, or a file's path.
    public let name: String
    /// The law that the numbers in the file stand for.
    public let law: TrainingTarget

    /// What is written. Reading a law normalises its weights, which can change their last digits, so that
    /// writing the law itself would make a resumed run see another one.
    private let numbers: Numbers

    /// The mixture, if it is one.
    public var mixture: GaussianMixture? { law.mixture }

    public init(name: String, mixture: GaussianMixture) throws {
      try self.init(name: name, law: .mixture(mixture))
    }

    public init(name: String, law: TrainingTarget) throws {
      self.name = name
      numbers = try Numbers(law)
      self.law = try numbers.law()
    }

    /// See `TrainingTarget.named(_:deviation:)` for the errors.
    public init(named name: String, deviation: Double? = nil) throws {
      try self.init(
        name: deviation.map { "\(name):\($0)" } ?? name,
        law: try TrainingTarget.named(name, deviation: deviation))
    }
  }
}

extension ResolvedRun.Target: Codable {
  private enum CodingKeys: String, CodingKey {
    case name
    case mixture
    case boxes
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    if container.contains(.boxes) {
      let boxes = try container.decode(BoxNumbers.self, forKey: .boxes)
      numbers = .boxes(boxes)
      do {
        law = .boxes(try boxes.target())
      } catch {
        throw DecodingError.dataCorruptedError(
          forKey: .boxes, in: container, debugDescription: error.description)
      }
    } else {
      numbers = .mixture(try container.decode(MixtureNumbers.self, forKey: .mixture))
      law = .mixture(try container.decode(GaussianMixture.self, forKey: .mixture))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    switch numbers {
    case .mixture(let mixture): try container.encode(mixture, forKey: .mixture)
    case .boxes(let boxes): try container.encode(boxes, forKey: .boxes)
    }
  }
}

/// The numbers of a law as they stand in a file.
private enum Numbers: Sendable, Equatable {
  case mixture(MixtureNumbers)
  case boxes(BoxNumbers)

  init(_ law: TrainingTarget) throws {
    switch law {
    case .mixture(let mixture):
      self = .mixture(
        try JSONDecoder().decode(MixtureNumbers.self, from: try JSONEncoder().encode(mixture)))
    case .boxes(let boxes):
      self = .boxes(BoxNumbers(boxes))
    }
  }

  func law() throws -> TrainingTarget {
    switch self {
    case .mixture(let numbers):
      return .mixture(
        try JSONDecoder().decode(GaussianMixture.self, from: try JSONEncoder().encode(numbers)))
    case .boxes(let numbers): return .boxes(try numbers.target())
    }
  }
}

/// The numbers of a mixture, in the form that `GaussianMixture` reads.
private struct MixtureNumbers: Codable, Sendable, Equatable {
  let name: String?
  let weights: [Double]
  let means: [[Double]]
  let covariances: [[[Double]]]
  let labels: [Int]?
}

/// The numbers of uniform boxes.
private struct BoxNumbers: Codable, Sendable, Equatable {
  let name: String
  let weights: [Double]
  let lower: [[Double]]
  let upper: [[Double]]
  let labels: [Int]

  init(_ target: UniformBoxes) {
    name = target.name
    weights = target.boxes.map(\.weight)
    lower = target.boxes.map(\.lower)
    upper = target.boxes.map(\.upper)
    labels = target.boxes.map(\.label)
  }

  func target() throws(UniformBoxesError) -> UniformBoxes {
    try UniformBoxes(name: name, lower: lower, upper: upper, weights: weights, labels: labels)
  }
}
