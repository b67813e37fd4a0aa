// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Testing
import Training

@Suite struct LearningRateScheduleTests {
  @Test("Linear decay starts at the peak, halves half-way and ends at zero")
  func linearDecay() {
    let schedule = LearningRateSchedule.linearDecay(from: 0.5)
    #expect(schedule.rate(step: 0, of: 1000) == 0.5)
    #expect(schedule.rate(step: 500, of: 1000) == 0.25)
    #expect(schedule.rate(step: 1000, of: 1000) == 0)
  }

  @Test("Cosine decay starts at the peak, passes its known values and ends at zero")
  func cosineDecay() {
    let schedule = LearningRateSchedule.cosine(from: 2)
    #expect(schedule.rate(step: 0, of: 600) == 2)
    #expect(abs(schedule.rate(step: 200, of: 600) - 1.5) < 1e-15)
    #expect(abs(schedule.rate(step: 300, of: 600) - 1) < 1e-15)
    #expect(schedule.rate(step: 600, of: 600) == 0)
  }

  @Test("Square-root decay is constant up to its start, then halves at four times the start")
  func squareRootDecay() {
    let schedule = LearningRateSchedule.squareRootDecay(from: 1e-2, start: 100)
    #expect(schedule.rate(step: 0, of: 1000) == 1e-2)
    #expect(schedule.rate(step: 100, of: 1000) == 1e-2)
    #expect(schedule.rate(step: 101, of: 1000) < 1e-2)
    #expect(schedule.rate(step: 400, of: 1000) == 0.5e-2)
    #expect(abs(schedule.rate(step: 900, of: 1000) - 1e-2 / 3) < 1e-17)
  }

  @Test(
    "Warm-up rises in equal steps to the peak, and the decay starts there",
    arguments: [
      LearningRateSchedule.Decay.constant, .linear, .cosine, .squareRoot(start: 4),
    ])
  func warmUp(decay: LearningRateSchedule.Decay) {
    let schedule = LearningRateSchedule(peak: 1, decay: decay, warmUpSteps: 4)
    let rates = (0...4).map { schedule.rate(step: $0, of: 104) }
    #expect(rates == [0.2, 0.4, 0.6, 0.8, 1])
    switch decay {
    case .constant: #expect(schedule.rate(step: 104, of: 104) == 1)
    case .linear:
      #expect(schedule.rate(step: 54, of: 104) == 0.5)
      #expect(schedule.rate(step: 104, of: 104) == 0)
    case .cosine: #expect(schedule.rate(step: 104, of: 104) == 0)
    case .squareRoot: #expect(schedule.rate(step: 16, of: 104) == 0.5)
    }
  }

  @Test("A run shorter than its warm-up only rises")
  func warmUpLongerThanTheRun() {
    let schedule = LearningRateSchedule.cosine(from: 1, warmUpSteps: 9)
    #expect((0...5).map { schedule.rate(step: $0, of: 5) } == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    #expect(LearningRateSchedule.linearDecay(from: 1).rate(step: 0, of: 0) == 1)
  }

  @Test("A schedule survives a round trip through JSON")
  func coding() throws {
    for schedule in [
      LearningRateSchedule.constant(1e-3), .cosine(from: 0.1, warmUpSteps: 5),
      .squareRootDecay(from: 1, start: 7),
    ] {
      let data = try JSONEncoder().encode(schedule)
      #expect(try JSONDecoder().decode(LearningRateSchedule.self, from: data) == schedule)
    }
  }

  @Test(
    "A setting outside its range is refused by name",
    arguments: [
      (LearningRateSchedule.constant(-1), "peak"), (.constant(.infinity), "peak"),
      (.cosine(from: 1, warmUpSteps: -1), "warm-up"),
      (.squareRootDecay(from: 1, start: 0), "decay"),
      (.squareRootDecay(from: 1, start: 5, warmUpSteps: 6), "decay"),
    ])
  func settingsAreChecked(schedule: LearningRateSchedule, setting: String) {
    let error = #expect(throws: ConfigurationError.self) { try schedule.validate() }
    #expect(error?.description.contains(setting) == true)
  }
}
