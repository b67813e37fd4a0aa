// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Foundation
public import GroundTruth

extension ResolvedRun {
  /// The source under the name by which it was asked for.
  public struct Source: Sendable, Equatable {
    /// A preset, `PRESET:DEVIATION`, or a file's path.
    public let name: String
    /// The law that the numbers in the file stand for.
    public let law: any ExactTarget

    /// What is written. Reading a law normalises its weights, which can change their last digits, so that
    /// writing the law itself would make a resumed run see another one.
    private let numbers: Numbers

    /// The mixture, if it is one.
    public var mixture: GaussianMixture? { law as? GaussianMixture }

    public init(name: String, mixture: GaussianMixture) throws {
      try self.init(name: name, law: mixture)
    }

    public init(name: String, law: any ExactTarget) throws {
      self.name = name
      numbers = try Numbers(law)
      self.law = try numbers.law()
    }

    /// See ``namedSource(_:deviation:)`` for the errors.
    public init(named name: String, deviation: Double? = nil) throws {
      try self.init(
        name: deviation.map { "\(name):\($0)" } ?? name,
        law: try namedSource(name, deviation: deviation))
    }
  }
}

extension ResolvedRun.Source {
  /// Whether both have a name and numbers in common, which stand for the law.
  public static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.numbers == right.numbers
  }

  /// Whether both stand for the same law, under whatever names.
  public func isSameLaw(as other: Self) -> Bool { numbers == other.numbers }
}

extension ResolvedRun.Source: Codable {
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
        law = try boxes.target()
      } catch {
        throw DecodingError.dataCorruptedError(
          forKey: .boxes, in: container, debugDescription: error.description)
      }
    } else {
      numbers = .mixture(try container.decode(MixtureNumbers.self, forKey: .mixture))
      law = try container.decode(GaussianMixture.self, forKey: .mixture)
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

  init(_ law: any ExactTarget) throws {
    switch law {
    case let mixture as GaussianMixture:
      self = .mixture(
        try JSONDecoder().decode(MixtureNumbers.self, from: try JSONEncoder().encode(mixture)))
    case let boxes as UniformBoxes:
      self = .boxes(BoxNumbers(boxes))
    default:
      preconditionFailure("a run of a law that files cannot hold: \(law.name)")
    }
  }

  func law() throws -> any ExactTarget {
    switch self {
    case .mixture(let numbers):
      return try JSONDecoder().decode(
        GaussianMixture.self, from: try JSONEncoder().encode(numbers))
    case .boxes(let numbers): return try numbers.target()
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
