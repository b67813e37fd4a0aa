// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Training

/// Samples on their way: the noise, and the points after every step of the map.
public struct SampleTrajectory: Sendable, Equatable {
  /// The formats in which a trajectory is written.
  public enum Format: String, CaseIterable, Sendable {
    /// A header `point,time,x1,x2,…` and a line a point and time, one time after another.
    case csv
    /// An object of `times` and `points`, an array of points for each time.
    case json
    /// One array, `times × points × d`.
    case npy
    /// The arrays `times` and `points`, `times × points × d`.
    case safetensors

    /// The format of a file's name by its ending, or nil.
    public init?(fileName: String) {
      guard
        let format = Self.allCases.first(where: {
          fileName.lowercased().hasSuffix(".\($0.rawValue)")
        })
      else { return nil }
      self = format
    }
  }

  /// How many numbers a trajectory may have.
  public static let largestNumberCount = 100_000_000

  /// The times from `T` to 0.
  public let times: [Double]

  /// The points at each time, `N × d` row-major.
  public let points: [[Double]]

  /// `d`
  public let dimension: Int

  /// The samples, at time 0.
  public var samples: [Double] { points[points.count - 1] }

  /// - Precondition: there are points for each time.
  public init(times: [Double], points: [[Double]], dimension: Int) {
    precondition(
      times.count == points.count, "\(points.count) sets of points for \(times.count) times")
    self.times = times
    self.points = points
    self.dimension = dimension
  }

  /// Writes a file, which appears complete or not at all; numbers are of the given precision, as for ``SampleFormat``.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String, as format: Format, precision: Precision) throws {
    let shape = [times.count, points[0].count / dimension, dimension]
    switch format {
    case .csv: try writeTable(to: path, precision)
    case .json: try writeText(to: path, precision)
    case .npy:
      let values = points.flatMap { $0 }
      switch precision {
      case .float32: try NumpyArray.write(values.map { Float($0) }, shape: shape, to: path)
      case .float64: try NumpyArray.write(values, shape: shape, to: path)
      }
    case .safetensors:
      let values = points.flatMap { $0 }
      var file = SafeTensors()
      file.setVector("times", times)
      switch precision {
      case .float32:
        file["points"] = SafeTensors.Tensor(values.map { Float($0) }, shape: shape)
      case .float64: file["points"] = SafeTensors.Tensor(values, shape: shape)
      }
      try file.write(to: path)
    }
  }

  private func writeTable(to path: String, _ precision: Precision) throws {
    try AtomicFile.replace(path) { file in
      try file.write(
        text: "point,time," + (1...dimension).map { "x\($0)" }.joined(separator: ",") + "\n")
      for (time, values) in zip(times, points) {
        let lines = (0..<values.count / dimension).map { row in
          "\(row),\(time),\(numbers(values, row, precision))\n"
        }
        try file.write(text: lines.joined())
      }
    }
  }

  private func writeText(to path: String, _ precision: Precision) throws {
    try AtomicFile.replace(path) { file in
      let moments = times.map(\.description).joined(separator: ",")
      try file.write(text: "{\"times\": [\(moments)],\n\"points\": [\n")
      for (index, values) in points.enumerated() {
        let rows = (0..<values.count / dimension).map { "[\(numbers(values, $0, precision))]" }
        let end = index == points.count - 1 ? "]\n" : "],\n"
        try file.write(text: "[" + rows.joined(separator: ",\n") + end)
      }
      try file.write(text: "]}\n")
    }
  }

  private func numbers(_ values: [Double], _ row: Int, _ precision: Precision) -> String {
    values[row * dimension..<(row + 1) * dimension].map { value in
      switch precision {
      case .float32: Float(value).description
      case .float64: value.description
      }
    }.joined(separator: ",")
  }
}
