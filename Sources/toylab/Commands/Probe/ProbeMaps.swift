// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Interpolants
import Probing
import Runs

/// The points on which a map is probed.
struct ProbePointOptions: ParsableArguments {
  static let validPoints = 2...1_000_000

  @Option(parsing: .unconditional, help: "Pairs of data and noise, at least 2.")
  var points = 1024

  @Option(parsing: .unconditional, help: "Seed of the pairs, 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  func validate() throws { try requireProbe("--points", points, in: Self.validPoints) }

  func probe(
    _ options: ProbeOptions, velocity: ProbeVelocity = .exact
  ) throws -> (MapProbe, ProbeSubject) {
    let run = try options.run()
    return (
      try MapProbe(
        run, rows: points, seed: seed, velocity: velocity, threads: options.threads.count),
      ProbeSubject(run)
    )
  }

  func footer() -> String {
    "\(points) points, seed \(seed); standard errors are those over points."
  }
}

/// `toylab probe led`
struct ProbeLED: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "led", abstract: "The Eulerian residual E‖D f(x_t; t, s)‖² over times (t, s).",
    discussion: """
      D is the derivative along the flow, with the exact velocity by default: the flow map has LED 0 \
      everywhere. With --velocity conditional it is the direct loss. All times share the same points.

      Example:
        toylab probe led runs/first --divisions 8
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var points: ProbePointOptions

  @Option(parsing: .unconditional, help: "Equal parts of the time interval, 1 to 64.")
  var divisions = 6

  @Option(help: "The velocity: exact or conditional.")
  var velocity = ProbeVelocity.exact

  func validate() throws { try requireProbe("--divisions", divisions, in: 1...64) }

  func run() throws {
    let (probe, subject) = try points.probe(options, velocity: velocity)
    let report = try EulerianMapReport(probe, subject: subject, divisions: divisions)
    try options.deliver(report) {
      let rows = report.cells.map {
        [probeNumber($0.time), probeNumber($0.endTime), "\($0.value)"]
      }
      return """
        \(subject.text)
        E‖D f(x_t; t, s)‖² with the \(report.velocity.rawValue) velocity

        \(textTable(["t", "s", "LED"], rows))

        \(points.footer())
        """
    }
  }
}

/// `toylab probe shares`
struct ProbeShares: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shares",
    abstract: "The flow-matching and the linearisation part of D f as s goes from t to 0.",
    discussion: """
      D f = A'(w - F)/ν + (A''x - A dF)/ν. The first part is flow matching; the second, zero at s = t for the \
      linear interpolant, linearises the map along its path. w is the exact velocity, or with --velocity \
      conditional that of one pair, with which training works.

      Example:
        toylab probe shares runs/first --time 0.8 --velocity conditional
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var points: ProbePointOptions

  @Option(
    parsing: .unconditional,
    help: "t as a fraction of the end time T, above 0 and at most 1.")
  var time = 0.75

  @Option(parsing: .unconditional, help: "Equal parts of the interval from 0 to t, 1 to 1000.")
  var divisions = 8

  @Option(help: "The velocity: exact or conditional.")
  var velocity = ProbeVelocity.exact

  func validate() throws {
    try requireProbe("--divisions", divisions, in: 1...1000)
    guard time > 0 && time <= 1 else {
      throw ValidationError(
        "--time \(time) cannot be used; accepted is a number above 0 and at most 1.")
    }
  }

  func run() throws {
    let (probe, subject) = try points.probe(options, velocity: velocity)
    let end = probe.interpolant.interpolant.endTime
    let report = try SharesReport(probe, subject: subject, time: time * end, divisions: divisions)
    try options.deliver(report) {
      let rows = report.table.map {
        [
          probeNumber($0.ratio), "\($0.flowMatching)", "\($0.linearization)", "\($0.total)",
          "\($0.flowMatchingShare)",
        ]
      }
      let header = ["s/t", "flow matching", "linearisation", "‖D f‖²", "share of flow matching"]
      return """
        \(subject.text)
        t = \(probeNumber(report.time)), \(report.velocity.rawValue) velocity

        \(textTable(header, rows))

        \(points.footer())
        """
    }
  }
}

/// `toylab probe lipschitz`
struct ProbeLipschitz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lipschitz",
    abstract: "Largest stretches of F(x; t, t), of the exact velocity and of f(x; t, 0).",
    discussion: """
      The largest singular value of the Jacobian at points of the flow: its mean with a standard error, and \
      the largest of all points, which is a lower bound of the Lipschitz constant.

      Example:
        toylab probe lipschitz runs/first --points 4096
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var points: ProbePointOptions

  @Option(parsing: .unconditional, help: "Equal parts of the time interval, 1 to 1000.")
  var divisions = 8

  func validate() throws { try requireProbe("--divisions", divisions, in: 1...1000) }

  func run() throws {
    let (probe, subject) = try points.probe(options)
    let report = try LipschitzReport(probe, subject: subject, divisions: divisions)
    try options.deliver(report) {
      let rows = report.table.map {
        [
          probeNumber($0.time), "\($0.velocityMean)", probeNumber($0.velocityLargest),
          $0.exactVelocityMean.map { "\($0)" } ?? "",
          $0.exactVelocityLargest.map(probeNumber) ?? "", "\($0.mapMean)",
          probeNumber($0.mapLargest),
        ]
      }
      let header = [
        "t", "∇F(x;t,t)", "largest", "∇v*(x,t)", "largest", "∇f(x;t,0)", "largest",
      ]
      return """
        \(subject.text)

        \(textTable(header, rows))

        \(points.footer())
        """
    }
  }
}

/// `toylab probe jacobian`
struct ProbeJacobian: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jacobian",
    abstract: "Singular values of ∇f(x_t; t, s) against those of the exact map.",
    discussion: """
      A degenerate map is too flat: its singular values lie below the exact ones. The exact Jacobian comes \
      from the variational equation along the exact trajectory of every point.

      Example:
        toylab probe jacobian runs/first --from 1 --to 0
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var points: ProbePointOptions

  @Option(parsing: .unconditional, help: "t as a fraction of the end time T, above 0, at most 1.")
  var from = 1.0

  @Option(parsing: .unconditional, help: "s as a fraction of the end time T, from 0 to below t.")
  var to = 0.0

  func validate() throws {
    guard to >= 0 && to < from && from <= 1 else {
      throw ValidationError(
        "--from \(from) --to \(to) cannot be used; accepted are 0 <= s < t <= 1.")
    }
  }

  func run() throws {
    let (probe, subject) = try points.probe(options)
    let end = probe.interpolant.interpolant.endTime
    let report = try JacobianReport(probe, subject: subject, from: from * end, to: to * end)
    try options.deliver(report) {
      let rows = report.table.map {
        ["\($0.number)", "\($0.map)", "\($0.exact)", "\($0.logarithmicError)"]
      }
      return """
        \(subject.text)
        t = \(probeNumber(report.time)), s = \(probeNumber(report.endTime))

        \(textTable(["singular value", "map", "exact map", "mean |log ratio|"], rows))

        E‖∇f - ∇f*‖² \(report.squaredError). \(points.footer())
        """
    }
  }
}
