// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// An axis with settled range, marks and set text, for a frame of known length.
struct AxisPlan {
  static let tickLength = 3.5
  static let minorTickLength = 2.0
  static let labelGap = 2.5
  static let titleGap = 4.0

  let mapping: AxisMapping
  let ticks: TickSet
  let labels: [TextBlock]
  let title: TextBlock
  let isVertical: Bool

  /// - Parameter length: the length of the frame along the axis in points.
  init(
    _ axis: Axis, mapping: AxisMapping, isVertical: Bool, length: Double, canvas: some Canvas
  ) {
    self.mapping = mapping
    self.isVertical = isVertical
    var count = AxisPlan.maximumTickCount(length: length, isVertical: isVertical)
    var ticks = axis.tickSet(for: mapping, maximumCount: count)
    var labels = AxisPlan.set(ticks, canvas)
    // Long labels need fewer ticks than the length alone would allow.
    while count > 2, !isVertical,
      AxisPlan.areCrowded(ticks, labels, mapping: mapping, length: length)
    {
      count -= 1
      ticks = axis.tickSet(for: mapping, maximumCount: count)
      labels = AxisPlan.set(ticks, canvas)
    }
    self.ticks = ticks
    self.labels = labels
    title = TextBlock(
      AxisPlan.titleText(axis.label, exponent: ticks.commonExponent),
      font: Typography.axisLabel, maximumWidth: max(length * 1.2, 60), canvas: canvas)
  }

  /// How far ticks, labels and title reach out from the frame.
  var depth: Double { labelDepth + (title.isEmpty ? 0 : AxisPlan.titleGap + title.height) }

  /// How far ticks and labels reach out from the frame.
  var labelDepth: Double {
    guard !ticks.major.isEmpty || !ticks.minor.isEmpty else { return 0 }
    let extent = labels.map { isVertical ? $0.width : $0.height }.max() ?? 0
    return AxisPlan.tickLength + (extent > 0 ? AxisPlan.labelGap + extent : 0)
  }

  /// How far labels reach beyond the end of the axis, at its start or at its end.
  func overhang(atEnd: Bool, length: Double) -> Double {
    zip(ticks.major, labels).map { tick, label in
      guard let fraction = mapping.fraction(of: tick.value) else { return 0 }
      let room = (atEnd ? 1 - fraction : fraction) * length
      return (isVertical ? label.font.capHeight : label.width) / 2 - room
    }.reduce(0, max)
  }

  private static func maximumTickCount(length: Double, isVertical: Bool) -> Int {
    let spacing = isVertical ? 24.0 : 34.0
    return min(max(Int(of: length / spacing) + 1, 3), 8)
  }

  private static func set(_ ticks: TickSet, _ canvas: some Canvas) -> [TextBlock] {
    ticks.major.map { TextBlock($0.label, font: Typography.tickLabel, canvas: canvas) }
  }

  private static func areCrowded(
    _ ticks: TickSet, _ labels: [TextBlock], mapping: AxisMapping, length: Double
  ) -> Bool {
    let gap = 7.0
    let spans = zip(ticks.major, labels).compactMap { tick, label -> (Double, Double)? in
      guard let fraction = mapping.fraction(of: tick.value) else { return nil }
      return (fraction * length - label.width / 2, fraction * length + label.width / 2)
    }.sorted { $0.0 < $1.0 }
    return zip(spans, spans.dropFirst()).contains { $0.1 + gap > $1.0 }
  }

  private static func titleText(_ label: String, exponent: Int?) -> String {
    guard let exponent else { return label }
    let factor = "\\times{}10^{\(exponent)}"
    return label.isEmpty ? factor : "\(label)  (\(factor))"
  }
}
