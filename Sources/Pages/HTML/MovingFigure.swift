// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// Frames of a picture under a slider: circles that move, or images of which one is shown.
struct MovingFigure {
  /// Circles of one look; the class is one of the page's style.
  struct Group {
    let name: String
    /// What the legend says.
    let title: String
    let radius: Double
    /// Row-major places of each frame in the units of the data.
    let frames: [[Double]]
  }

  let id: String
  /// What is to be seen.
  let label: String
  /// What the slider changes, as "time t".
  let quantity: String
  /// What each frame is called.
  let frameLabels: [String]
  let groups: [Group]
  /// Points that stay: the data.
  var fixed: [Double] = []
  /// A PNG a frame.
  var images: [Data] = []
  /// The square that is shown reaches from -extent to extent about the origin.
  var extent = 1.0

  private static let side = 400.0

  private func place(_ value: Double, isVertical: Bool) -> Double {
    let share = 0.5 + (isVertical ? -value : value) / (2 * extent)
    // Far outside is as good as farther outside.
    return ((share * Self.side).clamped(to: -2000...2000) * 10).rounded() / 10
  }

  private func places(_ points: [Double]) -> [Double] {
    points.enumerated().map { place($1, isVertical: $0 % 2 == 1) }
  }

  private func circles(_ name: String, _ points: [Double], radius: Double) -> PageNode {
    let places = places(points)
    return tag(
      "g", ["class": name],
      stride(from: 0, to: places.count, by: 2).map { index in
        tag(
          "circle",
          ["cx": number(places[index]), "cy": number(places[index + 1]), "r": number(radius)])
      })
  }

  private var drawing: [PageNode] {
    guard images.isEmpty else {
      return images.enumerated().map { index, data in
        tag(
          "img",
          [
            "src": "data:image/png;base64,\(data.base64EncodedString())",
            "alt": "\(label), \(frameLabels[index])",
            "hidden": index == images.count - 1 ? nil : "",
          ])
      }
    }
    let moving = groups.map { circles($0.name, $0.frames.last ?? [], radius: $0.radius) }
    let still = fixed.isEmpty ? [] : [circles("data", fixed, radius: 2.2)]
    return [
      tag(
        "svg",
        ["viewBox": "0 0 \(Int(Self.side)) \(Int(Self.side))", "role": "img", "aria-label": label],
        still + moving)
    ]
  }

  private var legend: PageNode {
    let entries = (fixed.isEmpty ? [] : [("data", "data")]) + groups.map { ($0.name, $0.title) }
    return tag(
      "ul", ["class": "legend"],
      entries.map { name, title in
        tag(
          "li", [:],
          [
            tag(
              "svg", ["viewBox": "0 0 10 10", "aria-hidden": "true"],
              [tag("g", ["class": name], [tag("circle", ["cx": "5", "cy": "5", "r": "3.5"])])]),
            .text(" \(title)"),
          ])
      })
  }

  /// The frames as the page's script reads them; nothing in it can end the element it stands in.
  private var numbers: String {
    let names = frameLabels.map { jsonText($0) }.joined(separator: ",")
    let moving = groups.map { group in
      let frames = group.frames.map { "[" + places($0).map(number).joined(separator: ",") + "]" }
      return "\(jsonText(group.name)):[\(frames.joined(separator: ","))]"
    }
    return "{\"labels\":[\(names)],\"groups\":{\(moving.joined(separator: ","))}}"
  }

  private func jsonText(_ text: String) -> String {
    jsonString(text).replacingOccurrences(of: "<", with: "\\u003c")
  }

  /// - Precondition: there is a frame, and each has a name.
  var node: PageNode {
    precondition(
      !frameLabels.isEmpty && groups.allSatisfy { $0.frames.count == frameLabels.count },
      "frames without names")
    let last = frameLabels.count - 1
    let slider = tag(
      "div", ["class": "slider"],
      [
        tag("label", ["for": "\(id)-slider"], [.text(quantity)]),
        tag(
          "input",
          [
            "type": "range", "id": "\(id)-slider", "min": "0", "max": "\(last)", "step": "1",
            "value": "\(last)", "aria-valuetext": frameLabels[last], "autocomplete": "off",
          ]),
        tag("output", ["for": "\(id)-slider"], [.text(frameLabels[last])]),
        tag("button", ["type": "button", "hidden": ""], ["Play"]),
      ])
    return tag(
      "figure", ["class": "moving", "id": id],
      drawing + (images.isEmpty ? [legend] : [])
        + (last > 0
          ? [slider]
          : [paragraph(frameLabels[0], class: "quiet"), tag("div", ["hidden": ""], [slider])])
        + [tag("script", ["type": "application/json"], [.verbatim(numbers)])])
  }
}

/// A number without a needless fraction.
private func number(_ value: Double) -> String {
  value == value.rounded() ? "\(Int(value))" : "\(value)"
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    isNaN ? range.upperBound : min(max(self, range.lowerBound), range.upperBound)
  }
}
