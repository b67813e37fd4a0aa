// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// The formats in which points are read.
public enum PointFileFormat: String, Sendable, Hashable, CaseIterable {
  /// Cells between commas, tabs or blanks, a line a point.
  case table
  /// An array of rows, or an object of named arrays.
  case json
  /// One NumPy array, `N × d`.
  case numpy
  /// Named arrays.
  case safeTensors

  /// The endings of names that promise the format.
  public var endings: [String] {
    switch self {
    case .table: [".csv", ".tsv", ".txt", ".dat"]
    case .json: [".json"]
    case .numpy: [".npy"]
    case .safeTensors: [".safetensors"]
    }
  }

  /// What a file of the format holds.
  public var kind: FileKind {
    switch self {
    case .table: .text
    case .json: .json
    case .numpy: .numpyArray
    case .safeTensors: .safeTensors
    }
  }

  /// The format that the ending of a name promises, nil if none does.
  public init?(fileName: String) {
    let name = fileName.lowercased()
    guard
      let format = Self.allCases.first(where: { $0.endings.contains { name.hasSuffix($0) } })
    else { return nil }
    self = format
  }

  /// The format that a file's contents have, nil if none of these.
  public init?(kind: FileKind) {
    guard let format = Self.allCases.first(where: { $0.kind == kind }) else { return nil }
    self = format
  }
}
