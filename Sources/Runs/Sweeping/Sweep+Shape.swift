// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

extension Sweep {
  /// The shape of a sweep's file.
  public static let shape = JSONShape.object([
    .init(
      "base", .either([.text, ResolvedRun.shape]),
      "the run whose settings hold where no axis says otherwise: a run.json or its path"),
    .init(
      "axes", .any,
      "an object: a key of run.json, as configuration.schedule.peak, with the list of its values, or with a range "
        + "{\"from\": 1e-4, \"to\": 1e-2, \"scale\": \"log\"} of which they are drawn"),
    .init(
      "random",
      .object([
        .init("draws", .integer, "settings that are drawn, 1 to \(largestCount)"),
        .init("seed", .integer, "of the draws, 0 to 2^64 - 1"),
      ]), "draws settings instead of taking every value with every other"),
    .init(
      "seeds", .either([.integer, .list(.integer)]),
      "every setting is trained with each of them: a list, or a count for 0, 1, 2, …"),
    .init(
      "metrics", .list(.text),
      "names of metrics.jsonl that are shown; by the first the settings are ordered"),
    .init("better", better, "which end of the first metric is the better one"),
    .init(
      "halving",
      .object([
        .init("rungs", .list(.integer), "steps at which the worse settings are given up"),
        .init("keep", .number, "the share that goes on, above 0 and below 1"),
        .init("metric", .text, "by which settings are judged, instead of the first of metrics"),
        .init("better", better),
      ]), "successive halving"),
    .init(
      "parallel",
      .object([
        .init("runs", .integer, "that are trained side by side"),
        .init("threads", .integer, "of each run"),
      ]), "changes no result; never more threads in all than the command has"),
  ])

  private static let better = JSONShape.word(SweepRanking.Better.allCases.map(\.rawValue))

  static let range = JSONShape.object([
    .init("from", .number, "the smallest value"), .init("to", .number, "the largest value"),
    .init("scale", .word(SweepRange.Scale.allCases.map(\.rawValue))),
  ])
}
