// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Where the labels or the weights of a file of points stand.
public enum PointColumn: Sendable, Hashable, CustomStringConvertible {
  /// The column of this name in the first line of a table, or the array of this name.
  case named(String)
  /// The column of this number, from 1; the others are the coordinates.
  case numbered(Int)
  /// Another file, of one number for each point, in any of the formats.
  case file(String)

  /// A column as it is written on a command line: a whole number is a column's number, what ends like a file of
  /// points is a file, and anything else is a name.
  public init(_ text: String) {
    if let number = Int(text) {
      self = .numbered(number)
    } else if PointFileFormat(fileName: text) != nil {
      self = .file(text)
    } else {
      self = .named(text)
    }
  }

  public var description: String {
    switch self {
    case .named(let name): "\"\(name)\""
    case .numbered(let number): "number \(number)"
    case .file(let path): path
    }
  }
}

/// Where in a file what stands. What is nil is looked for under its usual names, `points`, `label` or `labels`,
/// `weight` or `weights` and `observations`, and need not be there.
public struct PointFileLayout: Sendable, Hashable {
  /// The array of the points in a file of named arrays; nil is `points`, or the only one with two extents.
  public var points: String?
  /// The labels.
  public var labels: PointColumn?
  /// The weights.
  public var weights: PointColumn?
  /// The array of the observations in a file of named arrays.
  public var observations: String?

  public init(
    points: String? = nil, labels: PointColumn? = nil, weights: PointColumn? = nil,
    observations: String? = nil
  ) {
    self.points = points
    self.labels = labels
    self.weights = weights
    self.observations = observations
  }
}
