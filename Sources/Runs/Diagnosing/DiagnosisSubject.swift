// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Measures
public import Probing
public import Training

/// What a diagnosis is made of: the settings of a run, its rows of metrics and a few readings. Nothing is run for it.
public struct DiagnosisSubject: Sendable {
  /// A number of a step.
  public struct Reading: Sendable, Equatable {
    public let step: Int
    public let value: Double

    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }

  /// Eigenvalues that a probe left in the run's folder.
  public struct Spectrum: Sendable, Equatable {
    public let file: String
    public let isConverged: Bool
    /// The largest residual over the magnitude of its eigenvalue.
    public let largestRelativeResidual: Double

    public init(file: String, isConverged: Bool, largestRelativeResidual: Double) {
      self.file = file
      self.isConverged = isConverged
      self.largestRelativeResidual = largestRelativeResidual
    }
  }

  /// The run's folder.
  public var name: String
  /// The name of the data.
  public var source: String
  public var configuration: TrainingConfiguration
  public var rows: [MetricsRow]
  /// nil for a run from before it was recorded.
  public var state: RunRecord.State?
  /// The last step whose parameters or metrics are kept.
  public var lastStep: Int
  /// `E|x|²` of the data in the units of training; nil where it was not measured.
  public var dataSize: Double?
  /// `E|f(z; T, 0)|²` of checkpoints, by step.
  public var mapSizes: [Reading]
  /// Metrics that two exact samples score, by their keys.
  public var floors: [String: Estimate]
  public var spectra: [Spectrum]

  public init(
    name: String, source: String = "", configuration: TrainingConfiguration, rows: [MetricsRow],
    state: RunRecord.State? = .finished, lastStep: Int? = nil, dataSize: Double? = nil,
    mapSizes: [Reading] = [], floors: [String: Estimate] = [:], spectra: [Spectrum] = []
  ) {
    self.name = name
    self.source = source
    self.configuration = configuration
    self.rows = rows
    self.state = state
    self.lastStep = lastStep ?? rows.last?.step ?? 0
    self.dataSize = dataSize
    self.mapSizes = mapSizes
    self.floors = floors
    self.spectra = spectra
  }

  /// The finite values of a number, by step.
  func readings(_ key: String) -> [Reading] {
    rows.compactMap { row in
      row[key].flatMap { $0.isFinite ? Reading(step: row.step, value: $0) : nil }
    }
  }

  func readings(_ metric: Metric) -> [Reading] { readings(metric.key()) }
}
