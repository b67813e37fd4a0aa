// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// Solves `f(z) = x` in the plane for many pairs of a point and a start by damped Newton steps, all of them together.
struct MapRoots {
  /// A solution.
  struct Root {
    let z: SIMD2<Double>
    /// `det ∇f(z)`
    let determinant: Double
  }

  private static let largestIterationCount = 60
  /// How far a solution may miss its point, relative to 1 or the point's size.
  private static let tolerance = 1e-11

  private let map: PlaneMap

  init(_ map: PlaneMap) { self.map = map }

  private struct Trial {
    let place: Int
    let target: SIMD2<Double>
    var z: SIMD2<Double>
    /// Where the next value is wanted.
    var next: SIMD2<Double>
    var residual = Double.infinity
    var step = SIMD2<Double>.zero
    /// The share of the step that is tried.
    var share = 1.0
  }

  /// The roots to which the starts lead, nil for those that lead to none.
  ///
  /// - Parameter largestStep: the longest step, as a fold sends Newton's far away.
  func roots(
    of pairs: [(target: SIMD2<Double>, start: SIMD2<Double>)], largestStep: Double
  ) throws -> [Root?] {
    var found = [Root?](repeating: nil, count: pairs.count)
    var trials = pairs.enumerated().map { index, pair in
      Trial(place: index, target: pair.target, z: pair.start, next: pair.start)
    }
    for _ in 0..<Self.largestIterationCount where !trials.isEmpty {
      let values = try map.values(trials.flatMap { [$0.next.x, $0.next.y] })
      var kept: [Trial] = []
      for (index, trial) in trials.enumerated() {
        let value = SIMD2(values.values[2 * index], values.values[2 * index + 1])
        let jacobian = values.jacobians[4 * index..<4 * index + 4]
        switch advance(trial, value, Array(jacobian), largestStep) {
        case .found(let root): found[trial.place] = root
        case .further(let trial): kept.append(trial)
        case .lost: break
        }
      }
      trials = kept
    }
    return found
  }

  private enum Outcome {
    case found(Root)
    case further(Trial)
    case lost
  }

  private func advance(
    _ trial: Trial, _ value: SIMD2<Double>, _ j: [Double], _ largestStep: Double
  ) -> Outcome {
    var trial = trial
    let difference = trial.target - value
    let residual = length(difference)
    let determinant = j[0] * j[3] - j[1] * j[2]
    guard residual.isFinite, determinant.isFinite else { return .lost }
    if residual >= trial.residual {
      // No progress: a shorter step from the same place.
      trial.share *= 0.5
      guard trial.share > 1e-6 else { return .lost }
      trial.next = trial.z + trial.share * trial.step
      return .further(trial)
    }
    trial.z = trial.next
    if residual <= Self.tolerance * (1 + length(trial.target)) && determinant != 0 {
      return .found(Root(z: trial.z, determinant: determinant))
    }
    guard determinant != 0 else { return .lost }
    var step =
      SIMD2(
        j[3] * difference.x - j[1] * difference.y, j[0] * difference.y - j[2] * difference.x)
      / determinant
    let size = length(step)
    if size > largestStep { step *= largestStep / size }
    (trial.residual, trial.step, trial.share) = (residual, step, 1)
    trial.next = trial.z + step
    return .further(trial)
  }
}

/// The Euclidean length of a vector.
func length(_ vector: SIMD2<Double>) -> Double { (vector * vector).sum().squareRoot() }
