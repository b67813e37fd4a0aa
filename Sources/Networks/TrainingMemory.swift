// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// What a network's parameters take of the machine's memory: beyond that memory, not mathematics, ends a run.
public enum TrainingMemory {
  /// The vectors of a training: parameters, gradient, two moments and an average.
  public static let vectors = 5

  /// Bytes of one number of the widest precision.
  public static let bytesPerNumber = 8

  /// Bytes that a training's vectors may take: half of this machine's memory, the rest being for
  /// activations, data and whatever else runs.
  public static var available: Int {
    Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
  }

  /// Checks that the vectors of a network fit.
  ///
  /// - Parameters:
  ///   - count: the parameters of the network.
  ///   - memory: bytes there are for the vectors.
  /// - Throws: ``ConfigurationError``.
  static func check(parameters count: Int, memory: Int) throws(ConfigurationError) {
    let most = memory / (vectors * bytesPerNumber)
    guard count > most else { return }
    throw ConfigurationError(
      setting: "size of the network", value: "\(count) parameters",
      accepted:
        "at most \(most), whose \(vectors) vectors of \(bytesPerNumber) bytes a number fit in "
        + "\(memory) bytes of memory")
  }
}
