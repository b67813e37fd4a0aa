// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@testable import Runs

@Suite struct SweepAxisTests {
  private func draws(_ axis: String, count: Int, seed: UInt64 = 0) throws -> [Double] {
    let plan = try smallPlan(
      "\"axes\": {\(axis)}, \"random\": {\"draws\": \(count), \"seed\": \(seed)}")
    return try plan.trials.map { try #require(Double($0.values[0].brief)) }
  }

  @Test("a draw depends on seed, key and its number alone")
  func addresses() throws {
    let rate = #""configuration.schedule.peak": {"from": 1e-4, "to": 1e-2, "scale": "log"}"#
    let few = try draws(rate, count: 5)
    #expect(try Array(draws(rate, count: 50).prefix(5)) == few)
    #expect(try draws(rate, count: 5, seed: 1) != few)
    let both = try smallPlan(
      "\"axes\": {\"configuration.batch\": [16, 32], \(rate)}, \"random\": {\"draws\": 5}")
    #expect(both.trials.map { $0.values[1].brief } == few.map { "\($0)" })
  }

  @Test("draws keep to their range, are evenly spread on its scale, and have few digits")
  func ranges() throws {
    let log = try draws(
      #""configuration.schedule.peak": {"from": 1e-4, "to": 1e-2, "scale": "log"}"#, count: 400)
    #expect(log.allSatisfy { (1e-4...1e-2).contains($0) })
    #expect(log.allSatisfy { Double(String(format: "%.3e", $0)) == $0 })
    let belowMiddle = log.count { $0 < 1e-3 }
    #expect(abs(belowMiddle - log.count / 2) < 50)
    let linear = try draws(
      #""configuration.schedule.peak": {"from": 0.1, "to": 0.3}"#, count: 100)
    #expect(linear.allSatisfy { (0.1...0.3).contains($0) })
    #expect(linear.allSatisfy { Double(String(format: "%.4f", $0)) == $0 })
    #expect(abs(linear.reduce(0, +) / Double(linear.count) - 0.2) < 0.02)
  }

  @Test("a key of whole numbers draws them, its ends as likely as the others")
  func wholeNumbers() throws {
    let axis = SweepAxis(
      key: "configuration.batch", position: TextPosition(line: 1, column: 1),
      values: .range(
        SweepRange(
          from: JSONValue(.number(3, literal: "3"), at: TextPosition(line: 1, column: 1)),
          to: JSONValue(.number(5, literal: "5"), at: TextPosition(line: 1, column: 1)),
          scale: .linear, isWhole: true)))
    let drawn = (0..<600).map { axis.draw($0, seed: 7).brief }
    for value in ["3", "4", "5"] {
      #expect(abs(drawn.count { $0 == value } - 200) < 50)
    }
    #expect(Set(drawn).count == 3)
  }

  @Test("a list is drawn from evenly")
  func lists() throws {
    let values = ["8", "16", "32"].map {
      JSONValue(.number(Double($0) ?? 0, literal: $0), at: TextPosition(line: 1, column: 1))
    }
    let axis = SweepAxis(
      key: "configuration.batch", position: TextPosition(line: 1, column: 1), values: .list(values))
    let drawn = (0..<600).map { axis.draw($0, seed: 7).brief }
    for value in values { #expect(abs(drawn.count { $0 == value.brief } - 200) < 50) }
  }
}
