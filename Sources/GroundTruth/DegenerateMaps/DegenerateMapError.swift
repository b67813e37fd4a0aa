// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import LinearAlgebra

/// Why the minimiser of direct training could not be computed.
public enum DegenerateMapError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The elliptic equation is solved for targets on the line only.
  case dimension(target: String, dimension: Int)
  case endTimeOutOfRange(endTime: Double, last: Double)
  case resolution(Int, accepted: ClosedRange<Int>)
  /// The matrix lost its definiteness to rounding.
  case linearSystem(LinearAlgebraError)

  public var description: String {
    switch self {
    case .dimension(let target, let dimension):
      return "target \"\(target)\" has dimension \(dimension); the degenerate map is computed for "
        + "targets of dimension 1"
    case .endTimeOutOfRange(let endTime, let last):
      return "end time \(endTime) cannot be used; accepted is a number from 0 to below T = \(last)"
    case .resolution(let resolution, let accepted):
      return "resolution \(resolution) cannot be used; accepted is a multiple of 4 from "
        + "\(accepted.lowerBound) to \(accepted.upperBound)"
    case .linearSystem(let error):
      return "the elliptic equation cannot be solved: \(error); "
        + "the target's components may be too narrow for double precision"
    }
  }
}
