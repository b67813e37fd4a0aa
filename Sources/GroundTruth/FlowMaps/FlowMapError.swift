// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why an exact flow map could not be computed.
public enum FlowMapError: Error, Equatable, Sendable, CustomStringConvertible {
  case timeOutOfRange(time: Double, endTime: Double)
  case nonFinitePoint(index: Int, value: Double)
  /// The integrator gave up: where, and what it said.
  case integrationFailed(point: Int, from: Double, to: Double, reached: Double, reason: String)

  public var description: String {
    switch self {
    case .timeOutOfRange(let time, let endTime):
      return "time \(time) is outside [0, \(endTime)]"
    case .nonFinitePoint(let index, let value):
      return "point \(index): every coordinate must be finite, found \(value)"
    case .integrationFailed(let point, let from, let to, let reached, let reason):
      return "point \(point): the integration from \(from) to \(to) failed at time \(reached): "
        + reason
    }
  }
}
