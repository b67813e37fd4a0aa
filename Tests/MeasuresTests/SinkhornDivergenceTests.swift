// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct SinkhornDivergenceTests {
  private let left = normalPoints(count: 70, dimension: 2, seed: 1)
  private let right = normalPoints(count: 55, dimension: 2, seed: 2).shifted(by: [1, 0.5])

  @Test("It is zero between equal samples, symmetric, and reports how it converged")
  func basics() throws {
    let settings = SinkhornSettings(regularization: 1, tolerance: 1e-9)
    let same = try SinkhornDivergence(left, left.shuffled(seed: 4), settings: settings)
    #expect(abs(same.value.value) < 1e-8)
    let forth = try SinkhornDivergence(left, right, settings: settings)
    let back = try SinkhornDivergence(right, left, settings: settings)
    #expect(abs(forth.value.value - back.value.value) < 1e-7)
    #expect(forth.value.value > 0.5 && forth.value.standardError > 0)
    #expect(forth.marginalError <= 1e-9 && forth.iterations > 3)
  }

  @Test("It tends to the squared W2 as the regularisation vanishes")
  func smallRegularization() throws {
    let left = normalPoints(count: 40, dimension: 2, seed: 5)
    let right = normalPoints(count: 40, dimension: 2, seed: 6).shifted(by: [2, 0])
    let exact = pow(wassersteinDistance(left, right), 2)
    var previous = Double.infinity
    for regularization in [1, 0.1, 0.01] {
      let settings = SinkhornSettings(
        regularization: regularization, tolerance: 1e-5, largestIterationCount: 50_000)
      let value = try SinkhornDivergence(left, right, settings: settings).value.value
      #expect(abs(value - exact) < previous)
      previous = abs(value - exact)
    }
    #expect(previous < 0.01 * exact)
  }

  @Test("It tends to the squared distance of the means as the regularisation grows")
  func largeRegularization() throws {
    let value = try SinkhornDivergence(
      left, right, settings: SinkhornSettings(regularization: 1e6, tolerance: 1e-12)
    ).value.value
    func mean(_ points: Points, _ axis: Int) -> Double {
      (0..<points.count).reduce(0) { $0 + points.values[$1 * 2 + axis] }
        / Double(points.count)
    }
    let want = (0..<2).reduce(0) { $0 + pow(mean(left, $1) - mean(right, $1), 2) }
    #expect(abs(value - want) < 1e-4 * want)
  }

  @Test(
    "Gaussians on the line have their closed form at every regularisation",
    arguments: [0.3, 2.0])
  func gaussians(regularization: Double) throws {
    // Points of equal probability stand for the laws N(0, 1) and N(0, 2²).
    let count = 600
    let normal = (0..<count).map { quantile((Double($0) + 0.5) / Double(count)) }
    let value = try SinkhornDivergence(
      Points(normal, dimension: 1), Points(normal.map { 2 * $0 }, dimension: 1),
      settings: SinkhornSettings(regularization: regularization, tolerance: 1e-8)
    ).value.value
    // Janati et al. 2020, with ε = 2 s² and d = sqrt(4 a² b² + s⁴).
    let square = regularization / 2
    func d(_ a: Double, _ b: Double) -> Double {
      (4 * a * a * b * b + square * square).squareRoot()
    }
    let want =
      0.5 * (d(1, 1) + d(2, 2)) - d(1, 2)
      + square
      * (log(d(1, 2) + square) - 0.5 * log((d(1, 1) + square) * (d(2, 2) + square)))
    #expect(abs(value - want) < 0.01 * want)
  }

  @Test("Too few updates and points that are not finite are errors")
  func errors() {
    let settings = SinkhornSettings(
      regularization: 1e-3, tolerance: 1e-12, largestIterationCount: 3)
    do {
      _ = try SinkhornDivergence(left, right, settings: settings)
      Issue.record("three updates were said to be enough")
    } catch SinkhornError.notConverged(let iterations, let error, let tolerance) {
      #expect(iterations == 3 && error > tolerance && tolerance == 1e-12)
    } catch {
      Issue.record(error)
    }
    #expect(throws: SinkhornError.notFinite) {
      try SinkhornDivergence(
        left, right.shifted(by: [.infinity, 0]), settings: SinkhornSettings(regularization: 1))
    }
  }

  /// The standard normal quantile, by bisection.
  private func quantile(_ probability: Double) -> Double {
    var (low, high) = (-10.0, 10.0)
    for _ in 0..<80 {
      let middle = 0.5 * (low + high)
      let below = 0.5 * erfc(-middle / 2.0.squareRoot())
      if below < probability { low = middle } else { high = middle }
    }
    return low
  }

  @Test(
    "a sample against itself has no divergence at any regularisation", arguments: [1, 0.01, 0.0025])
  func itself(regularization: Double) throws {
    let sample = normalPoints(count: 60, dimension: 2, seed: 1)
    let same = try SinkhornDivergence(
      sample, sample, settings: SinkhornSettings(regularization: regularization))
    #expect(same.value.value == 0)
    let moved = try SinkhornDivergence(
      sample, sample.shuffled(seed: 3), settings: SinkhornSettings(regularization: regularization))
    #expect(abs(moved.value.value) < 1e-5)
  }

  @Test("a shift by a hundredth is its square, with updates to spare", arguments: [0, 1, 2, 3])
  func shifted(seed: Int) throws {
    let sample = normalPoints(count: 60, dimension: 2, seed: seed)
    let divergence = try SinkhornDivergence(
      sample, sample.shifted(by: [0.01, 0]), settings: SinkhornSettings(regularization: 0.0025))
    #expect(abs(divergence.value.value - 1e-4) < 1e-6)
    #expect(divergence.iterations < 5000)
  }

  @Test("other samples converge at ordinary settings", arguments: [0.01, 0.0025])
  func ordinary(regularization: Double) throws {
    for seed in 0..<3 {
      let divergence = try SinkhornDivergence(
        normalPoints(count: 60, dimension: 2, seed: 10 + seed),
        normalPoints(count: 50, dimension: 2, seed: 20 + seed).shifted(by: [0.5, 0.5]),
        settings: SinkhornSettings(regularization: regularization))
      #expect(divergence.marginalError <= 1e-5)
    }
  }

  @Test("points whose squared distance is no number are refused", arguments: [1e200, 1e308])
  func overflow(place: Double) {
    let points = Points([place, 0, -place, 0, 0, 1], dimension: 2)
    for (left, right) in [(points, points), (points, points.shuffled(seed: 1))] {
      #expect(throws: SinkhornError.overflow) {
        try SinkhornDivergence(left, right, settings: SinkhornSettings(regularization: 1))
      }
    }
  }
}
