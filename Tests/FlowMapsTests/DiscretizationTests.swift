// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import Testing

@testable import FlowMaps

@Suite struct DiscretizationTests {
  private static let all: [Discretization] = [
    .constant(step: 0.03), .doubling(), .shrinking(), .shrinking(ratio: 4, stages: 3),
  ]

  @Test("s ≤ u < t and times stay within T, at all stages", arguments: all)
  func order(discretization: Discretization) {
    for kind in InterpolantKind.allCases {
      for progress in [0, 0.3, 0.99, 1] {
        for fraction in [1e-5, 0.02, 0.5, 0.9, 0.999] {
          for end in [0, 0.5 * fraction * kind.endTime] {
            let (t, u) = discretization.times(
              from: fraction * kind.endTime, to: end, progress: progress, kind)
            #expect(end <= u && u < t && t <= kind.endTime, "\(kind) \(fraction) \(u) \(t)")
          }
        }
      }
    }
  }

  @Test("a constant step is that step, cut off at s")
  func constant() {
    let step = Discretization.constant(step: 0.1)
    #expect(step.times(from: 0.5, to: 0, progress: 0, .linear) == (0.5, 0.4))
    #expect(step.times(from: 0.5, to: 0.45, progress: 0, .linear) == (0.5, 0.45))
  }

  @Test("iCT: intervals of the Karras grid, whose number doubles from 10 to 1280")
  func doubling() {
    let schedule = Discretization.doubling()
    func node(_ index: Int, of count: Int) -> Double {
      let (low, high) = (pow(0.002, 1.0 / 7), pow(80, 1.0 / 7))
      return pow(low + Double(index) / Double(count) * (high - low), 7)
    }
    // Eight stages: 10, 20, …, 1280.
    for (stage, count) in [10, 20, 40, 80, 160, 320, 640, 1280].enumerated() {
      let progress = (Double(stage) + 0.5) / 8
      for index in [1, count / 2, count - 2] {
        let inside = 0.5 * (node(index, of: count) + node(index + 1, of: count))
        let (t, u) = schedule.times(
          from: inside / (1 + inside), to: 0, progress: progress, .linear)
        #expect(abs(t / (1 - t) / node(index + 1, of: count) - 1) < 1e-9)
        #expect(abs(u / (1 - u) / node(index, of: count) - 1) < 1e-9)
      }
    }
    #expect(schedule.times(from: 0.001, to: 0, progress: 0, .linear).intermediate == 0)
    #expect(schedule.times(from: 1, to: 0, progress: 1, .linear).time == 1)
  }

  @Test("ECT: Δ/t = n(t)/q^k in noise levels, one step to 0 at first where n(t) ≥ q")
  func shrinking() {
    let schedule = Discretization.shrinking(ratio: 2, stages: 8)
    for (stage, ratio) in [(3, 0.2), (5, 1.0), (8, 7.0)] {
      let progress = (Double(stage) - 0.5) / 8
      let (t, u) = schedule.times(
        from: atan(ratio), to: 0, progress: progress, .trigonometric)
      let share = min((1 + 8 / (1 + exp(ratio))) / pow(2, Double(stage)), 1)
      #expect(abs(tan(t) - ratio) < 1e-9)
      #expect(abs(tan(u) - ratio * (1 - share)) < 1e-9)
    }
    #expect(schedule.times(from: 0.3, to: 0, progress: 0, .linear).intermediate == 0)
  }

  @Test("applied to a batch, fractions place u between s and t")
  func apply() {
    var (times, endTimes, fractions): ([Float], [Float], [Float]) = (
      [0.5, 0.9, 0.2], [0, 0.3, 0.15], [9, 9, 9]
    )
    times.withUnsafeMutableBufferPointer { times in
      endTimes.withUnsafeMutableBufferPointer { endTimes in
        fractions.withUnsafeMutableBufferPointer { fractions in
          Discretization.constant(step: 0.1).apply(
            times: times, endTimes: endTimes, fractions: fractions, progress: 0,
            interpolant: .linear)
        }
      }
    }
    #expect(times == [0.5, 0.9, 0.2])
    for (fraction, expected) in zip(fractions, [0.8, 5.0 / 6, 0]) {
      #expect(abs(Double(fraction) - expected) < 1e-6)
    }
  }

  @Test("every schedule survives coding")
  func coding() throws {
    let schedules: [Discretization] = [.constant(step: 0.01), .doubling(), .shrinking()]
    for schedule in schedules {
      let data = try JSONEncoder().encode(schedule)
      #expect(try JSONDecoder().decode(Discretization.self, from: data) == schedule)
    }
  }
}
