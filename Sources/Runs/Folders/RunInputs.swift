// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Networks
internal import Tensors
internal import Training

// A run stands alone: what it takes over from elsewhere is copied into its folder, in a file beside run.json.

/// The file of what a run takes over, for decoding its configuration.
struct RunInputs: Sendable {
  static let key: CodingUserInfoKey = {
    guard let key = CodingUserInfoKey(rawValue: "run inputs") else { fatalError("no key") }
    return key
  }()

  private let path: String
  private let file: SafeTensors?

  /// The file of a run; one that does not exist holds nothing.
  ///
  /// - Throws: `FileError`, ``CheckpointFileError``.
  init(of layout: RunLayout) throws {
    path = layout.inputsPath
    file = FileSystem.exists(path) ? try CheckpointFile(contentsOf: path).contents : nil
  }

  /// The file that was given to a decoder.
  init(of decoder: any Decoder) throws {
    guard let inputs = decoder.userInfo[Self.key] as? RunInputs else {
      throw RunInputsError(path: "run.json")
    }
    self = inputs
  }

  /// - Throws: ``RunInputsError`` if there is no file, `SafeTensorsError` if it lacks the array.
  func values(_ name: String, shape: [Int]) throws -> [Double] {
    guard let file else { throw RunInputsError(path: path) }
    return try file.values(name, as: Double.self, shape: shape, path: path)
  }
}

/// A run whose points or networks are not there.
public struct RunInputsError: Error, Equatable, CustomStringConvertible {
  /// Where they should be.
  public let path: String

  public var description: String {
    "\(path) is missing: the run's points, teacher or start lie there, beside run.json"
  }
}

extension ResolvedRun {
  /// The arrays of what the run takes over; nil if that is nothing.
  var inputs: SafeTensors? {
    var file = SafeTensors()
    source.cloud?.write(to: &file)
    func write(_ role: String, _ taken: PretrainedNetwork?, _ values: [Double]) {
      for entry in taken?.network.layout.entries ?? [] {
        file["\(role)/\(entry.name)"] = SafeTensors.Tensor(
          Array(values[entry.offset..<entry.offset + entry.shape.count]),
          shape: entry.shape.dimensions)
      }
    }
    write("teacher", configuration.teacher, pretrained.teacher)
    write("start", configuration.start, pretrained.start)
    return file.tensors.isEmpty ? nil : file
  }
}

extension PretrainedParameters {
  /// The parameters of the networks that a configuration takes over.
  init(of configuration: TrainingConfiguration, from decoder: any Decoder) throws {
    self = .none
    guard configuration.teacher != nil || configuration.start != nil else { return }
    let inputs = try RunInputs(of: decoder)
    func read(_ role: String, _ taken: PretrainedNetwork?) throws -> [Double] {
      try (taken?.network.layout.entries ?? []).flatMap { entry in
        try inputs.values("\(role)/\(entry.name)", shape: entry.shape.dimensions)
      }
    }
    teacher = try read("teacher", configuration.teacher)
    start = try read("start", configuration.start)
  }
}
