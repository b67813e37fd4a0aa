// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import Tensors
import TestSupport
import Testing

/// Variance-preserving in a clock that is not the angle: breaks the ν-assumption.
private struct SquaredClock: Interpolant {
  let name = "squared clock"
  let endTime = 1.0
  func signal<Number: ElementaryNumber>(at time: Number) -> Number {
    .cos(Number(Double.pi / 2) * time * time)
  }
  func noise<Number: ElementaryNumber>(at time: Number) -> Number {
    .sin(Number(Double.pi / 2) * time * time)
  }
}

private struct Truncated: Interpolant {
  let name = "truncated"
  let endTime = 0.9
  func signal<Number: ElementaryNumber>(at time: Number) -> Number { Number(1) - time }
  func noise<Number: ElementaryNumber>(at time: Number) -> Number { time }
}

@Suite struct InterpolantTests {
  @Test("ν is 1 and A(t,s) is t−s or sin(t−s)", arguments: InterpolantKind.allCases)
  func twoTimeFunction(kind: InterpolantKind) throws {
    let interpolant = kind.interpolant
    _ = try interpolant.checkedAssumptions()
    for (a, b) in [(0.9, 0.2), (1, 0), (0.5, 0.5)] {
      let (t, s) = (a * interpolant.endTime, b * interpolant.endTime)
      #expect(abs(interpolant.coefficients(at: t).nu - 1) < 1e-15)
      let expected = kind == .linear ? t - s : sin(t - s)
      #expect(abs(interpolant.separation(from: t, to: s) - expected) < 1e-15)
    }
  }

  @Test("symbolic rates equal the dual numbers'", arguments: InterpolantKind.allCases)
  func ratesAgree(kind: InterpolantKind) throws {
    let interpolant = kind.interpolant
    let t = Argument("t", [], [0.7 * interpolant.endTime])
    let s = Argument("s", [], [0.3 * interpolant.endTime])
    let separation = interpolant.separation(from: t.tensor, to: s.tensor)
    let first = derivative(of: separation, along: [t.tensor: 1])
    let second = derivative(of: first, along: [t.tensor: 1])
    let values = try evaluate([separation, first, second], [t, s]).map { $0[0] }
    let inner = Dual(Dual(t.values[0], rate: 1), rate: Dual(1, rate: 0))
    let dual = interpolant.separation(from: inner, to: Dual(s.values[0]))
    #expect(abs(values[0] - dual.value.value) < 1e-15)
    #expect(abs(values[1] - dual.value.rate) < 1e-15)
    #expect(abs(values[2] - dual.rate.rate) < 1e-15)
  }

  @Test("dual numbers differentiate every function of the protocol")
  func duals() {
    let x = Dual(0.7, rate: 1.0)
    let cases: [(Dual<Double>, Double)] = [
      (.exp(x * x), 1.4 * exp(0.49)), (.log(x), 1 / 0.7), (.sin(x), cos(0.7)),
      (.cos(x), -sin(0.7)), (.sqrt(x), 0.5 / 0.7.squareRoot()), (Dual(1) / x, -1 / 0.49),
      (x - Dual(3) * x, -2),
    ]
    for (dual, expected) in cases { #expect(abs(dual.rate - expected) < 1e-14) }
  }

  @Test("an interpolant that breaks the ν-assumption is refused, with the largest deviation")
  func nuAssumption() throws {
    // ν = π t for the squared clock: π/2 at the middle, off by π/2 at both ends.
    let error = #expect(throws: InterpolantError.self) {
      _ = try SquaredClock().checkedAssumptions()
    }
    guard case .nuNotConstant(_, let nu, let deviation, let time) = error else {
      Issue.record("expected a deviation, got \(String(describing: error))")
      return
    }
    #expect(abs(nu - .pi / 2) < 1e-12 && abs(deviation - .pi / 2) < 1e-12)
    #expect(time == 0 || time == 1)
    #expect(error?.description.contains("squared clock") == true)
    #expect(throws: InterpolantError.self) { _ = try Truncated().checkedAssumptions() }
  }
}
