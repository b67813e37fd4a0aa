// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A frozen batch on which a loss is probed, named by what determines it: it is the batch that a trainer
/// with this seed and number of rows draws at this step.
public struct ProbeBatch: Sendable, Hashable, Codable {
  /// The rows a batch may have.
  public static let validRows = 1...1_048_576

  public let seed: UInt64
  /// The steps made before it, from 0.
  public let step: Int
  public let rows: Int

  /// - Precondition: the rows lie in ``validRows`` and the step is not negative.
  public init(rows: Int = 2048, seed: UInt64 = 0, step: Int = 0) {
    precondition(Self.validRows.contains(rows) && step >= 0, "batch \(step) of \(rows) rows")
    self.seed = seed
    self.step = step
    self.rows = rows
  }

  public var name: String { "seed \(seed), step \(step), \(rows) rows" }
}
