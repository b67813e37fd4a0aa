// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// Why a file was refused as points. What is wrong with the format itself is told by the format's own error.
public struct PointFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where in a file something stands.
  public enum Place: Sendable, Hashable, CustomStringConvertible {
    /// A line of a table, from 1, and the column of the table, from 1.
    case line(Int, column: Int?)
    /// A place in a JSON text.
    case text(TextPosition)
    /// An element of an array by its indices from 0, with the name of the array where it has one.
    case element(array: String?, indices: [Int])

    public var description: String {
      switch self {
      case .line(let line, let column):
        "line \(line)" + (column.map { ", column \($0)" } ?? "")
      case .text(let position): "\(position)"
      case .element(let array, let indices):
        (array.map { "array \"\($0)\", " } ?? "")
          + "index [\(indices.map(String.init).joined(separator: ", "))]"
      }
    }
  }

  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// The file holds none of the formats.
    case wrongKind(FileKind)
    /// The name promises a format that the contents do not have.
    case contradictsName(found: FileKind, expected: FileKind)
    /// There is no column or array of this name.
    case unknownName(String, available: [String])
    /// There is no column of this number.
    case unknownNumber(Int, count: Int)
    /// One column is asked to be two things.
    case sharedColumn(Int)
    /// There are named arrays, and none of them, or several, can be the points.
    case noPoints(available: [String])
    /// An array has other extents than it needs.
    case shape(array: String?, found: [Int], expected: String)
    /// There is no point.
    case noRows
    /// No column is left for the coordinates.
    case noCoordinates
    /// A row of a JSON array has another length than the first.
    case ragged(found: Int, expected: Int)
    /// A JSON value is something else than what is needed.
    case unexpected(found: String, expected: String)
    /// A number is not finite.
    case notFinite(Double)
    /// A label is not a whole number in its range.
    case label(Double)
    /// A weight is below zero.
    case weight(Double)
    /// All weights are zero.
    case noWeight
    /// Another number of labels, weights or observations than points.
    case count(of: String, found: Int, expected: Int)
  }

  /// The largest label.
  public static let largestLabel = 65_535

  /// The file.
  public let path: String

  /// Where in it, if it is one place.
  public let place: Place?

  /// What is wrong.
  public let problem: Problem

  /// An error about a file and possibly a place in it.
  public init(path: String, place: Place? = nil, problem: Problem) {
    self.path = path
    self.place = place
    self.problem = problem
  }

  public var description: String {
    "\(path)\(place.map { ", \($0)" } ?? ""): \(problem)."
  }
}

extension PointFileError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKind(let kind):
      "this is \(kind), where points are expected; accepted are \(Self.formats)"
    case .contradictsName(let found, let expected):
      "this is \(found), where its name promises \(expected); give it the ending of what it holds"
    case .unknownName(let name, let available):
      "there is no \"\(name)\""
        + (nearestName(to: name, among: available).map { ", perhaps \"\($0)\" is meant" } ?? "")
        + "; "
        + (available.isEmpty
          ? "columns here have no names, accepted is a column's number, from 1"
          : "accepted are \(Self.list(available))")
    case .unknownNumber(let number, let count):
      "there is no column \(number); accepted are whole numbers from 1 to \(count)"
    case .sharedColumn(let number):
      "column \(number) is asked to hold both labels and weights; name two columns"
    case .noPoints(let available):
      "which array holds the points is not known; accepted are one named \"points\", or only one "
        + "with two extents, or one that is named by an option; there are \(Self.list(available))"
    case .shape(let array, let found, let expected):
      (array.map { "the array \"\($0)\"" } ?? "the array")
        + " has the shape \(found); accepted is \(expected)"
    case .noRows:
      "there is no point; accepted is one or more"
    case .noCoordinates:
      "no column is left for the coordinates of the points; accepted is one or more"
    case .ragged(let found, let expected):
      "the row has \(found) numbers, but the first has \(expected); every row must have as many"
    case .unexpected(let found, let expected):
      "found \(found), where \(expected) is expected; accepted are an array of rows of numbers, or an "
        + "object of arrays named \"points\", \"labels\", \"weights\" and \"observations\""
    case .notFinite(let value):
      "the number is \(value); every number must be finite"
    case .label(let value):
      "the label is \(value); accepted are whole numbers from 0 to \(PointFileError.largestLabel)"
    case .weight(let value):
      "the weight is \(value); accepted are finite numbers from 0"
    case .noWeight:
      "all weights are 0; at least one must be above"
    case .count(let of, let found, let expected):
      "there are \(found) \(of) for \(expected) points; there must be one for each"
    }
  }

  private static var formats: String {
    let endings = PointFileFormat.allCases.flatMap(\.endings).joined(separator: ", ")
    return "tables in text, JSON, NumPy arrays and safetensors (\(endings))"
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
