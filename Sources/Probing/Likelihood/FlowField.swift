// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A velocity and its divergence at many points at one time: of a network, or exact.
public struct FlowField {
  /// The velocities, `N × d` row-major, and their divergences, `N`.
  public typealias Values = (velocities: [Double], divergences: [Double])

  /// `d`
  public let dimension: Int

  /// `T`, where the law is the standard normal one.
  public let endTime: Double

  /// The values at `N` points, row-major, and a time of `[0, T]`.
  public let values: (_ points: [Double], _ time: Double) throws -> Values

  public init(
    dimension: Int, endTime: Double,
    values: @escaping (_ points: [Double], _ time: Double) throws -> Values
  ) {
    self.dimension = dimension
    self.endTime = endTime
    self.values = values
  }
}
