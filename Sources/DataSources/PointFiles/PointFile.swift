// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Points from a file of a user: a table in text, JSON as `toylab sample` writes it, a NumPy array or safetensors.
///
/// The contents decide the format, and a name that promises another one is refused. In a table, a NumPy array
/// (`N × d`) and a JSON array of rows a column may hold the labels or the weights, and the others are the
/// coordinates. In safetensors and a JSON object they are arrays of their own, beside observations.
public struct PointFile: Sendable, Hashable {
  /// The file.
  public let path: String

  /// `N × d`, row-major, finite.
  public let points: [Double]

  /// `d`, one or more.
  public let dimension: Int

  /// A class for each point, a whole number from 0; nil if the file has none.
  public let labels: [Int]?

  /// A weight for each point, finite, not below zero and not all zero, as they stand in the file; nil if it has none.
  public let weights: [Double]?

  /// `N × size`, row-major, finite; nil if the file has none.
  public let observations: [Double]?

  /// `N`, one or more.
  public var count: Int { points.count / dimension }

  /// One more than the largest label; 0 if there are none.
  public var classCount: Int { (labels?.max()).map { $0 + 1 } ?? 0 }

  /// Reads and checks a file.
  ///
  /// - Throws: ``PointFileError`` for what makes no points; `FileError`, `DelimitedTextError`, `NumpyArrayError`,
  ///   `SafeTensorsError` or `JSONDocumentError` for a file that cannot be read.
  public init(contentsOf path: String, layout: PointFileLayout = PointFileLayout()) throws {
    let reader = try PointFileReader(path, layout)
    self.path = path
    points = try reader.points()
    dimension = reader.coordinates.count
    labels = try reader.labels()
    weights = try reader.weights()
    observations = try reader.observations()
  }

  /// The points of one class, with their weights and observations; nil if there are none of it, or no labels.
  public func restricted(toLabel label: Int) -> PointFile? {
    guard let labels, labels.contains(label) else { return nil }
    return selected(labels.indices.filter { labels[$0] == label })
  }

  /// The first points, as many as asked for or as there are.
  public func prefix(_ count: Int) -> PointFile {
    precondition(count >= 1, "at least one point is kept, not \(count)")
    return selected(Array(0..<min(count, self.count)))
  }

  private init(_ file: PointFile, _ rows: [Int]) {
    func rowsOf(_ values: [Double], _ width: Int) -> [Double] {
      rows.flatMap { values[$0 * width..<($0 + 1) * width] }
    }
    path = file.path
    dimension = file.dimension
    points = rowsOf(file.points, file.dimension)
    labels = file.labels.map { labels in rows.map { labels[$0] } }
    weights = file.weights.map { rowsOf($0, 1) }
    observations = file.observations.map { rowsOf($0, $0.count / file.count) }
  }

  private func selected(_ rows: [Int]) -> PointFile { PointFile(self, rows) }
}
