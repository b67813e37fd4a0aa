// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Networks
import Runs
import Testing
import Training

@Suite struct ResolvedRunIdentityTests {
  private func run(_ schedule: LearningRateSchedule) throws -> ResolvedRun {
    ResolvedRun(
      configuration: TrainingConfiguration(schedule: schedule, steps: 40),
      source: try ResolvedRun.Source(named: "two"), threads: 1, command: "toylab train")
  }

  @Test("what decides no number changes no name")
  func irrelevant() throws {
    let first = try run(.constant(1e-3))
    var second = first
    second.threads = 7
    second.checkpointInterval = 3
    second.configuration.steps = 90
    #expect(try first.identity == second.identity)
    #expect(try first.identity.count == 16)
  }

  @Test(
    "what decides a number changes the name: the seed, the source, a length on which the rate depends"
  )
  func relevant() throws {
    let first = try run(.cosine(from: 1e-3))
    var seed = first
    seed.configuration.seed = 1
    var length = first
    length.configuration.steps = 41
    let source = ResolvedRun(
      configuration: first.configuration, source: try ResolvedRun.Source(named: "two:0.31"),
      threads: 1, command: "toylab train")
    #expect(try Set([first, seed, length, source].map { try $0.identity }).count == 4)
  }
}
