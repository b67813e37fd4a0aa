// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import GroundTruth
import Interpolants
import Testing

@testable import toylab

@Suite struct ExactDegenerateTests {
  private func run(_ arguments: String) throws {
    var command = try Toylab.parseAsRoot(
      ["exact-degenerate"] + arguments.split(separator: " ").map(String.init))
    try command.run()
  }

  @Test("the report holds the closed form of one Gaussian")
  func report() throws {
    let target = try MixturePreset.single.mixture(deviation: 0.5).projected(ontoCoordinate: 0)
    let report = try DegenerateMapReport(
      target: target, interpolant: .linear, endTime: 0, resolution: 64)
    let wanted = GaussianMinimizer(interpolant: LinearInterpolant(), dataDeviation: 0.5)
      .mapCoefficient(to: 0)
    for (x, value) in zip(report.x, report.degenerateMap) {
      #expect(abs(value - wanted * x) < 1e-4)
    }
    for (x, value) in zip(report.x, report.flowMap) { #expect(abs(value - 0.5 * x) < 1e-12) }
    #expect(try report.json().contains("\"eulerianLoss\""))
    #expect(report.text.contains("LED"))
  }

  @Test("a run with text and one with JSON end well")
  func runs() throws {
    try run("--target two:0.5 --coordinate 0 --resolution 16")
    try run(
      "--target single --coordinate 1 --interpolant trigonometric --end-time 0.3 --resolution 16 --json"
    )
  }

  @Test(
    "bad input is refused by name",
    arguments: [
      ("--target two", "dimension 2"), ("--target two --coordinate 2", "coordinate"),
      ("--target nowhere --coordinate 0", "nowhere"),
      ("--target two --coordinate 0 --resolution 1", "resolution 1"),
      ("--target two --coordinate 0 --resolution 30", "resolution 30"),
      ("--target two --coordinate 0 --end-time 1", "end time 1"),
      ("--target two --coordinate 0 --end-time -0.5", "end time -0.5"),
      ("--target two --coordinate 0 --end-time nan", "end time nan"),
      ("--target two --coordinate 0 --interpolant cubic", "cubic"), ("", "--target"),
    ])
  func badInput(arguments: String, named: String) {
    let error = #expect(throws: (any Error).self) { try run(arguments) }
    let text = error.map { Toylab.message(for: $0) } ?? ""
    #expect(text.contains(named), "\(text)")
  }
}
