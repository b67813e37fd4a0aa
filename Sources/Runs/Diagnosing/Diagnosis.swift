// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// Something that ails a run, by name, with the numbers that show it and what to change.
public struct Diagnosis: Sendable, Equatable {
  /// What may ail a run.
  public enum Kind: String, CaseIterable, Sendable {
    case divergedEarly
    case divergedLate
    case guidanceTooLarge
    case timesNotRelaxed
    case gradientExplosion
    case degenerateMap
    case mapRunsAway
    case eigenvaluesUnconverged
    case noiseFloorReached
  }

  public let kind: Kind
  /// The folders of the runs it was found in.
  public let runs: [String]
  /// The numbers that decide.
  public let evidence: [Evidence]
  /// What to change.
  public let advice: String

  /// A number beside the bound it is held against.
  public struct Evidence: Sendable, Equatable {
    public let quantity: String
    public let value: Double
    /// What the bound is and where it comes from; nil for a number that only explains.
    public let bound: Bound?

    public struct Bound: Sendable, Equatable {
      public let value: Double
      public let meaning: String

      public init(_ value: Double, _ meaning: String) {
        self.value = value
        self.meaning = meaning
      }
    }

    public init(_ quantity: String, _ value: Double, bound: Bound? = nil) {
      self.quantity = quantity
      self.value = value
      self.bound = bound
    }

    /// `largest gradient norm over the median before: 43.1 (bound 9.4: …)`
    public var text: String {
      let number = String(format: "%.4g", value)
      guard let bound else { return "\(quantity): \(number)" }
      return
        "\(quantity): \(number) (bound \(String(format: "%.4g", bound.value)): \(bound.meaning))"
    }
  }
}

extension Diagnosis.Kind {
  public var title: String {
    switch self {
    case .divergedEarly: "divergence in the first steps"
    case .divergedLate: "divergence later in the run"
    case .guidanceTooLarge: "guidance scale too large"
    case .timesNotRelaxed: "times not relaxed"
    case .gradientExplosion: "gradients explode"
    case .degenerateMap: "degenerate map"
    case .mapRunsAway: "the map's size runs away"
    case .eigenvaluesUnconverged: "eigenvalues unconverged"
    case .noiseFloorReached: "noise floor reached"
    }
  }

  /// What is looked at.
  public var question: String {
    switch self {
    case .divergedEarly:
      "did a number cease to be finite before the optimiser's running moments had settled?"
    case .divergedLate: "did a number cease to be finite after that?"
    case .guidanceTooLarge:
      "does training amplify errors of the unguided branch, and do samples leave the modes?"
    case .timesNotRelaxed: "with s fixed, how far apart are runs that differ in their seed?"
    case .gradientExplosion: "the largest gradient norm against the median before it"
    case .degenerateMap: "a map far from the flow map that has become flatter in training"
    case .mapRunsAway: "E|f(z; T, 0)|² against that of data and noise"
    case .eigenvaluesUnconverged: "residuals of the eigenvalues in the folder's probes"
    case .noiseFloorReached: "sliced W2 against that between two exact samples"
    }
  }

  /// Whether something is to be mended; otherwise it is worth knowing.
  public var isTrouble: Bool { self != .noiseFloorReached }
}

/// What a rule says of a run.
public enum Verdict: Sendable, Equatable {
  case found([Diagnosis.Evidence], advice: String)
  /// Looked at, and in order; the numbers that were looked at.
  case clear([Diagnosis.Evidence])
  /// Not looked at, and why.
  case unknown(String)
}
