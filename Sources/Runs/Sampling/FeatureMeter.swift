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
  /// What makes images of samples that are latents, and the units of training in those of the latents.
  fileprivate let decoding: (autoencoder: TrainedAutoencoder, units: Standardization?)?

  /// What a run asks for; nil for one that asks for nothing.
  ///
  /// - Throws: as ``init(_:of:decoder:threads:)``.
  init?(_ run: ResolvedRun, decoder: DecoderFile?) throws {
    guard let settings = run.features else { return nil }
    try self.init(settings, of: run.source, decoder: decoder, threads: run.threads)
  }

  /// Takes the features of the held-out images of a source.
  ///
  /// - Parameter decoder: for a source of latents. Samples are decoded, and held against the held-out images of its own
  ///   training: what it loses of an image counts.
  /// - Throws: `ConfigurationError` for a source for which the settings are none; `AutoencoderFileError`,
  ///   `ImageDataError`, `ClassifierFileError`, `FeatureError`, `EngineError`.
  public init(
    _ settings: FeatureSettings, of place: ResolvedRun.Source, decoder: DecoderFile? = nil,
    threads: Int
  ) throws {
    try settings.validate(for: place, decoder: decoder?.path)
    try decoder?.check(place)
    guard let source = try decoder?.images() ?? place.reading().data as? ImageSource else {
      preconditionFailure("images of \(place.name) that are none")
    }
    try settings.validate(imageShape: source.pointShape)
    decoding = decoder.map { ($0.autoencoder, place.units) }
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
  /// - Parameters:
  ///   - scale: of guidance in sampling (Post-CFG), or told to a network that takes guidance; nil for
  ///     `Guidance/samplingScale`.
  ///   - source: the run's, where its rows are at hand, so that they need not be read again.
  /// - Throws: if the checkpoint cannot be read; `FeatureError` for samples that are not finite; `EngineError`.
  public func readings(
    _ reference: FeatureReference, scale: Double? = nil, source: ResolvedRun.Source? = nil,
    threads: Int = 1
  ) throws -> [(steps: Int, readings: ImageReadings)] {
    let data = try (source ?? run.source).reading().data
    func readings<Scalar: TrainingScalar & TensorElement>(
      _ type: Scalar.Type
    ) throws -> [(steps: Int, readings: ImageReadings)] {
      try FeatureMeter(
        reference, configuration: run.configuration, source: data, scale: scale,
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
  private let decoder: LatentDecoder?
  private let noise: [Double]
  /// The classes that samples are told, as the source has them; nil where the network is told none.
  private let labels: [Int]?
  private let scale: Double

  /// Rows that are carried at once.
  private static var blockRows: Int { 250 }

  /// - Parameters:
  ///   - scale: see `RunSampler/readings(_:scale:source:threads:)`.
  ///   - parameters: read at every measurement.
  init(
    _ reference: FeatureReference, configuration: TrainingConfiguration, source: any DataSource,
    scale: Double? = nil, parameters: Buffer<Scalar>, pool: WorkerPool
  ) {
    let (network, count) = (configuration.network, reference.settings.samples)
    self.reference = reference
    reader = FeatureReader(reference.evaluation.space, pool: pool)
    decoder = reference.decoding.map { LatentDecoder($0.autoencoder, pool: pool) }
    sampler = FlowMapSampler(
      network: network, interpolant: configuration.interpolant.interpolant, parameters: parameters,
      rows: Self.blockRows, pool: pool)
    noise = RandomStream(seed: 0, purpose: .evaluationNoise)
      .normals(rows: count, draws: network.dimension)
    self.scale = scale ?? configuration.loss.guidance.samplingScale
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
        try reader.add(try images(Array(samples.prefix(rows.count * dimension))))
      }
      return (
        steps,
        try reference.evaluation.readings(
          of: reader.features, classes: reader.classes, labels: labels)
      )
    }
  }

  /// The images that samples are, or are the latents of.
  private func images(_ samples: [Double]) throws -> Points {
    guard let decoder else { return Points(samples, dimension: sampler.dimension) }
    let raw = reference.decoding?.units?.undone(samples) ?? samples
    return Points(
      try decoder.images(ofRaw: raw), dimension: decoder.imageShape.reduce(1, *))
  }

  /// The last block is filled up with its last row.
  private func padded<Value>(_ values: [Value], width: Int? = nil) -> [Value] {
    let width = width ?? sampler.dimension
    let missing = Self.blockRows - values.count / width
    return values + (0..<missing).flatMap { _ in values.suffix(width) }
  }
}
