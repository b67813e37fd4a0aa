// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
public import GroundTruth
import Interpolants
import Networks

extension ObjectivesReference {
  /// Compares every number of the file with the lab's own, computed in Double by the compiled engine.
  ///
  /// The exact velocities come from the mixture, never from the file. Errors are relative, number by
  /// number; see ``ReferenceTally``. Tolerances are 1e-10 for closed forms and 1e-9 for everything that
  /// goes through the network.
  ///
  /// - Throws: `EngineError`.
  public func check() throws -> [ReferenceCheck] {
    var evaluators = ObjectivesEvaluators()
    return try check(with: &evaluators)
  }

  func check(with evaluators: inout ObjectivesEvaluators) throws -> [ReferenceCheck] {
    var tally = ReferenceTally()
    for record in records {
      let exact = ExactVelocities(record)
      let values = try evaluators[record].evaluate(
        record, marginalVelocity: exact.velocity.flatMap(\.self))
      record.compare(exact, values, &tally)
    }
    return tally.results
  }
}

/// Programs compiled so far.
struct ObjectivesEvaluators {
  private let pool = WorkerPool(threads: 1)
  private var compiled: [ObjectivesEvaluator.Configuration: ObjectivesEvaluator] = [:]

  subscript(record: ObjectivesReference.Record) -> ObjectivesEvaluator {
    mutating get {
      let configuration = ObjectivesEvaluator.Configuration(record)
      if let evaluator = compiled[configuration] { return evaluator }
      let evaluator = ObjectivesEvaluator(configuration, pool: pool)
      compiled[configuration] = evaluator
      return evaluator
    }
  }
}

/// `v*` and `Σ` at a record's points, in closed form.
private struct ExactVelocities {
  let velocity: [[Double]]
  let covariance: [[[Double]]]

  init(_ record: ObjectivesReference.Record) {
    let interpolant = record.interpolant.interpolant
    let points = record.t.indices.map { row in
      (
        record.mixture.marginal(at: record.t[row], interpolant),
        interpolant.noisy(data: record.x[row], noise: record.z[row], at: record.t[row])
      )
    }
    velocity = points.map { $0.velocity($1) }
    covariance = points.map { $0.velocityCovariance($1) }
  }
}

extension ObjectivesReference.Record {
  private static let closedForm = 1e-10
  private static let throughNetwork = 1e-9

  fileprivate func compare(
    _ exact: ExactVelocities, _ values: ObjectivesValues, _ tally: inout ReferenceTally
  ) {
    comparePoints(values, &tally)
    compareVelocities(exact, values, &tally)
    for (name, want) in objectives.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let path = "objectives.\(name.rawValue)"
      compare(
        "\(path).perSample", values["\(name.rawValue).perSample"], want.perSample, &tally)
      compare("\(path).mean", values["\(name.rawValue).mean"], [want.mean], &tally)
      compare(
        "\(path).gradient", values.vector("\(name.rawValue).gradient"), want.gradient.vector,
        &tally)
    }
    let path = "objectives.\(ObjectiveKey.adaptiveName)"
    let name = ObjectiveKey.adaptiveName
    compare("\(path).mean", values["\(name).mean"], [adaptive.mean], &tally)
    compare(
      "\(path).gradient", values.vector("\(name).gradient"), adaptive.gradient.vector, &tally)
    compareProducts("hessianVectorProduct", hessianVectorProducts, values, &tally)
    compareProducts("updateFieldJacobianProduct", updateFieldJacobianProducts, values, &tally)
  }

  private func comparePoints(_ values: ObjectivesValues, _ tally: inout ReferenceTally) {
    let rows: [(String, String, [[Double]], Double)] = [
      ("xt", "noisy", noisy, Self.closedForm),
      ("conditionalVelocity", "conditionalVelocity", conditionalVelocity, Self.closedForm),
      ("network", "network", field, Self.throughNetwork),
      ("flowMap", "flowMap", flowMap, Self.throughNetwork),
    ]
    for (quantity, output, want, tolerance) in rows {
      let got = values[output].rows(of: network.dimension)
      for (got, want) in zip(got, want) {
        tally.compare(quantity, got, want, tolerance: tolerance)
      }
    }
  }

  private func compareVelocities(
    _ exact: ExactVelocities, _ values: ObjectivesValues, _ tally: inout ReferenceTally
  ) {
    let jacobian = values.spatialJacobian
    for row in t.indices {
      tally.compare(
        "marginalVelocity", exact.velocity[row], marginalVelocity[row],
        tolerance: Self.closedForm)
      tally.compare(
        "velocityCovariance", exact.covariance[row].flatMap(\.self),
        velocityCovariance[row].flatMap(\.self), tolerance: Self.closedForm)
      compare(
        "flowMapSpatialJacobian", jacobian[row].flatMap(\.self),
        spatialJacobian[row].flatMap(\.self), &tally)
      compare(
        "varianceTerm", [tracedCovariance(jacobian[row], exact.covariance[row])],
        [varianceTerm[row]], &tally)
    }
  }

  private func compareProducts(
    _ quantity: String, _ products: [ReferencedCurvature: [ObjectivesReference.Layer]],
    _ values: ObjectivesValues, _ tally: inout ReferenceTally
  ) {
    for (name, want) in products.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let path = "\(quantity).\(name.rawValue)"
      compare(path, values.vector(path), want.vector, &tally)
    }
  }

  private func compare(
    _ quantity: String, _ got: [Double], _ want: [Double], _ tally: inout ReferenceTally
  ) {
    tally.compare(quantity, got, want, tolerance: Self.throughNetwork)
  }
}

/// `tr(J C Jᵀ)`
private func tracedCovariance(_ jacobian: [[Double]], _ covariance: [[Double]]) -> Double {
  var trace = 0.0
  for row in jacobian {
    for (j, weights) in covariance.enumerated() {
      for (k, weight) in weights.enumerated() { trace += row[j] * weight * row[k] }
    }
  }
  return trace
}

extension [Double] {
  fileprivate func rows(of length: Int) -> [[Double]] {
    stride(from: 0, to: count, by: length).map { Array(self[$0..<$0 + length]) }
  }
}
