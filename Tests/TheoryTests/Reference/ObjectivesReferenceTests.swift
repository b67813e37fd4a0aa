// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import TestSupport
import Testing

@testable import Theory

@Suite struct ObjectivesReferenceTests {
  @Test("the lab agrees with every number of an independent implementation")
  func independentValuesPass() throws {
    let checks = try ObjectivesReference(contentsOfFile: ReferenceFixture.objectives.path).check()
    // Ten objectives of three quantities, the weighted loss, the pointwise ones, the curvatures.
    #expect(checks.count == 10 * 3 + 2 + 8 + 3)
    for check in checks {
      #expect(check.passes, "\(check)")
      // Far from the tolerance: nothing but rounding.
      #expect(check.largestError < 1e-11, "\(check)")
    }
    let outputs = NumericLeaf.all(in: try ReferenceFixture.objectives.text).filter {
      !isInput($0.path)
    }
    #expect(checks.reduce(0) { $0 + $1.count } == outputs.count)
  }

  @Test("one altered digit anywhere in the file is refused, and a value's own name is given")
  func alteredDigitsFail() throws {
    let text = try ReferenceFixture.objectives.text
    let leaves = NumericLeaf.all(in: text)
    var numbers = TestNumbers(seed: 11)
    var evaluators = ObjectivesEvaluators()
    // A stratum of neighbours each, so that every part of the file is met.
    let stratum = 12
    for start in stride(from: 0, to: leaves.count - stratum, by: stratum) {
      let leaf = leaves[start + Int(numbers.next(in: 0...Double(stratum) - 0.01))]
      let altered = leaf.altered(significantDigit: 6)
      let failed = try failures(
        text.replacingCharacters(in: leaf.range, with: altered), &evaluators)
      let place = "\(leaf.path): \(leaf.literal) altered to \(altered)"
      if isInput(leaf.path) {
        #expect(!failed.isEmpty, "\(place)")
      } else {
        #expect(failed == [quantity(leaf.path)], "\(place) failed \(failed)")
      }
    }
  }

  @Test("a value at the tolerance's edge passes or fails by its relative error")
  func toleranceIsRelative() throws {
    var tally = ReferenceTally()
    tally.compare("within", [1 + 0.9e-9, 1e-3 * (1 - 0.9e-9)], [1, 1e-3], tolerance: 1e-9)
    tally.compare("beyond", [1, 1e-3 * (1 + 1.1e-9)], [1, 1e-3], tolerance: 1e-9)
    tally.compare("cancelled", [1, 1e-15], [1, 0], tolerance: 1e-9)
    tally.compare("spurious", [1, 1e-13], [1, 0], tolerance: 1e-9)
    tally.compare("invalid", [.nan, 1], [1, 1], tolerance: 1e-9)
    tally.compare("invalid", [1], [1], tolerance: 1e-9)
    tally.compare("empty", [], [], tolerance: 1e-9)
    #expect(tally.results.map(\.passes) == [true, false, true, false, false, false])
    #expect(tally.results.map(\.count) == [2, 2, 2, 2, 3, 0])
  }

  /// Names of what disagrees; a file that is refused as a whole gives its error's text.
  private func failures(
    _ text: String, _ evaluators: inout ObjectivesEvaluators
  ) throws -> [String] {
    do {
      let reference = try ObjectivesReference(data: Data(text.utf8), file: "altered.json")
      return try reference.check(with: &evaluators).filter { !$0.passes }.map(\.quantity)
    } catch let error as ReferenceError {
      return [error.description]
    }
  }

  private func isInput(_ path: String) -> Bool {
    ["mixture", "hidden", "depth", "parameters", "x", "z", "t", "s", "direction"].contains(
      path.split(separator: ".").first.map(String.init))
  }

  private func quantity(_ path: String) -> String {
    for suffix in [".w", ".b"] where path.hasSuffix(suffix) { return String(path.dropLast(2)) }
    return path
  }
}

@Suite struct ObjectivesReferenceErrorTests {
  private func refusal(_ old: String, _ new: String) throws -> ReferenceError? {
    let text = try ReferenceFixture.objectives.text
    let range = try #require(text.range(of: old))
    return #expect(throws: ReferenceError.self) {
      _ = try ObjectivesReference(
        data: Data(text.replacingCharacters(in: range, with: new).utf8), file: "values.json")
    }
  }

  @Test("a missing or an unknown key is named with its file")
  func keys() throws {
    #expect(
      try refusal("\"perSample\"", "\"per_sample\"")
        == .missingKey(file: "values.json", key: "0.objectives.flowMatching.perSample"))
    #expect(
      try refusal("\"direction\":", "\"extra\": 1, \"direction\":")
        == .unknownKey(file: "values.json", key: "0.extra"))
    #expect(
      try refusal("\"weights\"", "\"weight\"")
        == .missingKey(file: "values.json", key: "0.mixture.weights"))
    let error = try refusal("\"directFull\"", "\"directFool\"")
    #expect(error == .missingKey(file: "values.json", key: "0.objectives.directFull"))
    #expect(error?.description.contains("values.json") == true)
    #expect(error?.description.contains("0.objectives.directFull") == true)
  }

  @Test("a value of the wrong kind, length or range is named")
  func values() throws {
    for (old, new, key) in [
      ("\"linear\"", "\"cubic\"", "0.interpolant"),
      ("\"hidden\": 6", "\"hidden\": 7", "0.parameters"),
      ("\"hidden\": 6", "\"hidden\": 0", "0.hidden"),
      ("\"depth\": 2", "\"depth\": \"2\"", "0.depth"),
      ("0.49689986902880195", "1.49689986902880195", "0.t"), ("0.3152465884135244", "-0.1", "0.s"),
      ("0.3152465884135244", "0.9", "0.s"), ("0.3152465884135244,", "", "0.s"),
      ("5.292545593934675,", "", "0.objectives"),
    ] {
      guard case .wrongValue(let file, let found, let reason) = try refusal(old, new) else {
        Issue.record("\(new) in place of \(old) is no wrong value")
        continue
      }
      #expect(file == "values.json" && !reason.isEmpty)
      #expect(found == key, "\(new) in place of \(old)")
    }
    guard case .invalidMixture(_, let key, _) = try refusal("0.12", "0.13") else {
      Issue.record("an asymmetric covariance is accepted")
      return
    }
    #expect(key == "0.mixture")
  }

  @Test("what is no JSON, or holds no record, is refused")
  func malformed() throws {
    for text in ["", "[{\"interpolant\": ", "[{\"a\": 1e999}]", "{}", "[]", "3"] {
      let error = #expect(throws: ReferenceError.self) {
        _ = try ObjectivesReference(data: Data(text.utf8), file: "values.json")
      }
      #expect(error?.description.hasPrefix("values.json: ") == true)
    }
    #expect(throws: ReferenceError.self) {
      _ = try ObjectivesReference(contentsOfFile: "/nowhere/values.json")
    }
  }
}
