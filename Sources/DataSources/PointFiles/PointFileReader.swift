// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Finds points, labels, weights and observations in the contents of a file, and checks them.
struct PointFileReader {
  /// Where labels or weights were found.
  private enum Source {
    /// A column of the table of points, from 0.
    case column(Int)
    /// An array, of the file of a path.
    case array(PointArray, path: String)
  }

  private let path: String
  private let table: PointArray
  private let arrays: [String: PointArray]
  private let labelSource: Source?
  private let weightSource: Source?
  private let observationArray: PointArray?

  /// The columns that hold the coordinates, from 0.
  let coordinates: [Int]

  init(_ path: String, _ layout: PointFileLayout) throws {
    let contents = try PointFileContents(contentsOf: path)
    switch contents {
    case .single(let array):
      if let name = layout.points ?? layout.observations {
        throw PointFileError(path: path, problem: .unknownName(name, available: []))
      }
      (table, arrays) = (array, [:])
    case .named(let named):
      table = try Self.table(of: named, layout.points, path)
      arrays = named
    }
    if table.shape.first == 0 { throw PointFileError(path: path, problem: .noRows) }
    guard table.shape.count == 2 else {
      throw PointFileError(
        path: path,
        problem: .shape(array: table.name, found: table.shape, expected: Self.pointShape))
    }
    let finder = SourceFinder(path: path, table: table, arrays: arrays)
    labelSource = try finder.source(layout.labels, defaults: ["label", "labels"])
    weightSource = try finder.source(layout.weights, defaults: ["weight", "weights"])
    observationArray = try finder.array(layout.observations, defaults: ["observations"])
    var used: Set<Int> = []
    for case .column(let column)? in [labelSource, weightSource] {
      guard used.insert(column).inserted else {
        throw PointFileError(path: path, problem: .sharedColumn(column + 1))
      }
    }
    coordinates = (0..<table.columnCount).filter { !used.contains($0) }
    guard !coordinates.isEmpty else { throw PointFileError(path: path, problem: .noCoordinates) }
    self.path = path
  }

  private static let pointShape = "two extents, the number of points and that of their coordinates"

  /// The array of the points among several.
  private static func table(
    of arrays: [String: PointArray], _ name: String?, _ path: String
  ) throws(PointFileError) -> PointArray {
    let names = arrays.keys.sorted()
    if let name {
      guard let array = arrays[name] else {
        throw PointFileError(path: path, problem: .unknownName(name, available: names))
      }
      return array
    }
    if let array = arrays["points"] { return array }
    let candidates = names.filter { arrays[$0]?.shape.count == 2 && $0 != "observations" }
    guard candidates.count == 1, let array = arrays[candidates[0]] else {
      throw PointFileError(path: path, problem: .noPoints(available: names))
    }
    return array
  }

  // MARK: Values

  func points() throws(PointFileError) -> [Double] {
    let width = table.columnCount
    if let index = table.values.firstIndex(where: { !$0.isFinite }) {
      throw PointFileError(
        path: path, place: table.place(index / width, index % width),
        problem: .notFinite(table.values[index]))
    }
    if coordinates.count == width { return table.values }
    return (0..<table.rowCount).flatMap { row in
      coordinates.map { table.values[row * width + $0] }
    }
  }

  func labels() throws(PointFileError) -> [Int]? {
    guard let numbers = try numbers(labelSource, "labels") else { return nil }
    var labels: [Int] = []
    labels.reserveCapacity(numbers.values.count)
    for (row, value) in numbers.values.enumerated() {
      guard value >= 0, value <= Double(PointFileError.largestLabel), value.rounded() == value
      else {
        throw PointFileError(
          path: numbers.path, place: numbers.place(row), problem: .label(value))
      }
      labels.append(Int(value))
    }
    return labels
  }

  func weights() throws(PointFileError) -> [Double]? {
    guard let numbers = try numbers(weightSource, "weights") else { return nil }
    for (row, value) in numbers.values.enumerated() where !(value >= 0 && value.isFinite) {
      throw PointFileError(path: numbers.path, place: numbers.place(row), problem: .weight(value))
    }
    guard numbers.values.contains(where: { $0 > 0 }) else {
      throw PointFileError(path: numbers.path, problem: .noWeight)
    }
    return numbers.values
  }

  func observations() throws(PointFileError) -> [Double]? {
    guard let array = observationArray else { return nil }
    guard (1...2).contains(array.shape.count) else {
      throw PointFileError(
        path: path,
        problem: .shape(array: array.name, found: array.shape, expected: "one or two extents"))
    }
    guard array.rowCount == table.rowCount else {
      throw PointFileError(
        path: path,
        problem: .count(of: "observations", found: array.rowCount, expected: table.rowCount))
    }
    if let index = array.values.firstIndex(where: { !$0.isFinite }) {
      throw PointFileError(
        path: path, place: array.place(index / array.columnCount, index % array.columnCount),
        problem: .notFinite(array.values[index]))
    }
    return array.values
  }

  private typealias Numbers = (
    values: [Double], path: String, place: (Int) -> PointFileError.Place
  )

  /// One number for each point.
  private func numbers(_ source: Source?, _ what: String) throws(PointFileError) -> Numbers? {
    switch source {
    case nil: return nil
    case .column(let column):
      let (width, table) = (table.columnCount, table)
      return (
        (0..<table.rowCount).map { table.values[$0 * width + column] }, path,
        { table.place($0, column) }
      )
    case .array(let array, let path):
      guard (1...2).contains(array.shape.count), array.columnCount == 1 else {
        throw PointFileError(
          path: path,
          problem: .shape(
            array: array.name, found: array.shape, expected: "one number for each point"))
      }
      guard array.rowCount == table.rowCount else {
        throw PointFileError(
          path: path, problem: .count(of: what, found: array.rowCount, expected: table.rowCount))
      }
      return (array.values, path, { array.place($0, 0) })
    }
  }

  // MARK: Finding

  private struct SourceFinder {
    let path: String
    let table: PointArray
    let arrays: [String: PointArray]

    /// What a layout names, or what stands under a usual name.
    func source(_ column: PointColumn?, defaults: [String]) throws -> Source? {
      switch column {
      case nil:
        return defaults.lazy.compactMap { self.source(named: $0) }.first
      case .named(let name):
        if let source = source(named: name) { return source }
        throw PointFileError(path: path, problem: .unknownName(name, available: names))
      case .numbered(let number):
        guard (1...max(1, table.columnCount)).contains(number) else {
          throw PointFileError(
            path: path, problem: .unknownNumber(number, count: table.columnCount))
        }
        return .column(number - 1)
      case .file(let other):
        return .array(try array(ofFile: other, defaults: defaults), path: other)
      }
    }

    /// The array of another file: its only one, or one under a usual name.
    private func array(ofFile other: String, defaults: [String]) throws -> PointArray {
      switch try PointFileContents(contentsOf: other) {
      case .single(let array): return array
      case .named(let arrays):
        if let array = defaults.lazy.compactMap({ arrays[$0] }).first { return array }
        guard arrays.count == 1, let array = arrays.values.first else {
          throw PointFileError(
            path: other, problem: .unknownName(defaults[1], available: arrays.keys.sorted()))
        }
        return array
      }
    }

    /// An array that a layout names, or one under a usual name.
    func array(_ name: String?, defaults: [String]) throws(PointFileError) -> PointArray? {
      guard let name else { return defaults.lazy.compactMap { arrays[$0] }.first }
      guard let array = arrays[name] else {
        throw PointFileError(path: path, problem: .unknownName(name, available: names))
      }
      return array
    }

    private var names: [String] { (table.columnNames ?? []) + arrays.keys.sorted() }

    private func source(named name: String) -> Source? {
      if let array = arrays[name] { return .array(array, path: path) }
      return table.columnNames?.firstIndex(of: name).map { .column($0) }
    }
  }
}
