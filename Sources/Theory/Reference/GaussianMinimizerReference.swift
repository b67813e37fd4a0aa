// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import GroundTruth
import Interpolants

/// Minimisers of direct training on one Gaussian as computed by other programs: the JSON format of
/// `gaussian_degenerate.json`, a list of records (theory, section 4.5).
public struct GaussianMinimizerReference: Sendable, Decodable {
  let records: [Record]

  /// Reads a JSON file; times and the deviation are checked with it.
  public init(contentsOfFile file: String) throws(ReferenceError) {
    try self.init(data: try referenceData(file), file: file)
  }

  init(data: Data, file: String) throws(ReferenceError) {
    self = try decodeReference(GaussianMinimizerReference.self, data, file: file)
  }

  public init(from decoder: any Decoder) throws {
    records = try decoder.singleValueContainer().decode([Record].self)
    if records.isEmpty {
      throw ReferenceFault(decoder.codingPath, .wrongValue(reason: "there is no record"))
    }
  }

  struct Record: Sendable, Decodable {
    let interpolant: InterpolantKind
    /// `σ_d`
    let dataDeviation: Double
    let s: Double
    let t: Double
    /// `y(T)`
    let contraction: Double
    /// `c` in `f(x; T, s) = c x`.
    let mapCoefficient: Double
    /// The same of the flow map.
    let flowMapCoefficient: Double

    enum CodingKeys: String, CodingKey, CaseIterable {
      case interpolant, dataDeviation, s, t, contraction, mapCoefficient, flowMapCoefficient
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.exactContainer(keyedBy: CodingKeys.self)
      interpolant = try container.decode(InterpolantKind.self, forKey: .interpolant)
      dataDeviation = try container.decode(Double.self, forKey: .dataDeviation)
      s = try container.decode(Double.self, forKey: .s)
      t = try container.decode(Double.self, forKey: .t)
      contraction = try container.decode(Double.self, forKey: .contraction)
      mapCoefficient = try container.decode(Double.self, forKey: .mapCoefficient)
      flowMapCoefficient = try container.decode(Double.self, forKey: .flowMapCoefficient)
      if let fault = firstFault {
        throw ReferenceFault(decoder.codingPath + [fault.key], .wrongValue(reason: fault.reason))
      }
    }

    /// The functional ends at `T`, so a record of another time is of another minimiser.
    private var firstFault: (key: CodingKeys, reason: String)? {
      let end = interpolant.interpolant.endTime
      if !GaussianMinimizer.deviations.contains(dataDeviation) {
        return (
          .dataDeviation,
          "a deviation must lie in \(GaussianMinimizer.deviations), found \(dataDeviation)"
        )
      }
      if !((t - end).magnitude <= 4 * end.ulp) {
        return (.t, "the minimiser is that of the interval up to T = \(end), found \(t)")
      }
      if !(s >= 0 && s < end) {
        return (.s, "an end time must lie in [0, \(end)), found \(s)")
      }
      return nil
    }
  }

  /// Compares every number of the file with the lab's closed forms, to a relative 1e-9, and the map with
  /// what the solver of the elliptic equation finds for one Gaussian, to a relative 1e-6.
  ///
  /// - Throws: `DegenerateMapError` where the solver cannot serve a record.
  public func check() throws -> [ReferenceCheck] {
    var tally = ReferenceTally()
    for record in records {
      let interpolant = record.interpolant.interpolant
      let minimizer = GaussianMinimizer(
        interpolant: interpolant, dataDeviation: record.dataDeviation)
      let target = try GaussianMixture(
        weights: [1], means: [[0]], deviation: record.dataDeviation)
      let solved = try DegenerateMapSolver(
        mixture: target, interpolant: interpolant, endTime: record.s
      ).solve(resolution: 64)
      tally.compare(
        "mapCoefficient by the elliptic equation", [solved.linearCoefficient],
        [record.mapCoefficient], tolerance: 1e-6)
      let contraction = minimizer.contraction(to: record.s)
      let flowMap = minimizer.flowMapCoefficient(to: record.s)
      for (quantity, got, want) in [
        ("contraction", contraction, record.contraction),
        ("mapCoefficient", contraction * flowMap, record.mapCoefficient),
        ("flowMapCoefficient", flowMap, record.flowMapCoefficient),
      ] {
        tally.compare(quantity, [got], [want], tolerance: 1e-9)
      }
    }
    return tally.results
  }
}
