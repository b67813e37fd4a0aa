// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Interpolants
public import Runs
internal import Training

/// The page of one run or of several: what they are, how they fare, what ails them, and how to make them again.
public struct RunReport: Sendable {
  public let portraits: [RunPortrait]
  public let diagnosis: RunDiagnosis
  /// The command that makes the page.
  public let command: String
  /// Seconds after which a reader sees the page anew; nil once the runs are over.
  public var reloadInterval: Int?

  /// - Precondition: there is a run.
  public init(_ portraits: [RunPortrait], command: String, reloadInterval: Int? = nil) {
    precondition(!portraits.isEmpty, "a report of no runs")
    self.portraits = portraits
    self.command = command
    self.reloadInterval = reloadInterval
    diagnosis = RunDiagnosis(of: portraits.map(\.subject))
  }

  /// The page.
  ///
  /// - Throws: `PlottingError`
  public func page() throws -> Page {
    let isAlone = portraits.count == 1
    let first = portraits[0].summary
    var body: [PageNode] = [contents, diagnosisSection(diagnosis)]
    body.append(section("Curves", id: "curves", try curves(of: portraits)))
    for (index, portrait) in portraits.enumerated() {
      body.append(
        section(
          isAlone ? "Samples" : "Samples of \(portrait.summary.path)", id: "samples-\(index)",
          try samples(of: portrait, id: "run\(index)")))
      guard !portrait.probes.isEmpty else { continue }
      body.append(
        section(
          isAlone ? "Probes" : "Probes of \(portrait.summary.path)", id: "probes-\(index)",
          try portrait.probes.enumerated().flatMap { place, file in
            try probe(file, id: "probe\(index)-\(place)")
          }))
    }
    body.append(section("Settings", id: "settings", settings))
    body.append(section("How to make it again", id: "again", again))
    return Page(
      title: isAlone ? "Run \(first.path)" : "\(portraits.count) runs",
      subtitle: isAlone
        ? Self.words(for: first) : portraits.map(\.summary.path).joined(separator: ", "),
      reloadInterval: reloadInterval, body: body)
  }

  /// Links to the parts.
  private var contents: PageNode {
    let probed = portraits.firstIndex { !$0.probes.isEmpty }
    let links =
      [("diagnosis", "Diagnosis"), ("curves", "Curves"), ("samples-0", "Samples")]
      + (probed.map { [("probes-\($0)", "Probes")] } ?? [])
      + [("settings", "Settings"), ("again", "How to make it again")]
    return tag(
      "nav", ["aria-label": "Parts of the page"],
      [
        tag(
          "ul", [:],
          links.map { id, title in
            tag("li", [:], [tag("a", ["href": "#\(id)"], [.text(title)])])
          })
      ])
  }

  private static func words(for summary: RunSummary) -> String {
    let configuration = summary.run.configuration
    return "\(configuration.loss.objective.shortName) on \(summary.run.source.name), "
      + "\(configuration.interpolant.rawValue) interpolant, seed \(configuration.seed); step \(summary.progress), "
      + summary.state + (summary.record?.reason.map { ": \($0)" } ?? "")
  }

  private var settings: [PageNode] {
    let names = portraits.map(\.summary.path)
    let overview = table(
      "The runs", ["run", "what it is and how it fares"],
      portraits.map { [$0.summary.path, Self.words(for: $0.summary)] }, isWords: true)
    var keys: [String] = []
    for portrait in portraits {
      for (key, _) in portrait.settings where !keys.contains(key) { keys.append(key) }
    }
    let tables = portraits.map { portrait in
      Dictionary(
        portrait.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let rows = keys.map { key in (key: key, values: tables.map { $0[key] ?? "" }) }
    let different = rows.filter { Set($0.values).count > 1 }
    let all = tag(
      "details", [:],
      [
        tag("summary", [:], ["All settings"]),
        table(
          "Every setting by its place in run.json", ["setting"] + names,
          rows.map { [$0.key] + $0.values }),
      ])
    return (portraits.count == 1 ? [] : [overview])
      + (different.isEmpty
        ? []
        : [
          table(
            "Settings that differ", ["setting"] + names, different.map { [$0.key] + $0.values })
        ]) + [all]
  }

  private var again: [PageNode] {
    portraits.flatMap { portrait in
      [
        paragraph(
          "\(portrait.summary.path) was begun by version \(portrait.summary.run.version) with the command below; the same "
            + "seed gives the same bits for any number of threads. All of it stands in its run.json, from which toylab train "
            + "begins as well."),
        shellCommand(portrait.summary.run.command),
      ]
    } + [paragraph("This page is made with"), shellCommand(command)]
  }
}
