// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Training

/// How samples are written as text.
public enum SampleFormat: String, CaseIterable, Sendable {
  /// A header `x1,x2,…` and a line a point.
  case csv
  /// One array of points.
  case json

  /// The format of a file's name by its ending, or nil.
  public init?(fileName: String) {
    guard
      let format = Self.allCases.first(where: { fileName.lowercased().hasSuffix(".\($0.rawValue)") }
      )
    else { return nil }
    self = format
  }

  /// Writes row-major points, some thousand lines at a time.
  ///
  /// Numbers have the fewest digits that read back as the same number of the given precision.
  public func write(
    _ values: [Double], dimension: Int, precision: Precision, to sink: (String) throws -> Void
  ) rethrows {
    let count = values.count / dimension
    switch self {
    case .csv: try sink((1...dimension).map { "x\($0)" }.joined(separator: ",") + "\n")
    case .json: try sink("[\n")
    }
    for start in stride(from: 0, to: count, by: 4096) {
      var text = ""
      for row in start..<min(start + 4096, count) {
        let numbers = values[row * dimension..<(row + 1) * dimension].map { value in
          switch precision {
          case .float32: return Float(value).description
          case .float64: return value.description
          }
        }.joined(separator: ",")
        switch self {
        case .csv: text += numbers + "\n"
        case .json: text += "[\(numbers)]" + (row == count - 1 ? "\n" : ",\n")
        }
      }
      try sink(text)
    }
    if self == .json { try sink("]\n") }
  }
}
