// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How a Krylov method with restarts runs.
public struct KrylovSettings: Sendable, Hashable, Codable {
  /// A pair has converged when its residual is below this share of the largest Ritz value's magnitude.
  public var relativeTolerance: Double
  /// How many vectors are kept at most; by default 20 more than twice the pairs asked for, at least 40, and
  /// never more than the dimension.
  public var subspaceDimension: Int?
  /// How often the basis may be compressed to its best part before the method gives up.
  public var largestRestartCount: Int
  /// How far an operator said to be symmetric may be from it, relative to its norm.
  public var symmetryTolerance: Double
  /// The seed of the first vector.
  public var seed: UInt64

  public init(
    relativeTolerance: Double = 1e-10, subspaceDimension: Int? = nil,
    largestRestartCount: Int = 300, symmetryTolerance: Double = 1e-6, seed: UInt64 = 0
  ) {
    precondition(
      relativeTolerance > 0 && relativeTolerance < 1,
      "a relative tolerance lies in (0, 1), got \(relativeTolerance)")
    precondition(largestRestartCount >= 0, "\(largestRestartCount) restarts")
    self.relativeTolerance = relativeTolerance
    self.subspaceDimension = subspaceDimension
    self.largestRestartCount = largestRestartCount
    self.symmetryTolerance = symmetryTolerance
    self.seed = seed
  }

  /// The number of basis vectors for `count` pairs.
  func subspace(for count: Int, dimension: Int) throws(LinearAlgebraError) -> Int {
    guard let subspaceDimension else { return min(dimension, max(2 * count + 20, 40)) }
    try check(
      "the subspace dimension", subspaceDimension, in: min(dimension, count + 2)...dimension)
    return subspaceDimension
  }
}
