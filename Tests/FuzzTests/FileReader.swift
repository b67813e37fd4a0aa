// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import Foundation
import GroundTruth
import Networks
import Probing
import Runs
import Theory
import Training

/// A way in which the lab reads a file that comes from outside.
enum FileReader: String, CaseIterable {
  case runConfiguration
  case metrics
  case runState
  case checkpoint
  case mixture
  case points
  case table
  case document
  case numpy
  case safeTensors
  case mappedArrays
  case imageArrays
  case idx
  case png
  case landscape
  case reference
  case classifier
  case autoencoder

  /// Reads a file; what the file says wrong is thrown.
  ///
  /// - Parameter folder: an empty run folder of the reader's own.
  func read(_ bytes: Data, at path: String, run folder: String) throws {
    func place(_ name: String) throws {
      try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    switch self {
    case .runConfiguration:
      try place("run.json")
      _ = try ResolvedRun(of: RunLayout(folder))
    case .metrics:
      try place("metrics.jsonl")
      _ = try RunLayout(folder).metrics()
    case .runState:
      try place("state.json")
      _ = try RunLayout(folder).record()
    case .checkpoint: _ = try CheckpointFile(contentsOf: path)
    case .mixture: _ = try namedSource(path)
    case .points: _ = try PointFile(contentsOf: path)
    case .table: _ = try DelimitedText(contentsOf: path)
    case .document: _ = try JSONDocument(contentsOf: path)
    case .numpy: _ = try NumpyArray(contentsOf: path)
    case .safeTensors: _ = try SafeTensors(contentsOf: path)
    case .mappedArrays: _ = try MappedArrayFile(contentsOf: path)
    case .imageArrays: _ = try ImageRequest(data: path).read()
    case .idx: _ = try IDXArray(contentsOf: path)
    case .png: _ = try PNGImage(contentsOf: path)
    case .landscape: _ = try Landscape(contentsOf: path)
    case .reference: _ = try ReferenceFile(contentsOfFile: path)
    case .classifier: _ = try TrainedClassifier(contentsOf: path)
    case .autoencoder: _ = try TrainedAutoencoder(contentsOf: path)
    }
  }

  /// The files of the corpus that this reader is to read without a complaint; empty for files too large to commit.
  var understood: [String] {
    switch self {
    case .runConfiguration: ["run.json"]
    case .metrics: ["metrics.jsonl"]
    case .runState: ["state.json"]
    case .checkpoint: ["checkpoint.safetensors"]
    case .mixture: ["mixture.json"]
    case .points: ["points.csv", "points.npy"]
    case .table: ["table.csv", "points.csv"]
    case .document: ["run.json", "mixture.json", "landscape.json"]
    case .numpy: ["points.npy"]
    case .safeTensors: ["checkpoint.safetensors", "latents.safetensors", "samples.safetensors"]
    case .mappedArrays: ["latents.safetensors", "points.npy"]
    case .imageArrays: []
    case .idx: ["images.idx", "labels.idx", "images.idx.gz"]
    case .png: ["gray.png", "color.png"]
    case .landscape: ["landscape.json"]
    case .reference:
      ["reference-mixture.json", "reference-objectives.json", "reference-gaussian.json"]
    case .classifier, .autoencoder: []
    }
  }
}
