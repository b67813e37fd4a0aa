// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
internal import Files
public import FlowMaps
public import Interpolants
public import Networks

/// The element type of a run's numbers.
public enum Precision: String, CaseIterable, Sendable, Codable {
  case float32
  case float64
}

/// Everything that determines a training run, as written to `run.json`.
///
/// The source stands beside it (``ResolvedRun``). The number of threads is recorded there for
/// information only: it changes no bit of a result.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
  public var interpolant: InterpolantKind
  public var network: Architecture
  public var loss: TrainingLoss
  public var times: TimeSampler
  public var optimizer: Optimizer
  /// The parameters that the optimiser's weight decay shrinks.
  public var decays: DecayedParameters
  public var schedule: LearningRateSchedule
  public var clipping: GradientClipping
  /// Decays of the parameter averages kept beside the parameters.
  public var averageDecays: [Double]
  /// Rows of a training batch.
  public var batch: Int
  public var steps: Int
  public var seed: UInt64
  /// Metrics are evaluated at step 0, every so many steps, and at the last.
  public var metricsInterval: Int
  /// Points on which metrics are evaluated.
  public var evaluationPoints: Int
  public var precision: Precision
  /// How noise meets data.
  public var coupling: Coupling
  /// A trained network whose velocity teaches in the place of the exact one, and against which the Eulerian loss
  /// is measured, too; nil for the exact law.
  public var teacher: PretrainedNetwork?
  /// The network from whose parameters training begins; nil for random ones.
  public var start: PretrainedNetwork?

  public init(
    interpolant: InterpolantKind = .linear,
    network: some TrainableNetwork = MultilayerPerceptron(),
    loss: TrainingLoss = TrainingLoss(objective: .improvedSelfDistillation),
    times: TimeSampler = .relaxed(), optimizer: Optimizer = .adam(),
    schedule: LearningRateSchedule = .linearDecay(from: 2e-3), clipping: GradientClipping = .none,
    averageDecays: [Double] = [], batch: Int = 256, steps: Int = 1000, seed: UInt64 = 0,
    metricsInterval: Int = 50, evaluationPoints: Int = 1024, precision: Precision = .float32,
    coupling: Coupling = .independent, teacher: PretrainedNetwork? = nil,
    start: PretrainedNetwork? = nil, decays: DecayedParameters = .all
  ) {
    self.interpolant = interpolant
    self.network = network.architecture
    self.loss = loss
    self.times = times
    self.optimizer = optimizer
    self.decays = decays
    self.schedule = schedule
    self.clipping = clipping
    self.averageDecays = averageDecays
    self.batch = batch
    self.steps = steps
    self.seed = seed
    self.metricsInterval = metricsInterval
    self.evaluationPoints = evaluationPoints
    self.precision = precision
    self.coupling = coupling
    self.teacher = teacher
    self.start = start
  }

  /// Whether the network is told a class in every row, so that it learns nothing of what it is to do without.
  public var alwaysTellsClass: Bool {
    network.classCount > 0 && loss.guidance.labelDropout == 0
  }

  /// The numbers of points on which metrics can be evaluated.
  public static let validEvaluationPoints = 16...65_536

  /// Checks what comes from outside.
  ///
  /// - Throws: ``ConfigurationError`` naming the setting, its value and what would be accepted.
  public func validate() throws {
    let positive = [
      ("steps", steps), ("batch", batch), ("metrics interval", metricsInterval),
    ]
    for (setting, value) in positive where value < 1 {
      throw ConfigurationError(
        setting: setting, value: "\(value)", accepted: "a whole number of at least 1")
    }
    try network.validate()
    // The energy distance's error needs a few points; the exact map's cost grows with them.
    if !Self.validEvaluationPoints.contains(evaluationPoints) {
      throw ConfigurationError(
        setting: "evaluation points", value: "\(evaluationPoints)",
        accepted: "a whole number from 16 to 65536")
    }
    if batch > 16_777_216 {
      throw ConfigurationError(
        setting: "batch", value: "\(batch)", accepted: "at most 16777216 rows")
    }
    for decay in averageDecays where !(decay >= 0 && decay < 1) {
      throw ConfigurationError(
        setting: "average decay", value: "\(decay)", accepted: "a number from 0 to below 1")
    }
    if Set(averageDecays).count != averageDecays.count {
      throw ConfigurationError(
        setting: "average decays", value: "\(averageDecays)", accepted: "different numbers")
    }
    if loss.objective.needsLinearInterpolant && interpolant != .linear {
      throw ConfigurationError(
        setting: "interpolant", value: interpolant.rawValue,
        accepted: "linear, with the objective \(loss.objective.rawValue)")
    }
    try times.validate()
    try loss.validate()
    try validateConsistency()
    try validatePretrained()
    try loss.guidance.validate()
    if loss.objective == .consistencyTraining
      && (loss.guidance.scale != 1 || loss.guidance.isDrawn)
    {
      throw ConfigurationError(
        setting: "guidance", value: "\(loss.guidance.scale)",
        accepted:
          "1 with \(loss.objective.shortName), which compares data at two times and has no velocity "
          + "to guide")
    }
    if network.takesGuidance != loss.guidance.isDrawn {
      throw ConfigurationError(
        setting: "network", value: network.takesGuidance ? "told a scale of guidance" : "told none",
        accepted: loss.guidance.isDrawn
          ? "one that takes guidance, since each row has a scale of its own"
          : "one that takes no guidance, since all rows have one scale")
    }
    if loss.guidance.isDrawn && loss.objective.needsExactVelocity {
      throw ConfigurationError(
        setting: "range of guidance scales", value: loss.objective.shortName,
        accepted: "one scale with an objective that is taught by the exact velocity")
    }
    if network.classCount == 0 && loss.guidance != .none {
      throw ConfigurationError(
        setting: "guidance",
        value: "\(loss.guidance.scale), label dropout \(loss.guidance.labelDropout)",
        accepted: "none (a scale of 1 and no dropout) for a network without classes")
    }
    try clipping.validate()
    try optimizer.validate()
    if decays != .all && optimizer.weightDecay == nil {
      throw ConfigurationError(
        setting: "decayed parameters", value: decays.rawValue,
        accepted:
          "\(DecayedParameters.all.rawValue) with \(optimizer.name), which has no weight decay")
    }
    guard schedule.peak >= 0 && schedule.peak.isFinite else {
      throw ConfigurationError(
        setting: "learning rate", value: "\(schedule.peak)",
        accepted: "a finite number of at least 0")
    }
    guard schedule.warmUpSteps >= 0 && schedule.warmUpSteps < steps else {
      throw ConfigurationError(
        setting: "warm-up", value: "\(schedule.warmUpSteps) steps",
        accepted: "a whole number from 0 to below the \(steps) steps of the run")
    }
    try schedule.validate()
  }
}

// MARK: - Coding

extension TrainingConfiguration {
  /// Reads a configuration. Runs from before there were couplings draw noise independently; those from
  /// before parameters had roles decay them all.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      interpolant: try values.decode(InterpolantKind.self, forKey: .interpolant),
      network: try values.decode(Architecture.self, forKey: .network),
      loss: try values.decode(TrainingLoss.self, forKey: .loss),
      times: try values.decode(TimeSampler.self, forKey: .times),
      optimizer: try values.decode(Optimizer.self, forKey: .optimizer),
      schedule: try values.decode(LearningRateSchedule.self, forKey: .schedule),
      clipping: try values.decode(GradientClipping.self, forKey: .clipping),
      averageDecays: try values.decode([Double].self, forKey: .averageDecays),
      batch: try values.decode(Int.self, forKey: .batch),
      steps: try values.decode(Int.self, forKey: .steps),
      seed: try values.decode(UInt64.self, forKey: .seed),
      metricsInterval: try values.decode(Int.self, forKey: .metricsInterval),
      evaluationPoints: try values.decode(Int.self, forKey: .evaluationPoints),
      precision: try values.decode(Precision.self, forKey: .precision),
      coupling: try values.decodeIfPresent(Coupling.self, forKey: .coupling) ?? .independent,
      teacher: try values.decodeIfPresent(PretrainedNetwork.self, forKey: .teacher),
      start: try values.decodeIfPresent(PretrainedNetwork.self, forKey: .start),
      decays: try values.decodeIfPresent(DecayedParameters.self, forKey: .decays) ?? .all)
  }
}
