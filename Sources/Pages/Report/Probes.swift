// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import LinearAlgebra
internal import Measures
internal import Plotting
internal import Probing
internal import Runs
internal import Training
internal import Walkthroughs

/// The result of a probe that lies in a run's folder: its numbers, and its picture where it has one.
///
/// - Throws: `PlottingError`
func probe(_ file: ProbeFile, id: String) throws -> [PageNode] {
  func heading(_ title: String, _ subject: ProbeSubject) -> [PageNode] {
    [
      tag("h3", [:], [.text("\(title) (\(file.name))")]),
      paragraph(subject.text, class: "quiet"),
    ]
  }
  switch file.contents {
  case .eigenvalues(let report):
    let rows = (report.largest + report.smallest.reversed()).map { entry in
      [
        digits(entry.eigenvalue.real), digits(entry.eigenvalue.imaginary), digits(entry.residual),
      ]
    }
    return heading("Eigenvalues of the \(report.curvature.label)", report.subject) + [
      table(
        "\(report.isConverged ? "Converged" : "Not converged") after \(report.applications) products",
        ["real part", "imaginary part", "residual"], rows)
    ]
  case .density(let report):
    let line = Line(
      x: report.points.map(\.eigenvalue), mean: report.points.map(\.density.value),
      error: report.points.map { $0.density.standardError.isFinite ? $0.density.standardError : 0 },
      color: Palette.blue)
    let figure = Plotting.Figure(
      width: 420,
      grids: [
        PanelGrid(
          rows: [[Panel(x: Axis("eigenvalue"), y: Axis("density"), layers: [.line(line)])]],
          lettering: .none)
      ])
    return heading("Spectral density of the \(report.curvature.label)", report.subject) + [
      try .picture(
        figure, id: id,
        label: "Spectral density, share of negative eigenvalues \(report.negativeShare)",
        caption:
          "Share of negative eigenvalues \(report.negativeShare); \(report.applications) products.")
    ]
  case .trace(let report):
    return heading("Trace of the \(report.curvature.label)", report.subject) + [
      table(
        "\(report.method.rawValue), \(report.applications) products", ["quantity", "value"],
        [["trace", "\(report.trace)"], ["mean eigenvalue", "\(report.meanEigenvalue)"]])
    ]
  case .landscape(let landscape):
    return heading("Loss landscape", landscape.settings.subject)
      + (try picture(of: landscape, id: id))
  case .eulerianLoss(let report):
    return heading("Eulerian residual over times", report.subject) + [
      table(
        "LED with the \(report.velocity.rawValue) velocity, \(report.rows) points",
        ["t", "s", "LED"],
        report.cells.map { [digits($0.time), digits($0.endTime), "\($0.value)"] })
    ]
  case .shares(let report):
    return heading("Parts of D f", report.subject) + [
      table(
        "t = \(digits(report.time)), \(report.velocity.rawValue) velocity",
        ["s/t", "flow matching", "linearisation", "|D f|²", "share of flow matching"],
        report.table.map {
          [
            digits($0.ratio), "\($0.flowMatching)", "\($0.linearization)", "\($0.total)",
            "\($0.flowMatchingShare)",
          ]
        })
    ]
  case .lipschitz(let report):
    return heading("Largest stretches", report.subject) + [
      table(
        "\(report.rows) points", ["t", "∇F(x;t,t)", "largest", "∇f(x;t,0)", "largest"],
        report.table.map {
          [
            digits($0.time), "\($0.velocityMean)", digits($0.velocityLargest), "\($0.mapMean)",
            digits($0.mapLargest),
          ]
        })
    ]
  case .jacobian(let report):
    return heading("Singular values of the map's Jacobian", report.subject) + [
      table(
        "t = \(digits(report.time)), s = \(digits(report.endTime))",
        ["singular value", "map", "exact map", "mean |log ratio|"],
        report.table.map { ["\($0.number)", "\($0.map)", "\($0.exact)", "\($0.logarithmicError)"] })
    ]
  }
}

private func picture(of landscape: Landscape, id: String) throws -> [PageNode] {
  guard landscape.isComplete else {
    return [
      paragraph(
        "The landscape is unfinished: \(landscape.rows.count) of \(landscape.settings.side) rows.")
    ]
  }
  let colors = landscape.paths.indices.map { Palette.categorical[[2, 6, 5, 3][$0 % 4]] }
  var shown = LandscapePicture(landscape, title: "", colors: colors)
  for (index, path) in landscape.paths.enumerated() {
    // A folder's name may hold what the markup of plots takes for its own.
    shown.paths[index].label = Markup.escaped(path.label)
  }
  let figure = Plotting.Figure(
    width: 460, grids: [PanelGrid(rows: [[shown.contours("loss")]], lettering: .none)])
  let finite = landscape.values.filter(\.isFinite)
  return [
    try .picture(
      figure, id: id,
      label:
        "Loss on a plane of parameters, from \(digits(finite.min() ?? .nan)) to \(digits(finite.max() ?? .nan))",
      caption:
        "\(landscape.settings.origin.normalization); half side \(digits(landscape.settings.radius)).",
      isPaper: true)
  ]
}

private func digits(_ value: Double) -> String { String(format: "%.5g", value) }
