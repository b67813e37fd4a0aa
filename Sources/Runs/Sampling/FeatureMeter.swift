// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Engines
internal import Files
internal import FlowMaps
internal import Interpolants
internal import Measures
internal import Networks
public import Probing
internal import RandomStreams
internal import Training

/// What samples of a run of images are held against: the features of the images held out.
public struct FeatureReference: Sendable {
  public let settings: FeatureSettings
  public let evaluation: ImageEvaluation

  /// What a run asks for; nil for one that asks for nothing.
  ///
  /// - Throws: as ``init(_:of:threads:)``.
  init?(_ run: ResolvedRun) throws {
    guard let settings = run.features else { return nil }
    try self.init(settings, of: run.source, threads: run.threads)
  }

  /// Takes the features of the held-out images of a source.
  ///
  /// - Throws: `ConfigurationError` for a source for which the settings are none; `ClassifierFileError`, `FeatureError`,
  ///   `EngineError`.
  public init(
    _ settings: FeatureSettings, of place: ResolvedRun.Source, threads: Int
  ) throws {
    try settings.validate(for: place)
    guard let source = try place.reading().data as? ImageSource else {
      preconditionFailure("images of \(place.name) that are none")
    }
    let images = Points(
      source.heldOut.points(0..<source.heldOut.count, in: source.units),
      dimension: source.dimension)
    let space: FeatureSpace =
      switch settings.space {
      case .classifier:
        .classifier(try TrainedClassifier.shipped(imageSize: source.pointShape[1]))
      case .pixels:
        .pixels(
          try PrincipalComponents(
            FeatureMoments(EightBits.rounded(images)),
            count: min(FeatureSettings.pixelComponents, source.dimension)))
      }
    self.settings = settings
    evaluation = try ImageEvaluation(
      of: images, in: space, seed: 0, pool: WorkerPool(threads: threads))
  }
}

extension RunSampler {
  /// What samples of the checkpoint read in features, at each number of steps that the reference names.
  ///
  /// - Throws: if the checkpoint cannot be read; `FeatureError` for samples that are not finite; `EngineError`.
  public func readings(
    _ reference: FeatureReference, threads: Int = 1
  ) throws -> [(steps: Int, readings: ImageReadings)] {
    func readings<Scalar: TrainingScalar & TensorElement>(
      _ type: Scalar.Type
    ) throws -> [(steps: Int, readings: ImageReadings)] {
      try FeatureMeter(
        reference, configuration: run.configuration, source: try run.readingSource().source.data,
        parameters: try parameters(type), pool: WorkerPool(threads: threads)
      ).measure()
    }
    switch run.configuration.precision {
    case .float32: return try readings(Float.self)
    case .float64: return try readings(Double.self)
    }
  }
}

/// Measures samples of a map in features, at every number of steps.
final class FeatureMeter<Scalar: TrainingScalar> {
  private let reference: FeatureReference
  private let sampler: FlowMapSampler<Scalar>
  /// Compiled once; what it has read is forgotten before each number of steps.
  private let reader: FeatureReader
  private let noise: [Double]
  /// The classes that samples are told, as the source has them; nil where the network is told none.
  private let labels: [Int]?
  private let scale: Double

  /// Rows that are carried at once.
  private static var blockRows: Int { 250 }

  /// - Parameter parameters: read at every measurement.
  init(
    _ reference: FeatureReference, configuration: TrainingConfiguration, source: any DataSource,
    parameters: Buffer<Scalar>, pool: WorkerPool
  ) {
    let (network, count) = (configuration.network, reference.settings.samples)
    self.reference = reference
    reader = FeatureReader(reference.evaluation.space, pool: pool)
    sampler = FlowMapSampler(
      network: network, interpolant: configuration.interpolant.interpolant, parameters: parameters,
      rows: Self.blockRows, pool: pool)
    noise = RandomStream(seed: 0, purpose: .evaluationNoise)
      .normals(rows: count, draws: network.dimension)
    scale = configuration.loss.guidance.samplingScale
    labels =
      network.classCount > 0
      ? source.labelledSamples(
        count: count, stream: RandomStream(seed: 0, purpose: .evaluationPointData)
      ).labels.map(Int.init) : nil
  }

  /// What is read of the samples at each number of steps.
  ///
  /// - Throws: `FeatureError` for samples that are not finite; `EngineError`.
  func measure() throws -> [(steps: Int, readings: ImageReadings)] {
    let dimension = sampler.dimension
    return try reference.settings.steps.map { steps in
      reader.removeAll()
      for start in stride(from: 0, to: reference.settings.samples, by: Self.blockRows) {
        let rows = start..<min(start + Self.blockRows, reference.settings.samples)
        let samples = try sampler.sample(
          padded(Array(noise[rows.lowerBound * dimension..<rows.upperBound * dimension])),
          steps: steps,
          given: SamplingConditions(
            labels: labels.map { padded(Array($0[rows]), width: 1) }, scale: scale))
        try reader.add(
          Points(Array(samples.prefix(rows.count * dimension)), dimension: dimension))
      }
      return (
        steps,
        try reference.evaluation.readings(
          of: reader.features, classes: reader.classes, labels: labels)
      )
    }
  }

  /// The last block is filled up with its last row.
  private func padded<Value>(_ values: [Value], width: Int? = nil) -> [Value] {
    let width = width ?? sampler.dimension
    let missing = Self.blockRows - values.count / width
    return values + (0..<missing).flatMap { _ in values.suffix(width) }
  }
}
