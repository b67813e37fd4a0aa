// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files
public import Foundation
public import Measures
internal import Networks
public import Probing
internal import RandomStreams
internal import Training

/// All that a page shows of a run, read from its folder: settings, metrics with their floors, samples on their way, pictures
/// and the results of probes. The run is not trained on; its checkpoints are sampled.
public struct RunPortrait: Sendable {
  public let summary: RunSummary
  public let settings: [(key: String, value: String)]
  public let rows: [MetricsRow]
  /// What two exact samples score, by the keys of the metrics.
  public let floors: [String: Estimate]
  /// `E|x|²` of the data in the units of training; nil where it is not measured.
  public let dataSize: Double?
  /// Samples in the plane on their way; nil if the run is not of points in the plane, or cannot be sampled.
  public let plane: PlanePortrait?
  /// Pictures of samples of images by step; empty if the run is not of images.
  public let pictures: [Picture]
  public let probes: [ProbeFile]
  /// What is not shown, and why.
  public let omissions: [String]
  /// The last step whose parameters or metrics are kept.
  public let lastStep: Int

  /// A picture of samples of a step.
  public struct Picture: Sendable {
    public let step: Int
    /// The bytes of a PNG file.
    public let data: Data
  }

  /// - Parameter threads: for what is computed anew.
  /// - Throws: what reading `run.json` and the metrics throws. What else is missing or damaged is an omission.
  public init(of path: String, threads: Int = 1) throws {
    let layout = RunLayout(path)
    summary = try RunSummary(of: path)
    settings = try summary.run.settings
    rows = FileSystem.exists(layout.metricsPath) ? try layout.metrics() : []
    let checkpoints = try layout.checkpoints()
    lastStep = max(rows.last?.step ?? 0, checkpoints.last?.step ?? 0)
    var omissions: [String] = []
    func attempt<Value>(_ what: String, _ body: () throws -> Value?) -> Value? {
      do { return try body() } catch {
        omissions.append("\(what): \(error)")
        return nil
      }
    }
    let run = summary.run
    let source = run.source
    if source.images == nil {
      let floors = try Self.floors(run)
      self.floors = floors.values
      dataSize = floors.dataSize
      if let omission = floors.omission { omissions.append(omission) }
    } else {
      (floors, dataSize) = ([:], nil)
    }
    plane = attempt("samples") { try PlanePortrait(of: path, run, checkpoints, threads: threads) }
    if plane == nil && source.images == nil && omissions.isEmpty {
      omissions.append(
        checkpoints.isEmpty
          ? "samples: there is no checkpoint yet"
          : "samples: they are shown of points in the plane that need no observation")
    }
    pictures =
      attempt("pictures of samples") {
        try Self.pictures(of: path, run, checkpoints, threads: threads)
      } ?? []
    probes = attempt("probes") { try ProbeFile.all(in: path) } ?? []
    self.omissions = omissions
  }

  /// Points beyond which a floor takes longer than a page may.
  private static let mostFloorPoints = 8192

  private static func floors(
    _ run: ResolvedRun
  ) throws -> (values: [String: Estimate], dataSize: Double, omission: String?) {
    let data = run.source.data
    let count = run.configuration.evaluationPoints
    func size(_ points: [Double]) -> Double {
      points.reduce(0) { $0 + $1 * $1 } / Double(points.count / data.dimension)
    }
    guard count <= mostFloorPoints else {
      let points = data.measurementSamples(for: [.evaluationData], count: mostFloorPoints, seed: 0)[
        0]
      return (
        [:], size(points),
        "noise floors: \(count) evaluation points are more than \(mostFloorPoints)"
      )
    }
    let floors = try SampleFloors(source: data, count: count)
    return (
      [
        Metric.slicedWasserstein.key(): floors.slicedWasserstein,
        Metric.energyDistance.key(): floors.energyDistance,
      ], size(floors.data), nil
    )
  }

  /// The most checkpoints of which samples are drawn.
  static let largestPictureCount = 6
  /// A network of more parameters is sampled at its latest checkpoint alone.
  private static let largestFilmedNetwork = 10_000_000

  /// The pictures that the run has kept; where it has kept none, of some of its checkpoints, the latest among them.
  private static func pictures(
    of path: String, _ run: ResolvedRun, _ checkpoints: [RunLayout.Checkpoint], threads: Int
  ) throws -> [Picture] {
    guard run.source.images != nil else { return [] }
    let kept = try RunLayout(path).samplePictures()
    guard kept.isEmpty else {
      return try kept.map { Picture(step: $0.step, data: try FileSystem.contents(of: $0.path)) }
    }
    guard run.source.images?.kind == .images, let plan = GalleryPlan(progressOf: run) else {
      return []
    }
    let decay = run.configuration.averageDecays.first
    let latest = try RunSampler(path, averageDecay: decay)
    var samplers = [latest]
    if run.configuration.network.layout.count <= largestFilmedNetwork {
      samplers =
        try checkpoints.spread(largestPictureCount).compactMap { checkpoint in
          guard checkpoint.step < latest.checkpoint.step else { return nil }
          do {
            return try RunSampler(path, step: checkpoint.step, averageDecay: decay)
          } catch is CheckpointFileError {
            // A damaged checkpoint leaves a gap in the film, and nothing more.
            return nil
          }
        } + samplers
    }
    return try samplers.map { sampler in
      let image = try sampler.gallery(plan, seed: run.configuration.seed, threads: threads)
      return Picture(step: sampler.checkpoint.step, data: image.encoded())
    }
  }
}

extension Array {
  /// At most so many of the values, evenly spread, the first and the last among them.
  ///
  /// - Precondition: two or more are wanted.
  func spread(_ most: Int) -> [Element] {
    guard count > most else { return self }
    return (0..<most).map { self[$0 * (count - 1) / (most - 1)] }
  }
}

extension RunPortrait {
  /// What the run is diagnosed from.
  public var subject: DiagnosisSubject {
    DiagnosisSubject(
      name: summary.path, source: summary.run.source.name,
      configuration: summary.run.configuration, rows: rows, state: summary.record?.state,
      lastStep: lastStep, dataSize: dataSize, mapSizes: plane?.mapSizes ?? [], floors: floors,
      spectra: probes.compactMap(\.spectrum))
  }
}
