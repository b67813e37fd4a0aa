// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Files

/// What `run.json` says of a user's points; the points themselves lie beside it.
struct PointNumbers: Codable, Sendable, Equatable {
  let count: Int
  let heldOut: Int
  let shape: [Int]
  let classCount: Int
  let observationSize: Int
  let standardization: Standardization

  init(_ cloud: PointCloud) {
    count = cloud.training.count
    heldOut = cloud.heldOut.count
    shape = cloud.pointShape
    classCount = cloud.classCount
    observationSize = cloud.observationSize
    standardization = cloud.standardization
  }

  /// The points, from the file beside `run.json`.
  ///
  /// - Throws: ``RunInputsError``, `SafeTensorsError`, `FinitePointsError`.
  func cloud(name: String, _ inputs: RunInputs) throws -> PointCloud {
    func part(_ part: String, _ count: Int) throws -> FinitePoints {
      func array(_ array: String, _ shape: [Int]) throws -> [Double] {
        try inputs.values("source/\(part)/\(array)", shape: shape)
      }
      return try FinitePoints(
        name: name, points: try array("points", [count] + shape), shape: shape,
        // What is no whole number is no class, and is refused as one.
        labels: classCount > 0 ? try array("labels", [count]).map { Int(exactly: $0) ?? -1 } : [],
        classCount: classCount,
        observations: observationSize > 0
          ? try array("observations", [count, observationSize]) : [])
    }
    return PointCloud(
      training: try part("training", count), heldOut: try part("heldOut", heldOut),
      standardization: standardization)
  }
}

extension PointCloud {
  /// Adds the points to what a run keeps beside `run.json`.
  func write(to file: inout SafeTensors) {
    for (name, part) in [("training", training), ("heldOut", heldOut)] {
      func set(_ array: String, _ values: [Double], _ shape: [Int]) {
        guard !values.isEmpty else { return }
        file["source/\(name)/\(array)"] = SafeTensors.Tensor(values, shape: shape)
      }
      set("points", part.points, [part.count] + part.pointShape)
      set("labels", part.labels.map(Double.init), [part.count])
      set("observations", part.observations, [part.count, part.observationSize])
    }
  }

  /// Whether another cloud has the same points in the same parts and units, whatever its name.
  func hasSamePoints(as other: PointCloud?) -> Bool {
    guard let other else { return false }
    func same(_ left: FinitePoints, _ right: FinitePoints) -> Bool {
      left.points == right.points && left.labels == right.labels
        && left.observations == right.observations && left.pointShape == right.pointShape
    }
    return same(training, other.training) && same(heldOut, other.heldOut)
      && standardization == other.standardization
  }
}
