// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Networks
import Tensors

extension ObjectivesReference.Record {
  private typealias Fault = (key: CodingKeys, reason: String)

  /// The first array whose lengths do not fit the others', or time out of range.
  var firstFault: (key: CodingKeys, reason: String)? {
    faultyTime ?? faultyBatch ?? faultyMatrices ?? faultyLayers
  }

  private var faultyTime: Fault? {
    if t.isEmpty { return (.t, "a batch needs at least one sample") }
    if s.count != t.count { return (.s, "expected \(t.count) numbers, found \(s.count)") }
    let end = interpolant.interpolant.endTime
    for (sample, (t, s)) in zip(t, s).enumerated() {
      if !(0...end).contains(t) {
        return (.t, "sample \(sample): a time must lie in [0, \(end)], found \(t)")
      }
      if !(0...t).contains(s) {
        return (.s, "sample \(sample): an end time must lie in [0, \(t)], found \(s)")
      }
    }
    if varianceTerm.count != t.count {
      return (.varianceTerm, "expected \(t.count) numbers, found \(varianceTerm.count)")
    }
    for values in objectives.values where values.perSample.count != t.count {
      return (
        .objectives, "perSample: expected \(t.count) numbers, found \(values.perSample.count)"
      )
    }
    return nil
  }

  private var faultyBatch: Fault? {
    let batches: [(CodingKeys, [[Double]])] = [
      (.x, x), (.z, z), (.noisy, noisy), (.conditionalVelocity, conditionalVelocity),
      (.marginalVelocity, marginalVelocity), (.field, field), (.flowMap, flowMap),
    ]
    for (key, points) in batches {
      if let reason = faultyShape(points, rows: t.count, columns: network.dimension) {
        return (key, reason)
      }
    }
    return nil
  }

  private var faultyMatrices: Fault? {
    for (key, matrices) in [
      (CodingKeys.velocityCovariance, velocityCovariance), (.spatialJacobian, spatialJacobian),
    ] {
      if matrices.count != t.count {
        return (key, "expected \(t.count) matrices, found \(matrices.count)")
      }
      for matrix in matrices {
        if let reason = faultyShape(matrix, rows: network.dimension, columns: network.dimension) {
          return (key, reason)
        }
      }
    }
    return nil
  }

  private var faultyLayers: Fault? {
    var lists: [(CodingKeys, [ObjectivesReference.Layer])] = [
      (.parameters, parameters), (.direction, direction), (.objectives, adaptive.gradient),
    ]
    lists += objectives.values.map { (.objectives, $0.gradient) }
    lists += hessianVectorProducts.values.map { (.hessianVectorProduct, $0) }
    lists += updateFieldJacobianProducts.values.map { (.updateFieldJacobianProduct, $0) }
    for (key, layers) in lists {
      if let reason = faultyShape(layers) { return (key, reason) }
    }
    return nil
  }

  /// Why layers are not shaped as the network's; the sizes "hidden" and "depth" say how it is shaped.
  private func faultyShape(_ layers: [ObjectivesReference.Layer]) -> String? {
    let shapes = network.layout.entries.map(\.shape.dimensions)
    if layers.count * 2 != shapes.count {
      return "expected \(shapes.count / 2) layers by the network's depth, found \(layers.count)"
    }
    for (index, layer) in layers.enumerated() {
      let (rows, columns) = (shapes[2 * index][0], shapes[2 * index][1])
      if let reason = faultyShape(layer.w, rows: rows, columns: columns) {
        return "layer \(index), w: \(reason)"
      }
      if layer.b.count != columns {
        return "layer \(index), b: expected \(columns) numbers, found \(layer.b.count)"
      }
    }
    return nil
  }

  private func faultyShape(_ matrix: [[Double]], rows: Int, columns: Int) -> String? {
    if matrix.count != rows { return "expected \(rows) rows, found \(matrix.count)" }
    for (index, row) in matrix.enumerated() where row.count != columns {
      return "row \(index): expected \(columns) numbers, found \(row.count)"
    }
    return nil
  }
}
