// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Runs

/// What ails the runs, by name, with the numbers that show it and what to change; and what was looked at.
func diagnosisSection(_ diagnosis: RunDiagnosis) -> PageNode {
  let findings = diagnosis.findings.map(finding)
  let health: [PageNode] =
    diagnosis.isHealthy
    ? [
      tag(
        "div", ["class": "finding fine"],
        [
          tag("h3", [:], ["Nothing found"]),
          paragraph(
            "Of what is known to go wrong nothing was found. Looked at: "
              + lookedAt(diagnosis).joined(separator: ", ") + "."),
        ])
    ] : []
  return section("Diagnosis", id: "diagnosis", health + findings + [examinations(diagnosis)])
}

/// The names of what could be looked at.
private func lookedAt(_ diagnosis: RunDiagnosis) -> [String] {
  Diagnosis.Kind.allCases.filter { kind in
    kind.isTrouble
      && diagnosis.examinations.contains { examination in
        if case .unknown = examination.verdict { return false }
        return examination.kind == kind
      }
  }.map(\.title)
}

private func finding(_ diagnosis: Diagnosis) -> PageNode {
  let kind = diagnosis.kind.isTrouble ? "Found" : "Worth knowing"
  return tag(
    "article", ["class": diagnosis.kind.isTrouble ? "finding" : "finding note"],
    [
      tag("h3", [:], [.text("\(kind): \(diagnosis.kind.title)")]),
      paragraph(diagnosis.runs.joined(separator: ", "), class: "quiet"),
      tag("ul", [:], diagnosis.evidence.map { tag("li", [:], [.text($0.text)]) }),
      tag("p", [:], [tag("strong", [:], ["What to change. "]), .text(diagnosis.advice)]),
    ])
}

private func examinations(_ diagnosis: RunDiagnosis) -> PageNode {
  let rows = diagnosis.examinations.map { examination -> [String] in
    let verdict: String
    let numbers: String
    switch examination.verdict {
    case .found(let evidence, _):
      (verdict, numbers) = ("found", evidence.map(\.text).joined(separator: "; "))
    case .clear(let evidence):
      (verdict, numbers) = ("not found", evidence.map(\.text).joined(separator: "; "))
    case .unknown(let reason): (verdict, numbers) = ("not looked at", reason)
    }
    return [
      examination.kind.title, examination.runs.joined(separator: ", "), verdict, numbers,
    ]
  }
  return tag(
    "details", [:],
    [
      tag("summary", [:], ["All that was looked at"]),
      table(
        "What was looked at, and the numbers", ["what", "run", "verdict", "numbers"], rows,
        isWords: true),
      tag(
        "dl", [:],
        Diagnosis.Kind.allCases.flatMap { kind in
          [
            tag("dt", [:], [.text(kind.title)]),
            tag("dd", ["class": "quiet"], [.text(kind.question)]),
          ]
        }),
    ])
}
