// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Measures
public import Networks

/// What images are compared in.
public enum FeatureSpace: Sendable {
  /// What a classifier knows of them before its last layer; it tells classes, too.
  case classifier(TrainedClassifier)
  /// Coordinates along the principal components of pixels.
  case pixels(PrincipalComponents)
  /// The numbers themselves, as they are: features that somebody else took.
  case given(dimension: Int)

  /// Numbers of an image.
  public var imageDimension: Int {
    switch self {
    case .classifier(let classifier): classifier.network.dimension
    case .pixels(let components): components.mean.count
    case .given(let dimension): dimension
    }
  }

  /// `d`, the number of features.
  public var featureCount: Int {
    switch self {
    case .classifier(let classifier): classifier.network.featureCount
    case .pixels(let components): components.variances.count
    case .given(let dimension): dimension
    }
  }

  /// Classes that can be told; 0 for none.
  public var classCount: Int {
    switch self {
    case .classifier(let classifier): classifier.network.classCount
    case .pixels, .given: 0
    }
  }

  /// For titles.
  public var title: String {
    switch self {
    case .classifier: "\(featureCount) features of a classifier"
    case .pixels(let components):
      "\(featureCount) principal components of pixels, "
        + "\((components.share * 1000).rounded() / 10) % of their variance"
    case .given: "\(featureCount) given features"
    }
  }
}

/// Features of images, taken block by block: images are not kept.
public final class FeatureReader {
  public let space: FeatureSpace
  private let reader: ClassifierReader?
  private var values: [Double] = []
  /// The classes of the images read so far; empty where none can be told.
  public private(set) var classes: [Int] = []

  public init(_ space: FeatureSpace, pool: WorkerPool) {
    self.space = space
    if case .classifier(let classifier) = space {
      reader = ClassifierReader(classifier, pool: pool)
    } else {
      reader = nil
    }
  }

  /// Reads more images, rounded to 8 bits first where the space is one of images.
  ///
  /// - Throws: `EngineError`.
  public func add(_ images: Points) throws {
    precondition(
      images.dimension == space.imageDimension,
      "images of \(images.dimension) numbers for \(space.imageDimension)")
    switch space {
    case .classifier:
      guard let reader else { return }
      let reading = try reader.read(EightBits.rounded(images).values)
      values += reading.features
      classes += reading.classes
    case .pixels(let components):
      values += components.features(of: EightBits.rounded(images)).values
    case .given: values += images.values
    }
  }

  /// Forgets the images read so far.
  public func removeAll() {
    values.removeAll(keepingCapacity: true)
    classes.removeAll(keepingCapacity: true)
  }

  /// The features of all images read so far.
  public var features: Points { Points(values, dimension: space.featureCount) }
}
