// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation

/// Numbers of a file with the places of each.
struct PointArray {
  /// One or two extents, or others that are refused where they are used.
  let shape: [Int]
  /// Row-major.
  let values: [Double]
  /// The name of the array, if it has one.
  let name: String?
  /// The names of the columns, if they have any.
  let columnNames: [String]?
  /// Where the element of a row and a column stands.
  let place: (_ row: Int, _ column: Int) -> PointFileError.Place

  init(
    shape: [Int], values: [Double], name: String? = nil, columnNames: [String]? = nil,
    place: @escaping (_ row: Int, _ column: Int) -> PointFileError.Place
  ) {
    self.shape = shape
    self.values = values
    self.name = name
    self.columnNames = columnNames
    self.place = place
  }

  /// An array whose elements are named by their indices.
  init(shape: [Int], values: [Double], name: String?) {
    self.init(shape: shape, values: values, name: name) { row, column in
      .element(array: name, indices: shape.count == 1 ? [row] : [row, column])
    }
  }

  var rowCount: Int { shape.first ?? 0 }
  var columnCount: Int { shape.count == 1 ? 1 : shape.dropFirst().reduce(1, *) }
}

/// What the formats have in common: one array without a name, or arrays by their names.
enum PointFileContents {
  case single(PointArray)
  case named([String: PointArray])

  /// Reads a file whose contents decide the format, and whose name may not promise another.
  init(contentsOf path: String) throws {
    let data = try FileSystem.contents(of: path)
    let kind = FileKind(of: data)
    if let promised = PointFileFormat(fileName: path), promised.kind != kind, kind != .empty {
      throw PointFileError(
        path: path, problem: .contradictsName(found: kind, expected: promised.kind))
    }
    guard let format = PointFileFormat(kind: kind) else {
      throw PointFileError(path: path, problem: .wrongKind(kind))
    }
    switch format {
    case .table: self = .single(Self.array(of: try DelimitedText(data: data, path: path)))
    case .numpy:
      let array = try NumpyArray(data: data, path: path)
      self = .single(PointArray(shape: array.shape, values: array.values, name: nil))
    case .safeTensors:
      let file = try SafeTensors(data: data, path: path)
      var arrays: [String: PointArray] = [:]
      for (name, tensor) in file.tensors {
        arrays[name] = PointArray(
          shape: tensor.shape, values: try tensor.exactNumbers(name: name, path: path), name: name)
      }
      self = .named(arrays)
    case .json:
      self = try JSONPoints(path: path).contents(of: JSONDocument(data: data, path: path).root)
    }
  }

  private static func array(of table: DelimitedText) -> PointArray {
    PointArray(
      shape: [table.rowCount, table.columnCount], values: table.values,
      columnNames: table.columnNames
    ) { row, column in
      .line(table.line(ofRow: row), column: column + 1)
    }
  }
}

/// Reads the points of a JSON text.
private struct JSONPoints {
  let path: String

  func contents(of root: JSONValue) throws(PointFileError) -> PointFileContents {
    switch root.content {
    case .array:
      return .single(try array(root, name: nil))
    case .object(let members):
      var arrays: [String: PointArray] = [:]
      for member in members {
        arrays[member.name] = try array(member.value, name: member.name)
      }
      return .named(arrays)
    default:
      throw unexpected(root, "an array or an object")
    }
  }

  /// An array of numbers, or of rows of numbers.
  private func array(_ value: JSONValue, name: String?) throws(PointFileError) -> PointArray {
    guard case .array(let elements) = value.content else { throw unexpected(value, "an array") }
    var values: [Double] = []
    var positions: [TextPosition] = []
    guard case .array(let first)? = elements.first?.content else {
      for element in elements {
        values.append(try number(element))
        positions.append(element.position)
      }
      return PointArray(shape: [elements.count], values: values, name: name) { row, _ in
        .text(positions[row])
      }
    }
    for element in elements {
      guard case .array(let row) = element.content else { throw unexpected(element, "a row") }
      guard row.count == first.count else {
        throw PointFileError(
          path: path, place: .text(element.position),
          problem: .ragged(found: row.count, expected: first.count))
      }
      for entry in row { values.append(try number(entry)) }
      positions.append(element.position)
    }
    return PointArray(shape: [elements.count, first.count], values: values, name: name) { row, _ in
      .text(positions[row])
    }
  }

  private func number(_ value: JSONValue) throws(PointFileError) -> Double {
    guard case .number(let number, _) = value.content else { throw unexpected(value, "a number") }
    return number
  }

  private func unexpected(_ value: JSONValue, _ expected: String) -> PointFileError {
    PointFileError(
      path: path, place: .text(value.position),
      problem: .unexpected(found: value.kind, expected: expected))
  }
}
