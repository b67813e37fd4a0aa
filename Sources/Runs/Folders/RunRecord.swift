// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How a run fares, and what tells its files from those of others: the contents of `state.json`.
public struct RunRecord: Codable, Sendable, Equatable {
  public enum State: String, Codable, Sendable {
    /// It goes on; or its process was killed, and nobody holds the folder.
    case running
    /// The last step is made.
    case finished
    /// A number was not finite.
    case diverged
    /// It was stopped, and can be resumed.
    case interrupted
  }

  public var state: State
  /// Why it diverged.
  public var reason: String?
  /// The name of the run, which its checkpoints carry; see ``ResolvedRun/identity``.
  public var run: String?
  /// The fingerprints that `run.json` may have: one, or two while it is replaced.
  public var configurations: [String]

  public init(
    _ state: State, reason: String? = nil, run: String? = nil, configurations: [String] = []
  ) {
    self.state = state
    self.reason = reason
    self.run = run
    self.configurations = configurations
  }
}
