// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import GroundTruth
public import Measures
internal import Training

/// Groups of runs beside each other: the settings in which they differ, their last metrics, and which differences are
/// more than chance.
public struct RunComparison: Sendable {
  /// A setting that is not the same in all groups.
  public struct Setting: Sendable, Equatable {
    /// Its place in `run.json`, `loss.weighting`.
    public let key: String
    /// Its value in each group as JSON; nil where it does not stand.
    public let values: [String?]
  }

  /// A number of the last metrics.
  public struct Number: Sendable {
    public let key: String
    /// Of each group; nil where it has none.
    public let estimates: [Estimate?]
    /// Of each group behind the first, the chance of a difference to the first as large if both were alike; nil where
    /// fewer than two seeds stand on a side.
    public let chances: [Double?]
    /// ``chances`` after Holm's step-down rule over all numbers and groups of the comparison (Scandinavian Journal of
    /// Statistics 6, 1979): below 5 % one of them is shown whatever the others are.
    public fileprivate(set) var adjusted: [Double?]
  }

  public let groups: [RunGroup]
  public let settings: [Setting]
  public let numbers: [Number]

  /// - Parameter keys: the numbers to compare; nil for all.
  /// - Precondition: there are two groups or more.
  /// - Throws: what encoding a configuration throws.
  public init(_ groups: [RunGroup], keys: [String]? = nil) throws {
    precondition(groups.count >= 2, "\(groups.count) groups are no comparison")
    self.groups = groups
    settings = try Self.settings(of: groups)
    let all = keys ?? Self.commonOrder(groups.map { $0.runs[0].keys })
    var numbers = all.map { key in
      let samples = groups.map { $0.values(key) }
      let chances = samples.dropFirst().map { welchChance(samples[0], $0) }
      return Number(
        key: key, estimates: groups.map { $0.estimate(key) }, chances: chances,
        adjusted: chances)
    }
    Self.adjust(&numbers)
    self.numbers = numbers
  }

  /// Every name once, in the order of the first list it stands in.
  private static func commonOrder(_ lists: [[String]]) -> [String] {
    var seen: Set<String> = []
    return lists.joined().filter { seen.insert($0).inserted }
  }

  // MARK: Chances

  private static func adjust(_ numbers: inout [Number]) {
    let places = numbers.indices.flatMap { number in
      numbers[number].chances.indices.map { (number: number, group: $0) }
    }.filter { numbers[$0.number].chances[$0.group] != nil }
    let sorted = places.sorted {
      (numbers[$0.number].chances[$0.group] ?? 1) < (numbers[$1.number].chances[$1.group] ?? 1)
    }
    var largest = 0.0
    for (rank, place) in sorted.enumerated() {
      guard let chance = numbers[place.number].chances[place.group] else { continue }
      largest = max(largest, min(1, chance * Double(sorted.count - rank)))
      numbers[place.number].adjusted[place.group] = largest
    }
  }

  // MARK: Settings

  private static func settings(of groups: [RunGroup]) throws -> [Setting] {
    let tables = try groups.map { group -> [(key: String, value: String)] in
      var run = group.runs[0].run
      run.configuration.seed = 0
      return try run.settings
    }
    let values = tables.map { table in
      Dictionary(table.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    return commonOrder(tables.map { $0.map(\.key) }).compactMap { key in
      let row = values.map { $0[key] }
      return Set(row).count > 1 ? Setting(key: key, values: row) : nil
    }
  }
}

/// The chance that the means of two samples differ as much if their laws have one mean (Welch, Biometrika 34, 1947); nil
/// where a sample has fewer than two values, or neither scatters.
public func welchChance(_ left: [Double], _ right: [Double]) -> Double? {
  guard left.count >= 2, right.count >= 2 else { return nil }
  let (a, b) = (Estimate(meanOf: left), Estimate(meanOf: right))
  let squares = (a.standardError * a.standardError, b.standardError * b.standardError)
  let total = squares.0 + squares.1
  guard total > 0 else { return a.value == b.value ? 1 : nil }
  let freedom =
    total * total
    / (squares.0 * squares.0 / Double(left.count - 1)
      + squares.1 * squares.1 / Double(right.count - 1))
  return StudentLaw.twoSidedTail(
    (a.value - b.value) / total.squareRoot(), degreesOfFreedom: freedom)
}
