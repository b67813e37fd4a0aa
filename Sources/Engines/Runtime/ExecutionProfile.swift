// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Where the time of a compiled program goes, averaged over runs.
public struct ExecutionProfile: Sendable {
  public struct Entry: Sendable {
    /// The instruction in a line.
    public let summary: String
    /// Time of a run spent in this instruction, over all full blocks and workers.
    public let time: Duration
    /// Multiplications and additions of matrix products in a run; 0 for everything else.
    public let floatingPointOperations: Double
  }

  /// Wall-clock time of a run.
  public let elapsed: Duration
  /// One entry an instruction, in the order of execution.
  public let entries: [Entry]
}
