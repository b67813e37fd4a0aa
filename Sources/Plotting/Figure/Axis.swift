// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// One axis of a panel.
public struct Axis: Sendable, Hashable, Codable {
  /// The label, in the markup of ``Markup``; may be empty.
  public var label: String
  /// How the quantity is laid along the axis.
  public var scale: AxisScale
  /// The range shown; `nil` takes the data's with a small margin.
  public var range: ClosedRange<Double>?
  /// The marks.
  public var ticks: AxisTicks
  /// Whether the numbers fall rightwards or upwards.
  public var isReversed: Bool

  /// An axis.
  public init(
    _ label: String = "", scale: AxisScale = .linear, range: ClosedRange<Double>? = nil,
    ticks: AxisTicks = .automatic, isReversed: Bool = false
  ) {
    self.label = label
    self.scale = scale
    self.range = range
    self.ticks = ticks
    self.isReversed = isReversed
  }

  private static let margin = 0.04

  /// The map of the axis for the data it has to cover.
  func mapping(for extent: AxisExtent, isFilled: Bool) -> AxisMapping {
    let mapping = AxisMapping(
      scale: scale, range: extent.range(scale: scale, fixed: range), reversed: isReversed)
    guard range == nil, !isFilled else { return mapping }
    return mapping.padded(
      lower: mapping.range.lowerBound == extent.base ? 0 : Axis.margin,
      upper: mapping.range.upperBound == extent.base ? 0 : Axis.margin)
  }

  /// The marks of the axis over its settled range.
  func tickSet(for mapping: AxisMapping, maximumCount: Int) -> TickSet {
    switch ticks {
    case .automatic:
      return TickSet.automatic(
        for: mapping.range, scale: mapping.scale, maximumCount: maximumCount)
    case .unlabelled:
      let set = TickSet.automatic(
        for: mapping.range, scale: mapping.scale, maximumCount: maximumCount)
      return TickSet(major: set.major.map { Tick($0.value, "") }, minor: set.minor)
    case .none:
      return TickSet()
    case .at(let ticks):
      return TickSet(
        major: ticks.filter { tick in
          mapping.fraction(of: tick.value).map { $0 > -1e-9 && $0 < 1 + 1e-9 } ?? false
        })
    }
  }
}

/// The marks of an axis.
public enum AxisTicks: Sendable, Hashable, Codable {
  /// Round numbers.
  case automatic
  /// Round numbers without labels: for panels that share a neighbour's axis.
  case unlabelled
  /// No marks.
  case none
  /// Given marks; those outside the range are left out.
  case at([Tick])
}
