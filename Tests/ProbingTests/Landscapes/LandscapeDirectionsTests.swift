// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Probing
import Testing

@Suite struct LandscapeDirectionsTests {
  @Test("Filter normalisation gives each filter its length in the parameters, and the rest zero")
  func filters() {
    let parameters = [3.0, 4, 0, 1, 7, 0, 0]
    let direction = [1.0, 0, 2, 0, 5, 0, 1]
    let found = filterNormalized(
      direction, parameters: parameters, filters: [2..<4, 0..<2, 5..<7])
    #expect(found == [5, 0, 1, 0, 0, 0, 0])
    // A filter scaled up in the parameters scales its part of the direction: the landscape is invariant.
    let scaled = filterNormalized(
      direction, parameters: parameters.map { 10 * $0 }, filters: [0..<2])
    #expect(scaled == [50, 0, 0, 0, 0, 0, 0])
  }

  @Test("Random directions are normal, and differ by seed and index")
  func random() {
    let direction = randomDirection(dimension: 10_000, seed: 1)
    #expect(abs(dot(direction, direction) / 10_000 - 1) < 0.06)
    let other = randomDirection(dimension: 10_000, seed: 1, index: 1)
    #expect(abs(dot(direction, other)) < 400)
    #expect(direction == randomDirection(dimension: 10_000, seed: 1))
  }

  @Test("A path in a plane is found exactly, with the shares of its two directions")
  func plane() throws {
    let (u, v) = (randomDirection(dimension: 30, seed: 4), randomDirection(dimension: 30, seed: 5))
    let path = (0...20).map { step -> [Double] in
      let angle = 0.3 * Double(step)
      return zip(u, v).map { 5 * cos(angle) * $0 + sin(angle) * $1 }
    }
    let axes = try PathPrincipalAxes(path: path)
    #expect(axes.plane.center == path[20])
    for point in path { #expect(axes.plane.projection(of: point).distance < 1e-11) }
    #expect(abs(axes.explainedShares[0] + axes.explainedShares[1] - 1) < 1e-12)
    // The share of the first axis, from the projections.
    let seen = path.map { axes.plane.projection(of: $0) }
    let squares = seen.reduce(into: (0.0, 0.0)) {
      $0.0 += $1.first * $1.first
      $0.1 += $1.second * $1.second
    }
    #expect(abs(squares.0 / (squares.0 + squares.1) - axes.explainedShares[0]) < 1e-12)
  }

  @Test("The two directions explain the most of a path with noise")
  func optimality() throws {
    let path = (0..<15).map { step -> [Double] in
      let noise = randomDirection(dimension: 8, seed: 7, index: step)
      return (0..<8).map { noise[$0] * ($0 == 2 ? 9 : $0 == 5 ? 4 : 0.5) }
    }
    let axes = try PathPrincipalAxes(path: path)
    let direct = try ParameterPlane(
      center: path[14], first: (0..<8).map { $0 == 2 ? 1 : 0 },
      second: (0..<8).map { $0 == 5 ? 1 : 0 })
    func rest(_ plane: ParameterPlane) -> Double {
      path.reduce(0) { $0 + pow(plane.projection(of: $1).distance, 2) }
    }
    #expect(rest(axes.plane) <= rest(direct))
    #expect(axes.explainedShares == axes.explainedShares.sorted(by: >))
  }

  @Test("Short and straight paths are refused")
  func refusals() {
    #expect(throws: PlaneError.flatPath(points: 2, secondExtent: 0)) {
      try PathPrincipalAxes(path: [[0, 0], [1, 1]])
    }
    #expect(throws: PlaneError.self) {
      try PathPrincipalAxes(path: (0..<5).map { [Double($0), 2 * Double($0), 1] })
    }
    #expect(throws: PlaneError.lengthMismatch(vector: "path", expected: 2, found: 1)) {
      try PathPrincipalAxes(path: [[0], [1, 2], [0, 1]])
    }
  }
}
