// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import ArgumentParser
public import DataSources
public import Files
import FlowMaps
public import Interpolants
public import Networks
public import Plotting
public import Probing
public import Runs
public import Training

// The names that options accept. Where a type's own names are fit for a command line they serve.

extension InterpolantKind: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension Standardization.Kind: ExpressibleByArgument {}
extension DecayedParameters: ExpressibleByArgument {}
extension FloatingPointElement: ExpressibleByArgument {}
extension FigureFormat: ExpressibleByArgument {}
extension LandscapePlane.Kind: ExpressibleByArgument {}
extension ProbeVelocity: ExpressibleByArgument {}
extension TraceReport.Method: ExpressibleByArgument {}
extension MultilayerPerceptron.Activation: ExpressibleByArgument {}
extension FeatureSettings.Space: ExpressibleByArgument {}
extension Recipe: ExpressibleByArgument {}

extension NetworkPreset: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }

  public static var allValueStrings: [String] { all.map(\.name) }
}

extension MultilayerPerceptron.TimeEmbedding: ExpressibleByArgument {
  public init?(argument: String) {
    guard let found = Self.allCases.first(where: { $0.argument == argument }) else { return nil }
    self = found
  }

  public static var allValueStrings: [String] { allCases.map(\.argument) }

  var argument: String {
    switch self {
    case .endTime: return "end-time"
    case .duration: return "duration"
    }
  }
}

/// A time sampler without its parameters.
enum TimesName: String, CaseIterable, ExpressibleByArgument {
  case zero
  case relaxed
  case uniform
  case fixed
  case logNormal = "log-normal"
  case logitNormal = "logit-normal"

  init(_ times: TimeSampler) {
    switch times {
    case .endAtZero: self = .zero
    case .relaxed: self = .relaxed
    case .uniformTriangle: self = .uniform
    case .fixedEnd: self = .fixed
    case .logNormal: self = .logNormal
    case .logitNormal: self = .logitNormal
    }
  }

  var times: TimeSampler {
    switch self {
    case .zero: return .endAtZero
    case .relaxed: return .relaxed()
    case .uniform: return .uniformTriangle
    case .fixed: return .fixedEnd()
    case .logNormal: return .logNormal()
    case .logitNormal: return .logitNormal()
    }
  }
}

/// A weighting without its parameters.
enum WeightingName: String, CaseIterable, ExpressibleByArgument {
  case none
  case adaptive
  case cosine
  case inverseStep = "inverse-step"
  case learned
  case learnedTimes = "learned-times"

  init(_ weighting: Weighting) {
    switch weighting {
    case .none: self = .none
    case .adaptive: self = .adaptive
    case .cosinePseudoHuber: self = .cosine
    case .inverseStep: self = .inverseStep
    case .learned: self = .learned
    case .learnedOverTimes: self = .learnedTimes
    }
  }

  var weighting: Weighting {
    switch self {
    case .none: return .none
    case .adaptive: return .adaptive()
    case .cosine: return .cosinePseudoHuber()
    case .inverseStep: return .inverseStep
    case .learned: return .learned()
    case .learnedTimes: return .learnedOverTimes()
    }
  }
}

/// A way to differentiate along a direction, without its step.
enum TangentName: String, CaseIterable, ExpressibleByArgument {
  case exact
  case difference
  case published

  static let defaultStep = 0.005

  init(_ tangent: TangentMethod) {
    switch tangent {
    case .exact: self = .exact
    case .centralDifference: self = .difference
    case .published: self = .published
    }
  }

  var method: TangentMethod {
    switch self {
    case .exact: return .exact
    case .difference: return .centralDifference(step: Self.defaultStep)
    case .published: return .published
    }
  }
}

/// The two times of discrete consistency, without their numbers.
enum DiscretizationName: String, CaseIterable, ExpressibleByArgument {
  case constant
  case doubling
  case shrinking

  static let defaultStep = 0.01

  init(_ discretization: Discretization) {
    switch discretization {
    case .constant: self = .constant
    case .doubling: self = .doubling
    case .shrinking: self = .shrinking
    }
  }

  var discretization: Discretization {
    switch self {
    case .constant: return .constant(step: Self.defaultStep)
    case .doubling: return .doubling()
    case .shrinking: return .shrinking()
    }
  }
}

/// A stabiliser of continuous consistency that can be switched off.
enum StabilizerName: String, CaseIterable, ExpressibleByArgument {
  case warmUp = "warm-up"
  case normalization
  case rearrangement

  func remove(from stabilizers: inout Stabilizers) {
    switch self {
    case .warmUp: stabilizers.tangentWarmUp = nil
    case .normalization: stabilizers.tangentNormalization = nil
    case .rearrangement: stabilizers.rearrangesTangent = false
    }
  }
}

/// What times are turned into, without their numbers.
enum TimeFeaturesName: String, CaseIterable, ExpressibleByArgument {
  case plain
  case positional
  case fourier

  init(_ features: TimeFeatures) {
    switch features {
    case .plain: self = .plain
    case .positional: self = .positional
    case .fourier: self = .fourier
    }
  }

  var features: TimeFeatures {
    switch self {
    case .plain: return .plain
    case .positional: return .positional()
    case .fourier: return .fourier()
    }
  }
}

/// A decay of the learning rate without its parameters.
enum ScheduleName: String, CaseIterable, ExpressibleByArgument {
  case constant
  case linear
  case cosine
  case squareRoot = "square-root"

  init(_ decay: LearningRateSchedule.Decay) {
    switch decay {
    case .constant: self = .constant
    case .linear: self = .linear
    case .cosine: self = .cosine
    case .squareRoot: self = .squareRoot
    }
  }
}

/// An optimiser with its usual coefficients.
enum OptimizerName: String, CaseIterable, ExpressibleByArgument {
  case adam
  case adamw
  case radam
  case sgd
  case muon
  case normuon

  init(_ optimizer: Optimizer) {
    switch optimizer {
    case .adam: self = .adam
    case .adamW: self = .adamw
    case .radam: self = .radam
    case .sgd: self = .sgd
    case .muon(_, let neuronDecay, _, _, _, _): self = neuronDecay == nil ? .muon : .normuon
    }
  }

  var optimizer: Optimizer {
    switch self {
    case .adam: return .adam()
    case .adamw: return .adamW()
    case .radam: return .radam()
    case .sgd: return .sgd()
    case .muon: return .muon()
    case .normuon: return .norMuon
    }
  }
}
