// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import GroundTruth
import Runs

/// A file of points as a source, with the options that say how.
struct PointSource {
  let path: String
  let labels: String?
  let heldOut: Double?
  let standardize: Standardization.Kind?
  /// Of the mixture that the points are declared to be, if they are.
  let deviation: Double?

  /// Whether a source is a file of points, rather than a name or a file with a mixture.
  static func isOfPoints(_ name: String) throws -> Bool {
    guard FileSystem.exists(name) else { return false }
    let data = try FileSystem.contents(of: name)
    guard FileKind(of: data) == .json else { return true }
    guard case .object(let members) = try JSONDocument(data: data, path: name).root.content else {
      return true
    }
    // A mixture has means; what has neither is answered by the reader of mixtures.
    return members.contains { $0.name == "points" }
  }

  func source() throws -> ResolvedRun.Source {
    let file = try PointFile(
      contentsOf: path, layout: PointFileLayout(labels: labels.map(PointColumn.init)))
    if file.weights != nil && deviation == nil {
      throw Setting.error(
        "--source", "\(path), which has weights",
        accepted: "points of equal weight, or a mixture with --as-mixture")
    }
    if let deviation { return try mixture(file, deviation) }
    let share = heldOut ?? PointCloud.defaultShare
    guard PointCloud.validShares.contains(share) else {
      throw Setting.error("--held-out", share, accepted: "a share from 0.01 to 0.9")
    }
    let points = try FinitePoints(
      name: path, points: file.points, shape: [file.dimension], labels: file.labels ?? [],
      classCount: file.classCount, observations: file.observations ?? [])
    return ResolvedRun.Source(
      name: path,
      cloud: try PointCloud(points, heldOut: share, standardization: standardize ?? .each))
  }

  private func mixture(_ file: PointFile, _ deviation: Double) throws -> ResolvedRun.Source {
    for (option, isGiven) in [
      ("--held-out", heldOut != nil), ("--standardize", standardize != nil),
    ] where isGiven {
      throw Setting.error(
        option, "with --as-mixture", accepted: "it for points whose law is not declared")
    }
    guard deviation > 0 && deviation.isFinite else {
      throw Setting.error("--as-mixture", deviation, accepted: "a finite deviation above 0")
    }
    return try ResolvedRun.Source(
      name: path,
      law: try GaussianMixture(
        name: path, points: file.points, dimension: file.dimension, deviation: deviation,
        labels: file.labels))
  }
}
