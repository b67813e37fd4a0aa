// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Probing
import Testing

@Suite struct ParameterPlaneTests {
  private let center = (0..<50).map { sin(Double($0)) }
  private let first = randomDirection(dimension: 50, seed: 1)
  private let second = randomDirection(dimension: 50, seed: 1, index: 1)

  @Test("Axes are orthonormal and span the two vectors")
  func axes() throws {
    let plane = try ParameterPlane(center: center, first: first, second: second)
    #expect(abs(dot(plane.axes[0], plane.axes[0]) - 1) < 1e-14)
    #expect(abs(dot(plane.axes[1], plane.axes[1]) - 1) < 1e-14)
    #expect(abs(dot(plane.axes[0], plane.axes[1])) < 1e-15)
    let inside = zip(center, zip(first, second)).map { $0 + 0.3 * $1.0 - 2 * $1.1 }
    #expect(plane.projection(of: inside).distance < 1e-13)
    #expect(plane.point(0, 0) == center)
  }

  @Test("Points and projections are inverse, and the distance is that from the plane")
  func projections() throws {
    for keepsLengths in [false, true] {
      let plane = try ParameterPlane(
        center: center, first: first, second: second, keepsLengths: keepsLengths)
      let point = plane.point(0.7, -1.2)
      let seen = plane.projection(of: point)
      #expect(abs(seen.first - 0.7) < 1e-13 && abs(seen.second + 1.2) < 1e-13)
      #expect(seen.distance < 1e-13)
      // Off the plane along a vector orthogonal to both axes.
      var normal = randomDirection(dimension: 50, seed: 2)
      for axis in plane.axes {
        let share = dot(axis, normal)
        normal = zip(normal, axis).map { $0 - share * $1 }
      }
      let away = plane.projection(of: zip(point, normal).map { $0 + $1 })
      #expect(abs(away.distance - dot(normal, normal).squareRoot()) < 1e-12)
      #expect(abs(away.first - 0.7) < 1e-13)
    }
    let kept = try ParameterPlane(
      center: center, first: first, second: second, keepsLengths: true)
    let step = zip(kept.point(1, 0), center).map { $0 - $1 }
    #expect(largestDifference(step, first) < 1e-14)
  }

  @Test("Parallel, zero and wrong vectors are refused, whatever their scale")
  func refusals() throws {
    func plane(_ first: [Double], _ second: [Double]) throws -> ParameterPlane {
      try ParameterPlane(center: [1, 2, 3], first: first, second: second)
    }
    #expect(throws: PlaneError.zeroDirection(vector: "second")) {
      try plane([1, 0, 0], [0, 0, 0])
    }
    #expect(throws: PlaneError.lengthMismatch(vector: "first", expected: 3, found: 2)) {
      try plane([1, 0], [0, 1, 0])
    }
    #expect(throws: PlaneError.notFinite(vector: "second")) { try plane([1, 0, 0], [0, .nan, 0]) }
    for scale in [1e-200, 1, 1e200] {
      do {
        _ = try plane([1, 2, -1], [-3 * scale, -6 * scale, 3 * scale])
        Issue.record("parallel vectors passed")
      } catch PlaneError.parallelDirections(let sine) {
        #expect(sine < 1e-15)
      }
      let apart = try plane([1, 2, -1], [-3 * scale, -6 * scale, 3.1 * scale])
      #expect(abs(dot(apart.axes[0], apart.axes[1])) < 1e-15)
    }
  }
}
