// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Files
import Foundation
import Plotting
import Runs
import Training

/// `toylab sweep`
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train a run for each of many settings and seeds, and tell which are best.",
    usage: """
      toylab sweep <sweep.json> --out <folder> [--threads <count>] [--dry-run]
      toylab sweep --schema
      """,
    discussion: """
      sweep.json says which run is varied, and how:

        {"base": {"source": "four", "configuration": {"steps": 600}},
         "axes": {"configuration.schedule.peak": [0.001, 0.004],
                  "configuration.loss.objective":
                    ["directFull", "improvedSelfDistillation"]},
         "seeds": 3}

        base      a run as in run.json, or the path of one; what it leaves out
                  has its default
        axes      keys of run.json, each with its values; every value is trained
                  with every other. A value may be a whole object:
                  "configuration.times": [{"endAtZero": {}}, {"uniformTriangle": {}}]
        random    {"draws": 20, "seed": 0} draws so many settings instead. An axis
                  may then be a range, {"from": 1e-4, "to": 1e-2, "scale": "log"}
                  (or "linear"), of whole numbers where the key takes them. More
                  draws leave those before them as they are
        seeds     a list, or a count for 0, 1, 2, … (default: the base's seed)
        metrics   names of metrics.jsonl to show; settings are ordered by the
                  first (default: flowMapError, slicedWasserstein without a law)
        better    "lower" (default) or "higher", of that first metric
        halving   {"rungs": [100, 300], "keep": 0.5}: all settings are trained to
                  step 100, the better half of them to 300, half of those to the
                  end. Settings are judged by the mean over seeds of the first
                  metric (or of a "metric", with "better", in here); those of
                  which a seed diverged stand behind those of which none did.
                  Rungs are multiples of metricsInterval. Learning rates fall
                  towards the last step of the run, whatever rung it is at
        parallel  {"runs": 2, "threads": 1}: runs side by side and threads of each
                  (default: as many runs as there are threads, one each). All
                  together never use more than --threads; no result depends on it

      Everything is checked before anything is trained; --dry-run lists what would \
      be. Each run is an ordinary one, FOLDER/SETTINGS/seed-N, for toylab runs, \
      compare, sample, probe and train --resume. A run that diverges is kept as a \
      result. The same command goes on where an earlier one was stopped (Ctrl-C) or \
      killed, and ends with the same bytes as one that was not. FOLDER/sweep.csv has \
      the table, FOLDER/sweep.png the picture.

        toylab sweep sweep.json --out sweeps/rates --dry-run
        toylab sweep sweep.json --out sweeps/rates
        toylab compare sweeps/rates/*/
      """)

  @Argument(
    help: ArgumentHelp("What is varied, as described above.", valueName: "sweep.json"),
    completion: .file(extensions: ["json"]))
  var file: String?

  @Option(
    help: ArgumentHelp("Folder of the sweep; it is created.", valueName: "folder"),
    completion: .directory)
  var out = ""

  @Flag(help: "List the runs and how far they are trained, and train nothing.")
  var dryRun = false

  @Flag(help: "Print the JSON Schema of sweep.json, and train nothing.")
  var schema = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard !schema else { return }
    if file == nil { throw ValidationError("sweep takes a file that says what is varied.") }
    if out.isEmpty {
      throw ValidationError("--out is missing; accepted is the path of a folder.")
    }
  }

  func run() throws {
    guard let file, !schema else {
      return try StandardOutput.write(Sweep.shape.schema(title: "A sweep of toylab"))
    }
    let plan = try plan(of: file)
    try SweepFolder.check(plan, in: out)
    let share = SweepParallelism(
      runs: plan.sweep.parallelRuns, threads: plan.sweep.runThreads, within: threads.count,
      count: plan.runs.count)
    try StandardOutput.write(introduction(plan, share))
    if dryRun { return try StandardOutput.write(listing(plan)) }
    let stop = StopRequest(
      notice: "\nStopping after the current steps; the same signal again stops at once.\n")
    let training = try SweepTraining(plan, in: out, threads: threads.count)
    let start = try training.standing()
    if start.steps > 0 { try report(start, of: training) }
    let ending = try train(training, from: start, until: stop)
    let standing = try training.standing()
    if ending == .complete {
      if start.isComplete { return }
      return try report(standing, of: training)
    }
    try report(standing, of: training)
    StandardError.write(
      "Stopped after \(standing.steps) of \(plan.totalSteps) steps. The same command goes on.\n")
    throw ExitCode(128 + (stop.signal ?? SIGINT))
  }

  private func plan(of file: String) throws -> SweepPlan {
    let model = try ModelOptions.parse([])
    let count = threads.count
    return try SweepPlan(try Sweep(contentsOf: file)) { source in
      try .withDefaults(source, threads: count)
    } source: { name in
      try model.resolvedSource(named: name ?? ModelOptions.defaultSource)
    }
  }

  private func train(
    _ training: SweepTraining, from start: SweepStanding, until stop: StopRequest
  ) throws -> SweepTraining.Ending {
    let progress = ProgressLine(
      label: "sweep", total: training.plan.totalSteps, start: start.steps)
    defer { progress.finish() }
    return try training.train(
      onStep: { step in
        progress.update(
          step: step.made, metric: step.run + String(format: "  loss %.4g", step.report.loss))
      }, shouldStop: stop.isReceived)
  }

  // MARK: Results

  private func report(_ standing: SweepStanding, of training: SweepTraining) throws {
    let table = SweepTable(standing)
    try training.write(table.commaSeparated, to: "sweep.csv")
    var written = ["\(out)/sweep.csv"]
    if let figure = SweepPicture(standing).figure {
      let path = "\(out)/sweep.png"
      try figure.write(to: path, format: .png)
      written.append(path)
    }
    let reasons = standing.entries.flatMap(\.diverged).map { run, reason in
      "\(run.name) diverged: \(reason)\n"
    }
    let shown = 5
    let more = reasons.count > shown ? "… and \(reasons.count - shown) more.\n" : ""
    try StandardOutput.write(
      "\n" + textTable(table.header, table.rows) + "\n\n" + reasons.prefix(shown).joined() + more
        + "Written: \(written.joined(separator: ", "))\n")
  }

  // MARK: Words

  private func introduction(_ plan: SweepPlan, _ share: SweepParallelism) -> String {
    let seeds = plan.trials[0].runs.count
    func count(_ number: Int, _ word: String) -> String {
      "\(number) \(word)\(number == 1 ? "" : "s")"
    }
    let settings = plan.trials.count == 1 ? "1 setting" : "\(plan.trials.count) settings"
    var text =
      "\(settings) with \(count(seeds, "seed")), \(count(plan.totalSteps, "step")) in all, "
      + "\(count(share.runs, "run")) side by side with \(count(share.threads, "thread")) each\n"
    if case .draws(let draws, _) = plan.sweep.expansion, draws > plan.trials.count {
      text += "\(draws) draws gave \(plan.trials.count) different settings.\n"
    }
    if plan.sweep.halving != nil {
      let stages = zip(plan.stages(of: plan.trials[0]), plan.trialCounts).map { step, count in
        "\(count) to step \(step)"
      }
      text +=
        "Settings kept by \(plan.ranking.metric), \(plan.ranking.better.rawValue) is better: "
        + stages.joined(separator: ", ") + "\n"
    }
    return text
  }

  private func listing(_ plan: SweepPlan) -> String {
    let header = ["folder"] + plan.axisNames + ["seeds", "steps"]
    let rows = plan.trials.map { trial in
      ["\(out)/\(trial.name)"] + trial.values.map(\.brief)
        + [trial.runs.map { "\($0.seed)" }.joined(separator: " "), "\(trial.steps)"]
    }
    return "\n" + textTable(header, rows) + "\n"
  }
}
