// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import LinearAlgebra
public import Probing

/// A result of `toylab probe … --json` or of `probe landscape` that lies in the folder of a run.
public struct ProbeFile: Sendable {
  public enum Contents: Sendable {
    case eigenvalues(EigenvalueReport)
    case density(DensityReport)
    case trace(TraceReport)
    case landscape(Landscape)
    case eulerianLoss(EulerianMapReport)
    case shares(SharesReport)
    case lipschitz(LipschitzReport)
    case jacobian(JacobianReport)
  }

  /// The file's name in the folder.
  public let name: String
  public let contents: Contents

  /// Those of a folder by their names; JSON files that hold something else are no probes.
  ///
  /// - Throws: `FileError` for a folder or file that cannot be read.
  static func all(in folder: String) throws(FileError) -> [ProbeFile] {
    var found: [ProbeFile] = []
    for name in try FileSystem.names(in: folder) where name.hasSuffix(".json") && !isOfRun(name) {
      let data = try FileSystem.contents(of: "\(folder)/\(name)")
      if let contents = Contents(data) { found.append(ProbeFile(name: name, contents: contents)) }
    }
    return found
  }

  private static func isOfRun(_ name: String) -> Bool {
    name == RunLayout.Name.configuration || name == RunLayout.Name.record
  }

  /// The residuals of eigenvalues, where it has any.
  var spectrum: DiagnosisSubject.Spectrum? {
    func spectrum(_ isConverged: Bool, _ pairs: [(value: Double, residual: Double)])
      -> DiagnosisSubject.Spectrum
    {
      DiagnosisSubject.Spectrum(
        file: name, isConverged: isConverged,
        largestRelativeResidual: pairs.map { $0.residual / max($0.value, .leastNormalMagnitude) }
          .max() ?? 0)
    }
    switch contents {
    case .eigenvalues(let report):
      return spectrum(
        report.isConverged,
        (report.largest + report.smallest).map {
          (hypot($0.eigenvalue.real, $0.eigenvalue.imaginary), $0.residual)
        })
    case .landscape(let landscape):
      let origin = landscape.settings.origin
      guard !origin.eigenvalues.isEmpty else { return nil }
      return spectrum(
        origin.isConverged, zip(origin.eigenvalues, origin.residuals).map { (abs($0), $1) })
    default: return nil
    }
  }
}

extension ProbeFile.Contents {
  /// The report that a text holds; nil for none.
  init?(_ data: Data) {
    func read<Report: Decodable>(_ type: Report.Type = Report.self) -> Report? {
      try? JSON.decode(from: data)
    }
    if let report = read(EigenvalueReport.self) {
      self = .eigenvalues(report)
    } else if let report = read(DensityReport.self) {
      self = .density(report)
    } else if let report = read(TraceReport.self) {
      self = .trace(report)
    } else if let report = read(Landscape.self) {
      self = .landscape(report)
    } else if let report = read(EulerianMapReport.self) {
      self = .eulerianLoss(report)
    } else if let report = read(SharesReport.self) {
      self = .shares(report)
    } else if let report = read(LipschitzReport.self) {
      self = .lipschitz(report)
    } else if let report = read(JacobianReport.self) {
      self = .jacobian(report)
    } else {
      return nil
    }
  }
}
