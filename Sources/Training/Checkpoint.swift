// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import Files
public import Networks
internal import Tensors

// Checkpoints hold the named parameters, the optimiser's moments, the averages and the step: a run resumed
// from one continues bit for bit.

/// A checkpoint that does not belong to the run it is loaded into.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let problem: String

  package init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "checkpoint \(path): \(problem)" }
}

extension Trainer where Scalar: TensorElement {
  /// The trainer's state.
  public func checkpoint() -> SafeTensors {
    var file = SafeTensors(metadata: [
      CheckpointFile.Key.form: CheckpointFile.unsealedForm, "step": "\(step)",
      "optimizerSteps": "\(update.stepCount)", "averageUpdates": "\(averages.updateCount)",
    ])
    for entry in configuration.network.layout.entries {
      let values = (0..<entry.shape.count).map { parameters[entry.offset + $0] }
      file["parameters/\(entry.name)"] = SafeTensors.Tensor(values, shape: entry.shape.dimensions)
    }
    for (name, values) in update.vectors { file.setVector("optimizer/\(name)", values) }
    for (name, values) in averages.vectors { file.setVector("averages/\(name)", values) }
    if weightParameters.count > 0 {
      file.setVector("weighting/parameters", weightParameters.contents)
      for (name, values) in weightUpdate.vectors {
        file.setVector("weighting/optimizer/\(name)", values)
      }
    }
    return file
  }

  /// Takes up the state of the checkpoint in a file.
  ///
  /// - Throws: if the file cannot be read or does not fit this trainer.
  public func restore(from path: String) throws {
    try restore(from: try CheckpointFile(contentsOf: path))
  }

  /// Takes up the state of a checkpoint.
  ///
  /// - Throws: if the file does not fit this trainer.
  public func restore(from checkpoint: CheckpointFile) throws {
    let (file, path) = (checkpoint.contents, checkpoint.path)
    func number(_ key: String) throws -> Int {
      guard let text = file.metadata[key], let value = Int(text), value >= 0 else {
        throw CheckpointError(path: path, problem: "its metadata has no count \"\(key)\"")
      }
      return value
    }
    let savedStep = try number("step")
    let values = try readParameters(from: file, layout: configuration.network.layout, path: path)
    try update.restore(
      stepCount: try number("optimizerSteps"),
      vectors: Dictionary(
        uniqueKeysWithValues: try update.vectors.map { name, values in
          (
            name,
            try file.values(
              "optimizer/\(name)", as: Scalar.self, shape: [values.count], path: path)
          )
        }))
    try averages.restore(
      updateCount: try number("averageUpdates"),
      vectors: Dictionary(
        uniqueKeysWithValues: try averages.vectors.map { name, values in
          (
            name,
            try file.values("averages/\(name)", as: Double.self, shape: [values.count], path: path)
          )
        }))
    try restoreWeighting(from: file, path: path)
    for (index, value) in values.enumerated() { parameters[index] = value }
    refreshTeacher()
    step = savedStep
  }

  private func restoreWeighting(from file: SafeTensors, path: String) throws {
    let count = weightParameters.count
    guard count > 0 else { return }
    let saved = try file.values(
      "weighting/parameters", as: Scalar.self, shape: [count], path: path)
    try weightUpdate.restore(
      stepCount: update.stepCount,
      vectors: Dictionary(
        uniqueKeysWithValues: try weightUpdate.vectors.map { name, values in
          (
            name,
            try file.values(
              "weighting/optimizer/\(name)", as: Scalar.self, shape: [values.count], path: path)
          )
        }))
    for (index, value) in saved.enumerated() { weightParameters[index] = value }
  }

  private func readParameters(
    from file: SafeTensors, layout: ParameterLayout, path: String
  ) throws -> [Scalar] {
    try layout.entries.flatMap { entry in
      try file.values(
        "parameters/\(entry.name)", as: Scalar.self, shape: entry.shape.dimensions, path: path)
    }
  }
}

/// The parameter vector of a checkpoint, or one of its averages.
///
/// - Parameters:
///   - decay: the average to read; nil reads the parameters themselves.
/// - Throws: `SafeTensorsError` if the checkpoint is of another network, or has no such average.
public func readParameters<Scalar: TensorElement & BinaryFloatingPoint>(
  of checkpoint: CheckpointFile, layout: ParameterLayout, averageDecay decay: Double? = nil,
  as type: Scalar.Type = Scalar.self
) throws -> [Scalar] {
  let (file, path) = (checkpoint.contents, checkpoint.path)
  if let decay {
    let values = try file.values(
      "averages/average.\(decay)", as: Double.self, shape: [layout.count], path: path)
    return values.map { Scalar($0) }
  }
  return try layout.entries.flatMap { entry in
    try file.values(
      "parameters/\(entry.name)", as: Scalar.self, shape: entry.shape.dimensions, path: path)
  }
}
