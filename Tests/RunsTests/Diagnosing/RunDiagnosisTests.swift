// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Testing

@testable import Runs

@Suite struct RunDiagnosisTests {
  @Test("of a healthy run nothing is found, and what was looked at is told")
  func healthy() {
    let diagnosis = RunDiagnosis(of: [healthySubject()])
    #expect(diagnosis.findings.isEmpty && diagnosis.isHealthy)
    #expect(Set(diagnosis.examinations.map(\.kind)) == Set(Diagnosis.Kind.allCases))
    let looked = diagnosis.examinations.filter { !$0.verdict.isUnknown }.map(\.kind)
    for kind: Diagnosis.Kind in [
      .divergedEarly, .divergedLate, .gradientExplosion, .degenerateMap, .mapRunsAway,
      .timesNotRelaxed, .noiseFloorReached,
    ] { #expect(looked.contains(kind), "\(kind)") }
  }

  @Test("a run without metrics and without readings is healthy as far as it is known")
  func empty() {
    var subject = healthySubject()
    subject.rows = []
    (subject.mapSizes, subject.dataSize, subject.floors) = ([], nil, [:])
    #expect(RunDiagnosis(of: [subject]).findings.isEmpty)
  }

  @Test("what is to be mended comes before what is worth knowing, and has numbers and advice")
  func order() {
    var subject = healthySubject().setting("slicedWasserstein") { _ in 0.1 }
    subject.state = .diverged
    let findings = RunDiagnosis(of: [subject]).findings
    #expect(findings.map(\.kind) == [.divergedEarly, .noiseFloorReached])
    for finding in findings {
      #expect(finding.runs == ["runs/0"] && !finding.evidence.isEmpty && finding.advice.count > 40)
    }
    #expect(!RunDiagnosis(of: [subject]).isHealthy)
  }

  @Test("runs are looked at together that differ in their seed alone")
  func groups() {
    let runs = (0..<3).map { healthySubject(times: .endAtZero, seed: $0) }
    let other = healthySubject(objective: .directSemi, times: .endAtZero, seed: 7)
    let spread = RunDiagnosis(of: runs + [other]).examinations.filter {
      $0.kind == .timesNotRelaxed
    }
    #expect(spread.map(\.runs) == [["runs/0", "runs/1", "runs/2"], ["runs/7"]])
  }

  @Test("evidence names its bound and where that comes from")
  func evidence() {
    let evidence = Diagnosis.Evidence("ratio", 12.345, bound: .init(2, "because"))
    #expect(evidence.text == "ratio: 12.35 (bound 2: because)")
    #expect(Diagnosis.Evidence("size", 3).text == "size: 3")
  }
}
