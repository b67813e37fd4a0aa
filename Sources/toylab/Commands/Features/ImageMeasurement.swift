// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import DataSources
import Engines
import Files
import Foundation
import Measures
import Networks
import Probing
import Runs

/// Samples of images held against a reference in features: `toylab measure A B --features …`.
struct ImageMeasurement {
  let samples: String
  let reference: String
  let choice: FeatureChoice
  let options: ImageMeasureOptions
  let points: PointOptions
  let seed: UInt64
  let threads: Int

  /// What was measured.
  struct Report: Encodable {
    let samples: String
    let reference: String
    let features: String
    /// Their number.
    let dimension: Int
    let referenceCount: Int?
    let readings: ImageReadings
    let floor: FeatureFloor?
    let seed: UInt64
  }

  /// Of how many samples and held-out images the nearest training image is sought.
  private static let neighborCount = 1000

  func report() throws -> Report {
    switch choice {
    case .given: return try givenReport()
    case .classifier, .pixels, .file: return try imageReport()
    }
  }

  // MARK: Features that somebody took

  private func givenReport() throws -> Report {
    let left = try FeatureArray(
      contentsOf: samples, array: points.array, labels: points.labels)
    let rows = min(points.count ?? .max, left.values.count / left.dimension)
    let features = Points(
      Array(left.values[..<(rows * left.dimension)]), dimension: left.dimension)
    let space = FeatureSpace.given(dimension: left.dimension)
    let evaluation: ImageEvaluation
    var count: Int?
    if let statistics = try FeatureArray.statistics(contentsOf: reference) {
      evaluation = try ImageEvaluation(
        .law(GaussianFit(mean: statistics.mean, covariance: statistics.covariance)), in: space,
        seed: seed)
    } else {
      let right = try FeatureArray(contentsOf: reference, array: points.array)
      guard right.dimension == left.dimension else {
        throw FeatureError.dimensions(left: left.dimension, right: right.dimension)
      }
      count = right.values.count / right.dimension
      evaluation = try ImageEvaluation(
        .features(Points(right.values, dimension: right.dimension)), in: space, seed: seed)
    }
    return report(evaluation, try evaluation.readings(of: features), referenceCount: count)
  }

  // MARK: Images

  /// Images that are asked for block by block.
  private struct Rows {
    let path: String
    let shape: [Int]
    let count: Int
    let labels: [Int]?
    let points: (Range<Int>) throws -> [Double]

    var dimension: Int { shape.reduce(1, *) }

    init(_ set: ImageSet, _ units: ImageUnits, path: String) {
      self.path = path
      (shape, count) = (set.shape, set.count)
      labels = set.labels.isEmpty ? nil : set.labels.map { Int($0) }
      points = { set.points($0, in: units) }
    }

    init(_ array: ImageArray) {
      (path, shape, count, labels) = (array.path, array.shape, array.count, array.labels)
      points = { try array.points($0) }
    }

    /// Images of latents.
    init(_ latents: LatentArray, path: String, _ decoder: LatentDecoder) {
      self.path = path
      (shape, count, labels) = (decoder.imageShape, latents.count, latents.labels)
      points = { try decoder.images(ofRaw: latents.numbers($0)) }
    }

    /// The first images, as many as asked for or as there are.
    func first(_ wanted: Int) throws -> Points {
      Points(try points(0..<min(wanted, count)), dimension: dimension)
    }

    func forEachBlock(of wanted: Int, _ body: (Points) throws -> Void) throws {
      let total = min(wanted, count)
      for start in stride(from: 0, to: total, by: 1024) {
        try body(
          Points(try points(start..<min(start + 1024, total)), dimension: dimension))
      }
    }
  }

  private func imageReport() throws -> Report {
    let pool = WorkerPool(threads: threads)
    let left = try sampleRows(pool)
    let (right, training) = try referenceParts()
    for other in [right, training].compactMap({ $0 }) where other.shape != left.shape {
      throw ImageShapeError(
        first: left.path, shape: left.shape, second: other.path, otherShape: other.shape)
    }
    let space = try space(for: left, of: right)
    let ownCount = min(points.count ?? .max, left.count)

    var (sampleDistances, heldOutDistances): ([Double], [Double]) = ([], [])
    if let training {
      func distances(_ rows: Rows, _ most: Int) throws -> [Double] {
        try NearestPoints(
          to: EightBits.rounded(rows.first(min(most, Self.neighborCount))),
          among: training.count, rows: training.points
        ).distances
      }
      sampleDistances = try distances(left, ownCount)
      heldOutDistances = try distances(right, right.count)
    }
    let referenceReader = FeatureReader(space, pool: pool)
    try right.forEachBlock(of: right.count) { try referenceReader.add($0) }
    let evaluation = try ImageEvaluation(
      .features(referenceReader.features), in: space, heldOutDistances: heldOutDistances,
      seed: seed)
    let reader = FeatureReader(space, pool: pool)
    try left.forEachBlock(of: ownCount) { try reader.add($0) }
    let labels = space.classCount > 0 ? left.labels.map { Array($0.prefix(ownCount)) } : nil
    if let worst = labels?.max(), worst >= space.classCount {
      throw ClassRangeError(path: left.path, label: worst, classCount: space.classCount)
    }
    let readings = try evaluation.readings(
      of: reader.features, classes: reader.classes, labels: labels, distances: sampleDistances)
    return report(evaluation, readings, referenceCount: right.count)
  }

  /// The samples, decoded where they are latents.
  private func sampleRows(_ pool: WorkerPool) throws -> Rows {
    guard let decoder = options.decoder else {
      return Rows(
        try ImageArray(
          contentsOf: samples, array: points.array, labels: points.labels,
          range: options.range ?? .bytes))
    }
    let autoencoder = try TrainedAutoencoder(contentsOf: decoder)
    return Rows(
      try LatentArray(
        contentsOf: samples, of: autoencoder, array: points.array, labels: points.labels),
      path: samples, LatentDecoder(autoencoder, pool: pool))
  }

  /// The images that samples are held against, and those among which copies are sought.
  private func referenceParts() throws -> (reference: Rows, training: Rows?) {
    var training: Rows?
    if let path = options.training {
      training = Rows(try ImageArray(contentsOf: path, range: options.range ?? .bytes))
    }
    let isArray = FileSystem.exists(reference) && !FileSystem.isFolder(reference)
    if isArray {
      if options.shrink != nil {
        throw ShrinkError(reference: reference)
      }
      return (
        Rows(try ImageArray(contentsOf: reference, range: options.range ?? .bytes)), training
      )
    }
    let found = try ImageRequest(data: reference, shrink: options.shrink ?? 1).read()
    guard let source = found.source as? ImageSource else {
      throw ImageDataError(path: reference, problem: .unknownContents)
    }
    return (
      Rows(source.heldOut, source.units, path: reference),
      training ?? Rows(source.training, source.units, path: reference)
    )
  }

  private func space(for samples: Rows, of reference: Rows) throws -> FeatureSpace {
    func classifier(_ classifier: TrainedClassifier, _ path: String) throws -> FeatureSpace {
      let network = classifier.network
      let shape = [network.channels, network.imageSize, network.imageSize]
      guard shape == samples.shape else {
        throw ImageShapeError(
          first: samples.path, shape: samples.shape, second: path, otherShape: shape)
      }
      return .classifier(classifier)
    }
    switch choice {
    case .classifier:
      return try classifier(
        TrainedClassifier.shipped(imageSize: samples.shape[1]), "the classifier")
    case .file(let path):
      return try classifier(TrainedClassifier(contentsOf: path), path)
    case .pixels:
      var moments = FeatureMoments(dimension: reference.dimension)
      try reference.forEachBlock(of: reference.count) { moments.add(EightBits.rounded($0)) }
      return .pixels(
        try PrincipalComponents(moments, count: min(options.components, reference.dimension)))
    case .given:
      return .given(dimension: samples.dimension)
    }
  }

  private func report(
    _ evaluation: ImageEvaluation, _ readings: ImageReadings, referenceCount: Int?
  ) -> Report {
    Report(
      samples: samples, reference: reference, features: evaluation.space.title,
      dimension: evaluation.space.featureCount, referenceCount: referenceCount, readings: readings,
      floor: evaluation.floor, seed: seed)
  }
}

/// Images of two shapes.
struct ImageShapeError: Error, Equatable, CustomStringConvertible {
  let first: String
  let shape: [Int]
  let second: String
  let otherShape: [Int]

  var description: String {
    "the images of \(first) have the shape \(shape), those of \(second) \(otherShape); accepted are equal "
      + "shapes (a reference is made smaller by --shrink)"
  }
}

/// A class beyond those that a classifier knows.
struct ClassRangeError: Error, Equatable, CustomStringConvertible {
  let path: String
  let label: Int
  let classCount: Int

  var description: String {
    "\(path) has the label \(label), and the classifier knows \(classCount) classes; accepted are 0 to "
      + "\(classCount - 1)"
  }
}

/// A reference that is not made smaller.
struct ShrinkError: Error, Equatable, CustomStringConvertible {
  let reference: String

  var description: String {
    "--shrink makes the images of a data set smaller, and \(reference) is an array; accepted is no --shrink, or "
      + "the name of a data set"
  }
}
