// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Files
import Foundation
import GroundTruth
import Interpolants

/// The minimiser of direct training for a target on the line, as numbers to print or store.
struct DegenerateMapReport: Sendable, Codable, Equatable {
  let target: String
  let interpolant: InterpolantKind
  /// `s`
  let endTime: Double
  let resolution: Int
  /// Noise `x` at `T`.
  let x: [Double]
  /// `f(x; T, s)`
  let degenerateMap: [Double]
  /// `f*(x; T, s)`
  let flowMap: [Double]
  /// `E‖D_{v*} f‖²`, `t` uniform on `[s, T]`.
  let eulerianLoss: GridEstimate
  /// `E Σ f_x²`
  let varianceTerm: GridEstimate
  /// The root mean square error of the map at `T`, estimated from the grids.
  let mapError: Double
  /// The order of convergence over the three grids.
  let observedOrder: Double
  /// `E (f − f*)²` at `T`.
  let squaredDistanceFromFlowMap: Double

  /// Solves the elliptic equation; the map is given at 33 points to four deviations of the noise.
  ///
  /// - Throws: ``DegenerateMapError``.
  init(
    target: GaussianMixture, interpolant: InterpolantKind, endTime: Double, resolution: Int
  ) throws(DegenerateMapError) {
    let solver = try DegenerateMapSolver(
      mixture: target, interpolant: interpolant.interpolant, endTime: endTime)
    let map = try solver.solve(resolution: resolution)
    let end = interpolant.interpolant.endTime
    let labels = (-16...16).map { 0.25 * Double($0) }
    let slice = map.trajectories.slice(at: end)
    self.target = target.name
    self.interpolant = interpolant
    self.endTime = endTime
    self.resolution = resolution
    x = labels.map { slice.position(ofLabel: $0) }
    degenerateMap = labels.map { map.value(atLabel: $0, time: end) }
    flowMap = labels.map { map.flowMap(atLabel: $0) }
    eulerianLoss = map.eulerianLoss
    varianceTerm = map.varianceTerm
    mapError = map.mapError
    observedOrder = map.observedOrder
    squaredDistanceFromFlowMap = map.squaredDistanceFromFlowMap
  }

  /// Keys in alphabetical order.
  func json() throws -> String { try JSON.page(self) }

  /// A table of every other point, and the numbers of the whole.
  var text: String {
    func digits(_ value: Double) -> String { String(format: "%.6f", value) }
    func estimate(_ estimate: GridEstimate) -> String {
      String(format: "%.8g, error below %.1e", estimate.value, estimate.error)
    }
    let rows = stride(from: 0, to: x.count, by: 2).map {
      [String(format: "%.2f", x[$0]), digits(degenerateMap[$0]), digits(flowMap[$0])]
    }
    return """
      Minimiser of direct training, target \(target), \(interpolant.rawValue) interpolant, s = \(endTime):

      \(textTable(["x at T", "f(x;T,s)", "flow map"], rows))

      LED           E (D_{v*} f)²  \(estimate(eulerianLoss))
      variance term E Σ f_x²       \(estimate(varianceTerm))
      distance      E (f − f*)²    \(String(format: "%.8g", squaredDistanceFromFlowMap))
      map's root mean square error from \(resolution) × \(resolution) cells and two coarser grids: \
      \(String(format: "%.1e", mapError)), order of convergence \(String(format: "%.2f", observedOrder))

      """
  }
}
