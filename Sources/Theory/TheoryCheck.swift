// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import Foundation

/// A claim of the theory, measured: it can fail, and says by how much.
///
/// Each check lies in a file of its own in `Checks`, with the derivation or the citation of its claim in
/// its doc comment.
public protocol TheoryCheck: Sendable {
  /// The claim's number, from 1.
  static var number: Int { get }
  /// The claim in one line.
  static var claim: String { get }
  /// Measures the claim.
  ///
  /// - Returns: At least one finding; the claim holds if all of them do.
  /// - Throws: What stopped the measurement, such as a number that is not finite.
  static func run(_ session: CheckSession) throws -> [Finding]
}

/// What a check is run with.
public struct CheckSession: Sendable {
  /// The first seed; further ones count up from it.
  public let seed: UInt64
  /// The workers of every executable of the check.
  public let pool: WorkerPool
  /// More samples, seeds and steps: smaller errors, and tighter bounds where they follow from them.
  public let isThorough: Bool
  /// Shows what long work is at, such as "seed 2 of 5, step 300".
  public let progress: @Sendable (String) -> Void

  public init(
    seed: UInt64, pool: WorkerPool, isThorough: Bool = false,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.seed = seed
    self.pool = pool
    self.isThorough = isThorough
    self.progress = progress
  }
}

/// A check with what it found.
public struct CheckResult: Sendable, Equatable {
  public let number: Int
  public let claim: String
  public let findings: [Finding]
  /// What stopped the check, if anything did.
  public let failure: String?
  /// Wall-clock time of the check.
  public let seconds: Double

  /// Whether the check ended and all its findings hold.
  public var holds: Bool { failure == nil && !findings.isEmpty && findings.allSatisfy(\.holds) }

  /// The finding closest to its bound, or furthest beyond it.
  public var tightest: Finding? { findings.max { $0.strain < $1.strain } }
}

extension TheoryCheck {
  /// Runs the check; an error becomes a result that does not hold.
  public static func result(_ session: CheckSession) -> CheckResult {
    let clock = ContinuousClock()
    let start = clock.now
    var findings: [Finding] = []
    var failure: String?
    do { findings = try run(session) } catch { failure = String(describing: error) }
    return CheckResult(
      number: number, claim: claim, findings: findings, failure: failure,
      seconds: (clock.now - start) / .seconds(1))
  }
}
