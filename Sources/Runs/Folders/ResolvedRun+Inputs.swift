// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Networks
internal import Tensors
internal import Training

// A run stands alone: what it takes over from elsewhere is copied into its folder, in a file beside run.json.
extension ResolvedRun {
  private static func name(_ role: String, _ entry: ParameterLayout.Entry) -> String {
    "\(role)/\(entry.name)"
  }

  private var networks: [(role: String, network: PretrainedNetwork)] {
    let configuration = self.configuration
    return [("teacher", configuration.teacher), ("start", configuration.start)].compactMap {
      role, network in network.map { (role, $0) }
    }
  }

  private static func path(_ role: String) -> WritableKeyPath<PretrainedParameters, [Double]> {
    role == "teacher" ? \.teacher : \.start
  }

  /// The tensors of what the run takes over; nil if that is nothing.
  var inputs: SafeTensors? {
    guard !networks.isEmpty else { return nil }
    var file = SafeTensors(metadata: ["format": "toylab-inputs-1"])
    for (role, taken) in networks {
      let values = pretrained[keyPath: Self.path(role)]
      for entry in taken.network.layout.entries {
        file[Self.name(role, entry)] = SafeTensors.Tensor(
          Array(values[entry.offset..<entry.offset + entry.shape.count]),
          shape: entry.shape.dimensions)
      }
    }
    return file
  }

  /// Reads what the run takes over.
  ///
  /// - Throws: `FileError`, `SafeTensorsError`.
  mutating func readInputs(of layout: RunLayout) throws {
    guard !networks.isEmpty else { return }
    let path = layout.inputsPath
    let file = try SafeTensors(contentsOf: path)
    for (role, taken) in networks {
      pretrained[keyPath: Self.path(role)] = try taken.network.layout.entries.flatMap { entry in
        try file.values(
          Self.name(role, entry), as: Double.self, shape: entry.shape.dimensions, path: path)
      }
    }
  }
}
