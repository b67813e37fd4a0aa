// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Training

extension RunLayout {
  /// The latest checkpoint that is not damaged, and those after it that are.
  public struct LatestCheckpoint: Sendable {
    /// Nil if there is none.
    public let sound: (step: Int, file: CheckpointFile)?
    /// From the latest down: what is wrong with each.
    public let damaged: [CheckpointFileError]
  }

  /// Reads the latest checkpoint that is not damaged.
  ///
  /// - Parameter run: the name of the run, see ``ResolvedRun/identity``; nil accepts the checkpoints of any.
  /// - Throws: `FileError`, `CheckpointFileError` for a checkpoint that is of another run or unknown form.
  public func latestCheckpoint(of run: String?) throws -> LatestCheckpoint {
    var damaged: [CheckpointFileError] = []
    for checkpoint in try checkpoints().reversed() {
      do {
        let file = try CheckpointFile(contentsOf: checkpoint.path, of: run)
        return LatestCheckpoint(sound: (checkpoint.step, file), damaged: damaged)
      } catch let error as CheckpointFileError {
        guard case .damaged = error else { throw error }
        damaged.append(error)
      }
    }
    return LatestCheckpoint(sound: nil, damaged: damaged)
  }

  /// Puts damaged checkpoints aside under a name that no reader takes for one of theirs.
  func setAside(_ damaged: [CheckpointFileError]) throws(FileError) {
    for case .damaged(let path, _) in damaged {
      try FileSystem.move(path, to: path + RunLayout.damagedSuffix)
    }
  }

  static var damagedSuffix: String { ".damaged" }
}
