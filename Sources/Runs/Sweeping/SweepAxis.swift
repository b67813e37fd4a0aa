// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
internal import RandomStreams

/// A key of `run.json` that a sweep varies.
public struct SweepAxis: Sendable, Hashable {
  /// The way to it, `configuration.schedule.peak`.
  public let key: String
  public let position: TextPosition
  public let values: Values

  public enum Values: Sendable, Hashable {
    case list([JSONValue])
    /// Only where values are drawn.
    case range(SweepRange)
  }

  /// The keys from the top of `run.json`.
  public var path: [String] { key.split(separator: ".").map(String.init) }

  /// A run's text with a value in the place of the key.
  func setting(_ value: JSONValue, in root: JSONValue) -> JSONValue {
    root.setting(path[...], to: value, keyPosition: position)
  }

  /// The value of a draw. It depends on nothing else than seed, key and number of the draw: more draws, or another axis
  /// beside this one, leave it as it is.
  func draw(_ index: Int, seed: UInt64) -> JSONValue {
    var generator = RandomStream(seed: seed, purpose: .sweepDraws).appending(key).generator(
      row: index)
    let uniform = generator.uniform()
    switch values {
    case .list(let values):
      return values[min(Int(uniform * Double(values.count)), values.count - 1)]
    case .range(let range):
      return range.value(at: uniform)
    }
  }
}

/// Numbers between two ends, of which values are drawn.
public struct SweepRange: Sendable, Hashable {
  public enum Scale: String, CaseIterable, Sendable {
    /// Equal differences are equally likely.
    case linear
    /// Equal ratios are equally likely.
    case log
  }

  public let from: JSONValue
  public let to: JSONValue
  public let scale: Scale
  /// Whether the key takes whole numbers.
  public let isWhole: Bool

  /// The number at a fraction of the range. It is rounded, so that it can be read and written: to four digits on a
  /// logarithmic scale, to a thousandth of the range on a linear one.
  func value(at fraction: Double) -> JSONValue {
    guard case .number(let low, _) = from.content, case .number(let high, _) = to.content else {
      preconditionFailure("a range of what are no numbers")
    }
    let drawn: Double
    switch scale {
    case .linear:
      // Each whole number is as likely as the others, the ends included.
      drawn = isWhole ? (low - 0.5) + fraction * (high - low + 1) : low + fraction * (high - low)
    case .log: drawn = low * pow(high / low, fraction)
    }
    let rounded: Double
    if isWhole {
      rounded = drawn.rounded()
    } else if scale == .log {
      rounded = Double(String(format: "%.3e", drawn)) ?? drawn
    } else {
      let places = 3 - Int(log10(high - low).rounded(.down))
      rounded =
        places >= 0 ? Double(String(format: "%.*f", places, drawn)) ?? drawn : drawn.rounded()
    }
    let value = min(max(rounded, low), high)
    return JSONValue(
      .number(value, literal: isWhole ? "\(Int(value))" : JSON.number(value)), at: from.position)
  }
}
