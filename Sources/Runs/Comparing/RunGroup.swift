// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
public import Measures
internal import Training

/// Runs that differ in nothing but their seed.
public struct RunGroup: Sendable {
  /// At least one.
  public let runs: [RunSummary]

  /// - Precondition: there is a run.
  public init(_ runs: [RunSummary]) {
    precondition(!runs.isEmpty, "a group of no runs")
    self.runs = runs
  }

  /// Runs in groups, in the order of the first of each.
  ///
  /// - Throws: what encoding a configuration throws.
  public static func groups(of runs: [RunSummary]) throws -> [RunGroup] {
    var order: [String] = []
    var members: [String: [RunSummary]] = [:]
    for summary in runs {
      var run = summary.run
      run.configuration.seed = 0
      let key = try run.identity + " \(run.configuration.steps)"
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(summary)
    }
    return order.compactMap { members[$0].map(RunGroup.init) }
  }

  /// The folder of the first, and how many others there are.
  public var name: String {
    runs.count == 1 ? runs[0].path : "\(runs[0].path) and \(runs.count - 1) more"
  }

  public var seeds: [UInt64] { runs.map(\.run.configuration.seed) }

  /// The finite values of a number, one a run that has it.
  public func values(_ key: String) -> [Double] {
    runs.compactMap { $0.estimate(key)?.value }.filter(\.isFinite)
  }

  /// A number of the last metrics: of several runs their mean, with the standard error over seeds; of one its own, with
  /// that of its measurement, which says nothing of other seeds.
  public func estimate(_ key: String) -> Estimate? {
    let values = values(key)
    if values.count >= 2 { return Estimate(meanOf: values) }
    return runs.lazy.compactMap { $0.estimate(key) }.first { $0.value.isFinite }
  }
}
