// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
import Foundation
internal import GroundTruth
internal import Interpolants
internal import LinearAlgebra
public import Measures

/// `LED(t, s) = E‖D_w f(x_t; t, s)‖²` over the triangle of times.
public struct EulerianMapReport: Sendable, Equatable, Codable {
  public struct Cell: Sendable, Equatable, Codable {
    public let time: Double
    public let endTime: Double
    public let value: Estimate
  }

  public let subject: ProbeSubject
  public let velocity: ProbeVelocity
  /// `t`, equally spaced to `T`; the same values and 0 serve as `s`.
  public let times: [Double]
  /// Every `s ≤ t`, by `t` and then by `s`, from 0.
  public let cells: [Cell]
  public let rows: Int
  public let seed: UInt64

  /// - Parameter divisions: equal parts of `[0, T]`, at least 1.
  public init(_ probe: MapProbe, subject: ProbeSubject, divisions: Int) throws {
    precondition(divisions >= 1, "\(divisions) divisions of the times")
    let end = probe.interpolant.interpolant.endTime
    let times = (1...divisions).map { end * Double($0) / Double(divisions) }
    cells = try times.enumerated().flatMap { index, t in
      try ([0] + times[...index]).map { s in
        Cell(
          time: t, endTime: s,
          value: Estimate(meanOf: try probe.readings(from: t, to: s).total))
      }
    }
    self.subject = subject
    self.times = times
    velocity = probe.velocity
    rows = probe.rows
    seed = probe.seed
  }

  public func value(from t: Double, to s: Double) -> Estimate? {
    cells.first { $0.time == t && $0.endTime == s }?.value
  }
}

/// The parts of `D_w f` as `s` goes from `t` to 0 (theory: flow maps).
public struct SharesReport: Sendable, Equatable, Codable {
  public struct Row: Sendable, Equatable, Codable {
    /// `s / t`
    public let ratio: Double
    /// `E‖A'(w − F)/ν‖²`
    public let flowMatching: Estimate
    /// `E‖(A''x − A dF)/ν‖²`
    public let linearization: Estimate
    /// `E‖D_w f‖²`
    public let total: Estimate
    /// The flow-matching part divided by the sum of both.
    public let flowMatchingShare: Estimate
  }

  public let subject: ProbeSubject
  public let velocity: ProbeVelocity
  public let time: Double
  public let table: [Row]
  public let rows: Int
  public let seed: UInt64

  /// - Parameters:
  ///   - time: `t`, in `(0, T]`.
  ///   - divisions: equal parts of `[0, t]`, at least 1.
  public init(_ probe: MapProbe, subject: ProbeSubject, time: Double, divisions: Int) throws {
    precondition(divisions >= 1, "\(divisions) divisions of the times")
    table = try (0...divisions).map { index in
      let ratio = 1 - Double(index) / Double(divisions)
      let readings = try probe.readings(from: time, to: ratio * time)
      let first = Estimate(meanOf: readings.flowMatching)
      let second = Estimate(meanOf: readings.linearization)
      let sum = first.value + second.value
      let share = sum > 0 ? first.value / sum : .nan
      // Delta method for a ratio of means, on the rows themselves.
      let deviations = zip(readings.flowMatching, readings.linearization).map {
        ((1 - share) * $0 - share * $1) / sum
      }
      return Row(
        ratio: ratio, flowMatching: first, linearization: second,
        total: Estimate(meanOf: readings.total),
        flowMatchingShare: Estimate(
          value: share, standardError: Estimate(meanOf: deviations).standardError,
          count: probe.rows))
    }
    self.subject = subject
    self.time = time
    velocity = probe.velocity
    rows = probe.rows
    seed = probe.seed
  }
}

/// Largest stretches of the map and of its velocity, from singular values of Jacobians at points of the flow.
///
/// Every maximum over points is a lower bound of the Lipschitz constant.
public struct LipschitzReport: Sendable, Equatable, Codable {
  public struct Row: Sendable, Equatable, Codable {
    public let time: Double
    /// The mean over points of the largest singular value, and the largest of all points.
    public let velocityMean: Estimate
    public let velocityLargest: Double
    /// The same of the exact velocity `v*`; nil where it is not known.
    public let exactVelocityMean: Estimate?
    public let exactVelocityLargest: Double?
    /// The same of `f(·; t, 0)`.
    public let mapMean: Estimate
    public let mapLargest: Double
  }

  public let subject: ProbeSubject
  public let table: [Row]
  public let rows: Int
  public let seed: UInt64

  /// - Parameter divisions: equal parts of `[0, T]`, at least 1.
  public init(_ probe: MapProbe, subject: ProbeSubject, divisions: Int) throws {
    precondition(divisions >= 1, "\(divisions) divisions of the times")
    let path = probe.interpolant.interpolant
    let d = probe.source.dimension
    table = try (0...divisions).map { index in
      let t = path.endTime * Double(index) / Double(divisions)
      let readings = try probe.readings(from: t, to: 0)
      let exact = try probe.law?.exactVelocityJacobians(readings.noisy, at: t, path).map {
        try singularValues($0, size: d)[0]
      }
      let velocity = try readings.velocityJacobian.map { try singularValues($0, size: d)[0] }
      let map = try readings.jacobian.map { try singularValues($0, size: d)[0] }
      return Row(
        time: t, velocityMean: Estimate(meanOf: velocity), velocityLargest: velocity.max() ?? 0,
        exactVelocityMean: exact.map { Estimate(meanOf: $0) }, exactVelocityLargest: exact?.max(),
        mapMean: Estimate(meanOf: map), mapLargest: map.max() ?? 0)
    }
    self.subject = subject
    rows = probe.rows
    seed = probe.seed
  }
}

/// Singular values of `∇f(x_t; t, s)` against those of the exact map at the same points.
public struct JacobianReport: Sendable, Equatable, Codable {
  public struct Row: Sendable, Equatable, Codable {
    /// From 1, the largest.
    public let number: Int
    public let map: Estimate
    public let exact: Estimate
    /// The mean of `|log σ − log σ*|`.
    public let logarithmicError: Estimate
  }

  public let subject: ProbeSubject
  public let time: Double
  public let endTime: Double
  public let table: [Row]
  /// `E‖∇f − ∇f*‖_F²`
  public let squaredError: Estimate
  public let rows: Int
  public let seed: UInt64

  /// - Throws: if the exact map cannot be integrated; ``ProbeError`` if the source has none.
  public init(_ probe: MapProbe, subject: ProbeSubject, from t: Double, to s: Double) throws {
    let readings = try probe.readings(from: t, to: s)
    let d = probe.source.dimension
    guard let law = probe.law else {
      throw ProbeError.setting(
        "jacobian", value: probe.source.name, accepted: "a source whose exact map is known")
    }
    let exact = try law.exactMapJacobians(
      readings.noisy, from: t, to: s, probe.interpolant.interpolant)
    let found = try readings.jacobian.map { try singularValues($0, size: d) }
    let exactValues = try exact.map { try singularValues($0, size: d) }
    table = (0..<d).map { number in
      Row(
        number: number + 1, map: Estimate(meanOf: found.map { $0[number] }),
        exact: Estimate(meanOf: exactValues.map { $0[number] }),
        logarithmicError: Estimate(
          meanOf: zip(found, exactValues).map { abs(log($0[number]) - log($1[number])) }))
    }
    squaredError = Estimate(
      meanOf: zip(readings.jacobian, exact).map {
        zip($0, $1).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      })
    self.subject = subject
    time = t
    endTime = s
    rows = probe.rows
    seed = probe.seed
  }
}

/// The singular values of a row-major square matrix, in decreasing order.
private func singularValues(_ matrix: [Double], size: Int) throws -> [Double] {
  try DenseMatrix(rowByRow: matrix, rows: size, columns: size).singularValues()
}
