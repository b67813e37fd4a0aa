// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Plotting

@Suite("Ticks")
struct TicksTests {
  private func labels(_ range: ClosedRange<Double>, _ count: Int, _ scale: AxisScale = .linear)
    -> [String]
  {
    TickSet.automatic(for: range, scale: scale, maximumCount: count).major.map(\.label)
  }

  @Test("Known ranges have the labels one would write by hand")
  func knownCases() {
    #expect(labels(0...1, 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(0...10, 6) == ["0", "2", "4", "6", "8", "10"])
    #expect(labels(-3.2...3.2, 4) == ["\u{2212}2", "0", "2"])
    #expect(labels(0...1, 5) == ["0.00", "0.25", "0.50", "0.75", "1.00"])
    #expect(labels(0...3000, 4) == ["0", "1000", "2000", "3000"])
  }

  @Test("Large and small numbers share one power of ten")
  func commonExponent() {
    let large = TickSet.automatic(for: 0...2e6, scale: .linear, maximumCount: 5)
    #expect(large.commonExponent == 6)
    #expect(large.major.map(\.label) == ["0.0", "0.5", "1.0", "1.5", "2.0"])
    let small = TickSet.automatic(for: 0...4e-5, scale: .linear, maximumCount: 5)
    #expect(small.commonExponent == -5)
    #expect(small.major.map(\.label) == ["0", "1", "2", "3", "4"])
    #expect(
      TickSet.automatic(for: 0...99_000, scale: .linear, maximumCount: 5).commonExponent == nil)
  }

  @Test("Over many ranges ticks are inside, evenly spaced, few, and reach both ends within a step")
  func properties() {
    var generator = SplitMix64(state: 7)
    for _ in 0..<500 {
      let center = Double.random(in: -10...10, using: &generator)
      let span = pow(10, Double.random(in: -8...8, using: &generator))
      let range = (center - span)...(center + span)
      let maximum = Int.random(in: 2...9, using: &generator)
      let values = LinearTicks.ticks(for: range, maximumCount: maximum).major.map(\.value)
      #expect(values.count <= maximum && values.count >= 1)
      let slack = span * 1e-6
      #expect(
        values.allSatisfy { $0 >= range.lowerBound - slack && $0 <= range.upperBound + slack })
      guard values.count > 1, let first = values.first, let last = values.last else { continue }
      let step = (last - first) / Double(values.count - 1)
      for (index, value) in values.enumerated() {
        #expect(abs(value - first - Double(index) * step) < slack)
      }
      #expect(first - step < range.lowerBound && last + step > range.upperBound)
      let mantissa = step / pow(10, (log10(step) + 1e-5).rounded(.down))
      #expect([1, 2, 2.5, 5].contains { abs($0 - mantissa) < 1e-4 })
    }
  }

  @Test("Labels say the value exactly")
  func exactLabels() {
    for tick in LinearTicks.ticks(for: -0.37...1.91, maximumCount: 8).major {
      #expect(Double(tick.label.replacing("\u{2212}", with: "-")) == tick.value)
    }
  }

  @Test("Decades are labelled as powers with minor ticks between")
  func decades() {
    let set = TickSet.automatic(for: 1e-3...1e2, scale: .log10, maximumCount: 8)
    #expect(set.major.map(\.label) == (-3...2).map { "10^{\($0)}" })
    #expect(zip(set.major, -3...2).allSatisfy { abs($0.value / pow(10, Double($1)) - 1) < 1e-12 })
    #expect(set.minor.count == 5 * 8)
  }

  @Test("Many decades are thinned out, never above the maximum")
  func manyDecades() {
    let set = TickSet.automatic(for: 1e-12...1e6, scale: .log10, maximumCount: 5)
    #expect(set.major.count <= 5 && set.major.count >= 3)
    let exponents = set.major.map { log10($0.value).rounded() }
    #expect(Set(zip(exponents, exponents.dropFirst()).map { $1 - $0 }).count == 1)
  }

  @Test("Less than two decades carry 1, 2 and 5")
  func mantissas() {
    #expect(labels(0.8...12, 8, .log10) == ["1", "2", "5", "10"])
    #expect(labels(0.018...0.11, 8, .log10) == ["0.02", "0.05", "0.1"])
    #expect(labels(1.5e-7...6e-7, 8, .log10) == ["2\\times{}10^{-7}", "5\\times{}10^{-7}"])
  }

  @Test("A range within one step of 1, 2, 5 is labelled like a linear axis")
  func narrowLogarithmic() {
    #expect(labels(3...4.2, 6, .log10) == ["3.00", "3.25", "3.50", "3.75", "4.00"])
  }

  @Test(
    "Exact decimals print with the places asked for",
    arguments: [
      (Decimal10(significand: 25, exponent: -2), 2, "0.25"),
      (Decimal10(significand: -5, exponent: 0), 0, "\u{2212}5"),
      (Decimal10(significand: 3, exponent: 2), 0, "300"),
      (Decimal10(significand: 0, exponent: 3), 1, "0.0"),
      (Decimal10(significand: 7, exponent: -3), 3, "0.007"),
    ])
  func decimalText(_ number: Decimal10, _ decimals: Int, _ text: String) {
    #expect(number.text(decimals: decimals) == text)
  }
}
