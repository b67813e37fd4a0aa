// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Training

/// The diagnoses of runs: what was found, and what was looked at.
public struct RunDiagnosis: Sendable, Equatable {
  /// A rule's verdict on a run, or on runs that differ in their seed.
  public struct Examination: Sendable, Equatable {
    public let kind: Diagnosis.Kind
    public let runs: [String]
    public let verdict: Verdict
  }

  /// Every rule on every run, rule by rule.
  public let examinations: [Examination]

  /// - Parameter subjects: the runs; those that differ in their seed alone are also looked at together.
  public init(of subjects: [DiagnosisSubject]) {
    let alone: [(kind: Diagnosis.Kind, rule: (DiagnosisSubject) -> Verdict)] = [
      (.divergedEarly, \.earlyDivergence), (.divergedLate, \.lateDivergence),
      (.guidanceTooLarge, \.guidance), (.gradientExplosion, \.gradients),
      (.degenerateMap, \.degeneracy), (.mapRunsAway, \.mapSize),
      (.eigenvaluesUnconverged, \.eigenvalues), (.noiseFloorReached, \.noiseFloor),
    ]
    var examinations = alone.flatMap { kind, rule in
      subjects.map { Examination(kind: kind, runs: [$0.name], verdict: rule($0)) }
    }
    examinations += Self.groups(of: subjects).map { group in
      Examination(
        kind: .timesNotRelaxed, runs: group.map(\.name), verdict: spreadOverSeeds(group))
    }
    self.examinations = examinations
  }

  /// What was found: first what is to be mended.
  public var findings: [Diagnosis] {
    let found = examinations.compactMap { examination -> Diagnosis? in
      guard case .found(let evidence, let advice) = examination.verdict else { return nil }
      return Diagnosis(
        kind: examination.kind, runs: examination.runs, evidence: evidence, advice: advice)
    }
    return found.filter(\.kind.isTrouble) + found.filter { !$0.kind.isTrouble }
  }

  /// Whether nothing is to be mended.
  public var isHealthy: Bool { !findings.contains { $0.kind.isTrouble } }

  /// Runs that differ in their seed alone, in the order of the first of each.
  private static func groups(of subjects: [DiagnosisSubject]) -> [[DiagnosisSubject]] {
    var groups: [[DiagnosisSubject]] = []
    for subject in subjects {
      var configuration = subject.configuration
      let place = groups.firstIndex { group in
        configuration.seed = group[0].configuration.seed
        return group[0].configuration == configuration && group[0].source == subject.source
      }
      if let place { groups[place].append(subject) } else { groups.append([subject]) }
    }
    return groups
  }
}
