// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants

/// The nodes of a grid in time and label, closer where the solution changes faster.
///
/// Both lists are smooth functions of the node's index over the number of cells, so that halving the cells
/// keeps every second node and errors have an expansion in even powers of the cell size.
struct DegenerateMapGrid {
  /// From `s` to `T`, `cells + 1` of them.
  let times: [Double]
  /// From `−reach` to `reach`, `cells + 1` of them.
  let labels: [Double]

  /// Beyond it lies 3e-12 of the mass. The wall there disturbs the solution at label `z` by
  /// `e^{(z² − reach²)/2}` relative to what it is at the wall.
  static let reach = 7.0

  init(_ trajectories: QuantileTrajectories, from s: Double, cells: Int) {
    let components = trajectories.mixture.components
    let interpolant = trajectories.interpolant
    let end = interpolant.endTime
    // For one Gaussian y'' = (θ')² y with the angle tan θ = σ/(α σ_d), from 0 to π/2: steps are even in the
    // mean of time and angle.
    func progress(_ time: Double) -> Double {
      let (signal, noise) = (interpolant.signal(at: time), interpolant.noise(at: time))
      return components.reduce(time / end) { sum, component in
        sum + component.weight * atan2(noise, signal * component.eigenvalues[0].squareRoot())
      }
    }
    let (first, last) = (progress(s), progress(end))
    times = (0...cells).map { index in
      if index == 0 { return s }
      if index == cells { return end }
      let wanted = first + (last - first) * Double(index) / Double(cells)
      return bisected(s, end) { progress($0) < wanted }
    }
    // Steps are even in the mean of the label and the starting value X(s, z), which is steep between modes.
    let start = trajectories.slice(at: s)
    let reach = Self.reach
    let scale = 2 * reach / (start.position(ofLabel: reach) - start.position(ofLabel: -reach))
    func place(_ label: Double) -> Double { label + scale * start.position(ofLabel: label) }
    let (left, right) = (place(-reach), place(reach))
    labels = (0...cells).map { index in
      if index == 0 { return -reach }
      if index == cells { return reach }
      let wanted = left + (right - left) * Double(index) / Double(cells)
      return bisected(-reach, reach) { place($0) < wanted }
    }
  }
}

/// The end of the part of an interval in which a condition holds, to rounding.
private func bisected(
  _ low: Double, _ high: Double, while isBelow: (Double) -> Bool
) -> Double {
  var (low, high) = (low, high)
  for _ in 0..<60 {
    let middle = 0.5 * (low + high)
    if isBelow(middle) { low = middle } else { high = middle }
  }
  return 0.5 * (low + high)
}
