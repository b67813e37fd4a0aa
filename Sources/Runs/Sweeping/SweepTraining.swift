// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Files
internal import Foundation
internal import Synchronization
public import Training

/// Trains the runs of a sweep in a folder, each by ``RecordedTraining``, side by side, and takes up what is there.
public final class SweepTraining {
  public enum Ending: Sendable, Equatable {
    case complete
    /// It was asked to stop; what is there can be taken up.
    case stopped
  }

  /// A step that was made.
  public struct Step: Sendable {
    /// Of all runs, earlier ones included.
    public let made: Int
    public let run: String
    public let report: StepReport
  }

  public let plan: SweepPlan
  private let folder: SweepFolder
  private let threads: Int

  /// Takes a folder for a sweep.
  ///
  /// - Parameter threads: what all runs together may use.
  /// - Throws: ``SweepFolderError``, `FileError`.
  public init(_ plan: SweepPlan, in path: String, threads: Int) throws {
    self.plan = plan
    self.threads = threads
    folder = try SweepFolder(path, for: plan)
  }

  /// How the sweep stands.
  ///
  /// - Throws: as ``SweepStanding/init(of:in:)``.
  public func standing() throws -> SweepStanding { try SweepStanding(of: plan, in: folder.path) }

  /// How many runs of some train side by side, and with how many threads.
  public func parallelism(of count: Int) -> SweepParallelism {
    SweepParallelism(
      runs: plan.sweep.parallelRuns, threads: plan.sweep.runThreads, within: threads, count: count)
  }

  /// Trains to the end, or until `shouldStop` holds. A run that diverges is kept with its reason, and the others go
  /// on.
  ///
  /// - Parameters:
  ///   - onStep: called after every step of any run, from its thread.
  ///   - onStage: called when some runs are to be trained next.
  /// - Throws: what training and writing a run throws; the other runs are stopped before, as if that had been asked for.
  public func train(
    onStage: (SweepStanding) throws -> Void = { _ in },
    onStep: @escaping @Sendable (Step) -> Void = { _ in },
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws -> Ending {
    // Also of runs that ended just before their process was killed.
    for run in plan.runs {
      try RunLayout("\(folder.path)/\(run.name)").dropStops(of: run, in: plan)
    }
    while true {
      let standing = try standing()
      if standing.isComplete { return .complete }
      if shouldStop() { return .stopped }
      try onStage(standing)
      // Made first, for the runs that are begun side by side.
      for job in standing.jobs {
        _ = try FileSystem.createFolders(parentFolder(of: "\(folder.path)/\(job.run.name)"))
      }
      let share = parallelism(of: standing.jobs.count)
      let stage = SweepStage(
        path: folder.path, threads: share.threads, made: standing.steps, onStep: onStep,
        shouldStop: shouldStop)
      let plan = plan
      let endings = try parallelMap(standing.jobs, threads: share.runs) { job in
        try stage.train(job, of: plan)
      }
      if endings.contains(.stopped) { return .stopped }
    }
  }

  /// Writes a result beside the runs, whole or not at all.
  public func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }
}

/// Runs that are trained side by side to their next step of measurement.
private final class SweepStage: Sendable {
  private let path: String
  private let threads: Int
  private let made: Atomic<Int>
  private let hasFailed = Atomic(false)
  private let onStep: @Sendable (SweepTraining.Step) -> Void
  private let shouldStop: @Sendable () -> Bool

  init(
    path: String, threads: Int, made: Int,
    onStep: @escaping @Sendable (SweepTraining.Step) -> Void,
    shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.path = path
    self.threads = threads
    self.made = Atomic(made)
    self.onStep = onStep
    self.shouldStop = shouldStop
  }

  private var isStopping: Bool { shouldStop() || hasFailed.load(ordering: .relaxed) }

  func train(_ job: SweepStanding.Job, of plan: SweepPlan) throws -> SweepTraining.Ending {
    if isStopping { return .stopped }
    let place = "\(path)/\(job.run.name)"
    do {
      guard try advance(job, in: place) else { return .stopped }
      try RunLayout(place).dropStops(of: job.run, in: plan)
      return .complete
    } catch is Stopped {
      return .stopped
    } catch {
      hasFailed.store(true, ordering: .relaxed)
      throw error
    }
  }

  /// - Returns: whether the run has come to its step, or to its end.
  private func advance(_ job: SweepStanding.Job, in place: String) throws -> Bool {
    let layout = RunLayout(place)
    let isBegun = FileSystem.exists(layout.configurationPath)
    var run = job.run.resolved
    if isBegun {
      let found = try ResolvedRun(of: layout)
      guard try found.identity == run.identity, found.configuration.steps == run.configuration.steps
      else { throw SweepFolderError.otherRun(path: place) }
      run = found
    }
    run.threads = threads
    let training = try RecordedTraining(run, in: place, existing: isBegun ? .resume : .refuse) {
      _, _ in
      if isStopping { throw Stopped() }
    }
    guard training.step < job.target else {
      training.discardIfUnfinished()
      throw SweepFolderError.missingRow(path: place, step: job.target)
    }
    do {
      _ = try training.train { report in
        let made = made.add(1, ordering: .relaxed).newValue
        onStep(SweepTraining.Step(made: made, run: job.run.name, report: report))
      } shouldStop: {
        training.step >= job.target || isStopping
      }
    } catch let error as NonFiniteError {
      // It is a result where it could be written down.
      guard case .diverged = try SweepRunRecord(place).reading(at: job.target) else { throw error }
      return true
    }
    return training.step >= job.target
  }
}

/// A run was asked to stop while it was prepared.
private struct Stopped: Error {}

extension RunLayout {
  /// Removes the checkpoints that a run has only because it was stopped there, so that what it leaves does not tell
  /// how often that was. The last is always kept.
  fileprivate func dropStops(of run: SweepPlan.Run, in plan: SweepPlan) throws(FileError) {
    let (interval, last) = (run.resolved.checkpointInterval, run.resolved.configuration.steps)
    let rungs = plan.sweep.halving?.rungs ?? []
    for checkpoint in try checkpoints().dropLast() {
      let step = checkpoint.step
      let isPlanned = step > 0 && step % interval == 0 || step == last || rungs.contains(step)
      if !isPlanned { try FileSystem.removeTree(checkpoint.path) }
    }
  }
}
