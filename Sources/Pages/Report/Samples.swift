// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import Plotting
internal import Runs

/// Samples of a run: on their way from noise to data, over training, against the data.
///
/// - Throws: `PlottingError`
func samples(of portrait: RunPortrait, id: String) throws -> [PageNode] {
  var nodes: [PageNode] = []
  if let plane = portrait.plane { nodes += try plane.nodes(id: id) }
  if !portrait.pictures.isEmpty {
    nodes.append(
      tag(
        "div", ["class": "card"],
        [
          tag("h3", [:], ["Samples over training"]),
          MovingFigure(
            id: "\(id)-pictures", label: "Samples of images, panels of growing numbers of steps",
            quantity: "Training step", frameLabels: portrait.pictures.map { "step \($0.step)" },
            groups: [], images: portrait.pictures.map(\.data)
          ).node,
        ]))
  }
  nodes += portrait.omissions.map { paragraph("Not shown: \($0)", class: "quiet") }
  return nodes
}

extension PlanePortrait {
  private static let shownWays = 60
  /// Points farther out than all but this share do not widen what is shown.
  private static let outliers = 0.004

  fileprivate func nodes(id: String) throws -> [PageNode] {
    let extent = self.extent
    let last = carried.count - 1
    var onTheWay = [
      MovingFigure.Group(name: "carried", title: "the run's map", radius: 3, frames: carried)
    ]
    if let exact {
      onTheWay.append(
        MovingFigure.Group(name: "exact", title: "exact flow map", radius: 3.4, frames: exact))
    }
    let way = MovingFigure(
      id: "\(id)-way",
      label: "\(carried[0].count / 2) points of noise carried to data by the run's map"
        + (exact == nil ? "" : ", and by the exact flow map"),
      quantity: "Time t",
      frameLabels: zip(times, carried).map { time, points in
        String(format: "t = %.3f", time) + outside(points, extent)
      }, groups: onTheWay, fixed: data, extent: extent)
    let course = MovingFigure(
      id: "\(id)-training", label: "One-step samples of the kept checkpoints over the data",
      quantity: "Training step",
      frameLabels: training.map { "step \($0.step)" + outside($0.samples, extent) },
      groups: [
        MovingFigure.Group(
          name: "carried", title: "one-step samples", radius: 3, frames: training.map(\.samples))
      ], fixed: data, extent: extent)
    let told = isToldClasses ? " Each point is told a class, in turn." : ""
    let moving = [
      tag(
        "div", [:],
        [
          tag("h3", [:], ["From noise to data"]),
          paragraph(
            "f(z; T, t) of step \(step) at each time, every point in one step from T.\(told)",
            class: "quiet"),
          way.node,
        ]),
      tag(
        "div", [:],
        [
          tag("h3", [:], ["Over training"]),
          paragraph(
            training.count > 1
              ? "One-step samples of checkpoints that are kept; the noise is the same."
              : "One checkpoint is kept; --checkpoint-every keeps more.", class: "quiet"),
          course.node,
        ]),
    ]
    var pictures = [
      try cloud(
        "data", data, Palette.black, extent, id: "\(id)-data",
        label: "\(data.count / 2) points of the data"),
      try cloud(
        "samples", carried[last], Palette.vermilion, extent, id: "\(id)-samples",
        label: "\(carried[last].count / 2) one-step samples of the run's map"),
      try ways(
        "trajectories of the map", carried, Palette.vermilion, extent, id: "\(id)-ways",
        label: "Ways of \(Self.shownWays) points from noise to data along the run's map"),
    ]
    if let exact {
      pictures.append(
        try ways(
          "exact trajectories", exact, Palette.blue, extent, id: "\(id)-exact-ways",
          label: "Ways of the same points along the exact flow map"))
    }
    return [
      tag("div", ["class": "grid"], moving),
      tag("h3", [:], ["Samples and trajectories"]), tag("div", ["class": "grid narrow"], pictures),
    ]
  }

  /// What the data and the noise need, but for a few points.
  private var extent: Double {
    let sizes = (data + carried[0]).map(abs).filter(\.isFinite).sorted()
    guard !sizes.isEmpty else { return 1 }
    let place = Int(Double(sizes.count - 1) * (1 - Self.outliers))
    return max(sizes[place] * 1.1, .leastNormalMagnitude)
  }

  private func outside(_ points: [Double], _ extent: Double) -> String {
    let count = stride(from: 0, to: points.count, by: 2).count {
      !(abs(points[$0]) <= extent && abs(points[$0 + 1]) <= extent)
    }
    return count == 0 ? "" : ", \(count) outside"
  }

  private func cloud(
    _ title: String, _ points: [Double], _ color: Color, _ extent: Double, id: String, label: String
  ) throws -> PageNode {
    let places = planePoints(points)
    return try panel(
      title, extent, id: id, label: label,
      [
        .scatter(
          Scatter(
            x: places.map(\.x), y: places.map(\.y), color: color.opacity(0.45),
            marker: Marker(.circle, size: 2.2)))
      ])
  }

  private func ways(
    _ title: String, _ frames: [[Double]], _ color: Color, _ extent: Double, id: String,
    label: String
  ) throws -> PageNode {
    let places = frames.map(planePoints)
    let paths = (0..<min(Self.shownWays, places[0].count)).map { row in places.map { $0[row] } }
    return try panel(
      title, extent, id: id, label: label,
      [
        .paths(
          Paths(
            paths, stroke: StrokeStyle(color.opacity(0.7), width: 0.9),
            startMarker: Marker(.plus, size: 3), endMarker: Marker(.circle, size: 3)))
      ])
  }

  private func panel(
    _ title: String, _ extent: Double, id: String, label: String, _ layers: [Layer]
  ) throws -> PageNode {
    let figure = Plotting.Figure(
      width: 300,
      grids: [
        PanelGrid(
          rows: [[.plane(title: title, x: -extent...extent, y: -extent...extent, layers: layers)]],
          lettering: .none)
      ])
    return try .picture(figure, id: id, label: label)
  }
}

private func planePoints(_ values: [Double]) -> [PlotPoint] {
  stride(from: 0, to: values.count, by: 2).map { PlotPoint(x: values[$0], y: values[$0 + 1]) }
}
