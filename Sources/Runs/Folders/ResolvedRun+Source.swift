// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
internal import Foundation
public import GroundTruth

extension ResolvedRun {
  /// The source under the name by which it was asked for.
  public struct Source: Sendable, Equatable {
    /// A preset, `PRESET:DEVIATION`, or a file's path.
    public let name: String
    /// What the numbers in the files stand for.
    public let data: any DataSource

    /// What is written. Reading a law normalises its weights, which can change their last digits, so that
    /// writing the law itself would make a resumed run see another one.
    private let numbers: Numbers

    /// The law, where it is known exactly.
    public var law: (any ExactTarget)? { data as? any ExactTarget }

    /// The mixture, if it is one.
    public var mixture: GaussianMixture? { data as? GaussianMixture }

    /// What is known of the images or latents, if it is such data; their files may not have been read.
    public var images: ImageRecord? {
      guard case .images(let numbers) = numbers else { return nil }
      return numbers.found
    }

    /// The units of training in those of the source, if they differ.
    public var units: Standardization? {
      cloud?.standardization ?? images?.units.standardization(dimension: data.dimension)
    }

    /// The points, if they come from a user and no law of them is known.
    public var cloud: PointCloud? { data as? PointCloud }

    public init(name: String, mixture: GaussianMixture) throws {
      try self.init(name: name, law: mixture)
    }

    public init(name: String, law: any ExactTarget) throws {
      self.name = name
      numbers = try Numbers(law)
      data = try numbers.law()
    }

    /// Points of a user; the run's folder keeps a copy.
    public init(name: String, cloud: PointCloud) {
      self.name = name
      numbers = .points(PointNumbers(cloud))
      data = cloud
    }

    /// Images or latents, which stay where they lie: the run keeps their place and their fingerprint.
    public init(_ request: ImageRequest, _ found: FoundImages) {
      self.init(
        name: request.data,
        numbers: .images(ImageNumbers(request: request.located, found: found.record)),
        data: found.source)
    }

    private init(name: String, numbers: Numbers, data: any DataSource) {
      self.name = name
      self.numbers = numbers
      self.data = data
    }

    /// The source with the rows of images or latents at hand, which are read from their files if they were not.
    ///
    /// - Throws: `ImageDataError`, also if the data are others than those the run began with; what reading them throws.
    public func reading() throws -> Self {
      guard case .images(let numbers) = numbers, data is RecordedImages else { return self }
      let found = try numbers.request.read(from: numbers.found.path)
      guard found.record.fingerprint == numbers.found.fingerprint else {
        throw ImageDataError(
          path: found.record.path,
          problem: .changed(
            found: found.record.fingerprint, expected: numbers.found.fingerprint))
      }
      return Self(name: name, numbers: self.numbers, data: found.source)
    }

    /// The same source with its images or latents at the place of another, which are the same data.
    public func located(as other: Self) -> Self {
      guard case .images(var numbers) = numbers, case .images(let others) = other.numbers else {
        return self
      }
      numbers.found.path = others.found.path
      numbers.request.labels = others.request.labels
      return Self(name: name, numbers: .images(numbers), data: other.data)
    }

    /// The source without what decides no number: where images or latents lie.
    var withoutPlace: Self {
      guard case .images(var numbers) = numbers else { return self }
      numbers.found.path = ""
      numbers.request.labels = nil
      return Self(name: name, numbers: .images(numbers), data: data)
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
  /// Whether both have a name and numbers in common, which stand for the data.
  public static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.isSameData(as: right)
      && left.images?.path == right.images?.path
  }

  /// Whether both stand for the same data, under whatever names.
  public func isSameData(as other: Self) -> Bool {
    if let cloud { return cloud.hasSamePoints(as: other.cloud) }
    if case .images(let own) = numbers, case .images(let others) = other.numbers {
      return own.isSameData(as: others)
    }
    return numbers == other.numbers
  }
}

extension ResolvedRun.Source: Codable {
  private enum CodingKeys: String, CodingKey {
    case name
    case mixture
    case boxes
    case points
    case images
  }

  /// Reads a source. Images and latents are known by their record and are not read (see ``reading()``), unless there is
  /// none, as in a file written by hand.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if container.contains(.images) {
      let asked = try container.decode(AskedImages.self, forKey: .images)
      if let record = asked.found {
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? asked.request.data
        numbers = .images(ImageNumbers(request: asked.request, found: record))
        data = RecordedImages(name: name, record: record)
      } else {
        let found = try asked.request.read()
        name = asked.request.data
        numbers = .images(ImageNumbers(request: asked.request.located, found: found.record))
        data = found.source
      }
      return
    }
    name = try container.decode(String.self, forKey: .name)
    if container.contains(.points) {
      let points = try container.decode(PointNumbers.self, forKey: .points)
      numbers = .points(points)
      data = try points.cloud(name: name, RunInputs(of: decoder))
    } else if container.contains(.boxes) {
      let boxes = try container.decode(BoxNumbers.self, forKey: .boxes)
      numbers = .boxes(boxes)
      do {
        data = try boxes.target()
      } catch {
        throw DecodingError.dataCorruptedError(
          forKey: .boxes, in: container, debugDescription: error.description)
      }
    } else {
      numbers = .mixture(try container.decode(MixtureNumbers.self, forKey: .mixture))
      data = try container.decode(GaussianMixture.self, forKey: .mixture)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    switch numbers {
    case .mixture(let mixture): try container.encode(mixture, forKey: .mixture)
    case .boxes(let boxes): try container.encode(boxes, forKey: .boxes)
    case .points(let points): try container.encode(points, forKey: .points)
    case .images(let images): try container.encode(images, forKey: .images)
    }
  }
}

/// The numbers of a source as they stand in `run.json`.
private enum Numbers: Sendable, Equatable {
  case mixture(MixtureNumbers)
  case boxes(BoxNumbers)
  case points(PointNumbers)
  case images(ImageNumbers)

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
    case .points, .images: preconditionFailure("data of a user have no law")
    }
  }
}

/// The numbers of a mixture, in the form that `GaussianMixture` reads.
private struct MixtureNumbers: Codable, Sendable, Equatable {
  let name: String?
  let weights: [Double]
  let means: [[Double]]
  let covariances: NestedNumbers
  let covarianceType: String?
  let labels: [Int]?
}

/// Numbers in lists of any depth: covariances are a matrix a component, or one for all.
private enum NestedNumbers: Codable, Sendable, Equatable {
  case numbers([Double])
  case lists([NestedNumbers])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let numbers = try? container.decode([Double].self) {
      self = .numbers(numbers)
    } else {
      self = .lists(try container.decode([NestedNumbers].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .numbers(let numbers): try container.encode(numbers)
    case .lists(let lists): try container.encode(lists)
    }
  }
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
