// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser

/// Whole numbers as they are written on a command line: `1,2,4`, `0-9` or both.
struct NumberList: ExpressibleByArgument, Equatable, CustomStringConvertible {
  /// The most numbers that a list may have.
  private static let limit = 4096

  let numbers: [Int]

  init(_ numbers: [Int]) { self.numbers = numbers }

  init?(argument: String) {
    var numbers: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first <= last, last - first < Self.limit
      else { return nil }
      numbers += first...last
    }
    guard numbers.count <= Self.limit else { return nil }
    self.numbers = numbers
  }

  var description: String { numbers.map(String.init).joined(separator: ",") }
  var defaultValueDescription: String { description }
}
