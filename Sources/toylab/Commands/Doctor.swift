// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Engines
import Files
import Foundation
import Networks
import Plotting
import Runs

/// `toylab doctor`
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Tell what is installed, which kernels are used, and what to do where something is missing.",
    discussion: """
      What is optional is marked so: everything else of toylab works without it. The exit code is 1 if something that is \
      not optional is out of order.
      """)

  /// Something that was looked at.
  struct Finding: Equatable {
    enum Verdict: String {
      case good = "ok"
      case missing = "missing, optional"
      case bad = "OUT OF ORDER"
    }

    let subject: String
    let verdict: Verdict
    let detail: String
  }

  func run() throws {
    let findings = Self.findings()
    let width = findings.map(\.subject.count).max() ?? 0
    for finding in findings {
      let subject = finding.subject.padding(toLength: width, withPad: " ", startingAt: 0)
      try StandardOutput.write("\(subject)   \(finding.verdict.rawValue): \(finding.detail)\n")
    }
    if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode(1) }
  }

  static func findings() -> [Finding] {
    let machine = Machine.current
    let available = InstructionSet.available.map { "\($0)" }.joined(separator: ", ")
    return [
      Finding(subject: "toylab", verdict: .good, detail: toylabVersion),
      Finding(
        subject: "machine", verdict: .good,
        detail: "\(machine.processor), \(machine.cores) cores, \(machine.system)"),
      Finding(
        subject: "kernels", verdict: .good,
        detail:
          "\(InstructionSet.chosen), of \(available); \(InstructionSet.variable) chooses another"),
      classifiers, letters, fashion,
    ]
  }

  /// The classifiers that come with toylab lie where they are looked for.
  private static var classifiers: Finding {
    let sizes = TrainedClassifier.shippedImageSizes
    do {
      for size in sizes { _ = try TrainedClassifier.shipped(imageSize: size) }
      return Finding(
        subject: "classifiers", verdict: .good,
        detail: "for images of \(sizes.map(String.init).joined(separator: " and ")) pixels a side")
    } catch {
      return Finding(
        subject: "classifiers", verdict: .bad,
        detail: "\(error); build toylab again, or keep its folder of resources beside it")
    }
  }

  /// Fashion-MNIST, of figures 13 and 16.
  private static var fashion: Finding {
    do {
      let found = try ImageRequest(data: KnownImages.fashionMNIST.rawValue).read()
      return Finding(
        subject: "Fashion-MNIST", verdict: .good,
        detail: "\(found.record.count) images, \(found.record.path)")
    } catch {
      return Finding(subject: "Fashion-MNIST", verdict: .missing, detail: "\(error)")
    }
  }

  /// Cairo finds a typeface with the letters of the figures.
  private static var letters: Finding {
    let figure = Plotting.Figure(
      width: 300, title: "Aaéαβσνωε ∂∇‖±×→−≤²³",
      panels: [Panel(x: Axis("t"), y: Axis("s"), layers: [])], columns: 1)
    let missing = figure.lettersWithoutGlyph()
    guard missing.isEmpty else {
      return Finding(
        subject: "letters", verdict: .missing,
        detail:
          "pictures draw boxes for \(String(missing)); install the fonts DejaVu (Debian: fonts-dejavu-core)"
      )
    }
    return Finding(
      subject: "letters", verdict: .good, detail: "those of the figures are all there")
  }
}
