// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@testable import Theory

@Suite struct TheoryReportTests {
  private static let held = CheckResult(
    number: 3, claim: "a holds",
    findings: [
      Finding("loose", measured: 1.01, .equals(1, tolerance: 0.1)),
      Finding("tight", measured: 0.35, standardError: 0.1, .agrees(0, standardErrors: 4)),
    ], failure: nil, seconds: 1.25)
  private static let failed = CheckResult(
    number: 12, claim: "b fails",
    findings: [
      Finding("beyond", measured: 3, .atMost(2)), Finding("none", measured: .nan, .atLeast(1)),
      Finding("fine", measured: 5, .atLeast(1)),
    ], failure: nil, seconds: 2)
  private static let stopped = CheckResult(
    number: 4, claim: "c stops", findings: [], failure: "step 7: the loss is nan", seconds: 0)
  private static let report = TheoryReport(
    results: [held, failed, stopped], seed: 5, isThorough: true)

  private func object(_ value: some Encodable) throws -> [String: Any] {
    let data = try JSONEncoder().encode(value)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("an expectation is an object with its kind and its numbers by name")
  func expectations() throws {
    let equals = try object(Theory.Expectation.equals(1, tolerance: 0.1))
    #expect(equals["kind"] as? String == "equals" && equals.count == 3)
    #expect(equals["value"] as? Double == 1 && equals["tolerance"] as? Double == 0.1)
    let agrees = try object(Theory.Expectation.agrees(2, standardErrors: 4))
    #expect(agrees["kind"] as? String == "agrees" && agrees.count == 3)
    #expect(agrees["value"] as? Double == 2 && agrees["standardErrors"] as? Double == 4)
    let atMost = try object(Theory.Expectation.atMost(3))
    #expect(atMost["kind"] as? String == "atMost" && atMost["bound"] as? Double == 3)
    let atLeast = try object(Theory.Expectation.atLeast(-3))
    #expect(atLeast["kind"] as? String == "atLeast" && atLeast["bound"] as? Double == -3)
  }

  @Test(
    "an expectation reads back as itself",
    arguments: [
      Theory.Expectation.equals(1, tolerance: 0.1), .agrees(2, standardErrors: 4), .atMost(3),
      .atLeast(-3),
    ])
  func roundTrip(expectation: Theory.Expectation) throws {
    let data = try JSONEncoder().encode(expectation)
    #expect(try JSONDecoder().decode(Theory.Expectation.self, from: data) == expectation)
  }

  @Test(
    "what is no expectation is refused",
    arguments: [
      #"{"kind":"near","value":1}"#, #"{"kind":"equals","value":1}"#, #"{"kind":"atMost"}"#, "{}",
    ])
  func unreadable(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Theory.Expectation.self, from: Data(text.utf8))
    }
  }

  @Test("a finding in standard errors without one is refused when read")
  func missingError() {
    let text = """
      {"quantity":"q","measured":1,"expectation":{"kind":"agrees","value":1,"standardErrors":4}}
      """
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Finding.self, from: Data(text.utf8))
    }
  }

  @Test("the JSON carries verdicts, and numbers that are none as text")
  func json() throws {
    let text = try Self.report.json()
    #expect(text.hasSuffix("}\n") && !text.contains("_0"))
    let root = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(root["seed"] as? Int == 5 && root["isThorough"] as? Bool == true)
    let results = try #require(root["results"] as? [[String: Any]])
    #expect(results.map { $0["holds"] as? Bool } == [true, false, false])
    let findings = try #require(results[1]["findings"] as? [[String: Any]])
    #expect(findings.map { $0["holds"] as? Bool } == [false, false, true])
    #expect(findings[1]["measured"] as? String == "nan")
    #expect(results[2]["failure"] as? String == "step 7: the loss is nan")
  }

  @Test("the JSON reads back as the same results")
  func readingBack() throws {
    let report = TheoryReport(results: [Self.held, Self.stopped], seed: 5, isThorough: false)
    let read = try JSON.decode(TheoryReport.self, from: Data(try report.json().utf8))
    #expect(read.results == report.results && read.seed == 5)
  }

  @Test("a claim that holds shows the finding closest to its bound, or all if asked")
  func lines() {
    let brief = TheoryReport.line(Self.held, isDetailed: false)
    #expect(brief.hasPrefix("  3  holds    a holds\n"))
    #expect(brief.contains("tight: 0.35 ± 0.1, expected 0 within 4 standard errors"))
    #expect(brief.hasSuffix("[1 of 2 findings]") && !brief.contains("loose"))
    let full = TheoryReport.line(Self.held, isDetailed: true)
    #expect(full.contains("loose: 1.01, expected 1 within 0.1") && !full.contains("[1 of"))
  }

  @Test("a claim that fails shows every finding and marks those beyond their bounds")
  func failingLines() {
    let line = TheoryReport.line(Self.failed, isDetailed: false)
    #expect(line.hasPrefix(" 12  FAILS    b fails\n"))
    #expect(line.contains("FAILS: beyond: 3, expected at most 2"))
    #expect(line.contains("FAILS: none: nan, expected at least 1"))
    #expect(line.contains("\n              fine: 5, expected at least 1"))
    #expect(
      TheoryReport.line(Self.stopped, isDetailed: false)
        .hasSuffix("stopped: step 7: the loss is nan"))
  }

  @Test("the summary counts claims and findings")
  func summary() {
    #expect(Self.report.summary == "2 of 3 claims FAIL (5 findings, 3 s).")
    let good = TheoryReport(results: [Self.held], seed: 0, isThorough: false)
    #expect(good.summary == "All 1 claims hold (2 findings, 1 s).")
  }
}
