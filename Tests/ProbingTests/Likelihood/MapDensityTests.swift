// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Probing
import Testing

@Suite struct MapDensityTests {
  /// A map of the plane from its values and Jacobian at a point.
  private func map(
    _ body: @escaping (_ x: Double, _ y: Double) -> (value: [Double], jacobian: [Double])
  ) -> PlaneMap {
    PlaneMap { points in
      let all = stride(from: 0, to: points.count, by: 2).map { body(points[$0], points[$0 + 1]) }
      return (all.flatMap(\.value), all.flatMap(\.jacobian))
    }
  }

  private func normal(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }

  @Test("a linear map gives the density of its Gaussian, also where it mirrors")
  func linear() throws {
    for sign in [1.0, -1] {
      let density = try MapDensity(
        of: map { x, y in ([2 * x + 0.5 * y + 1, sign * 0.7 * y], [2, 0.5, 0, sign * 0.7]) },
        divisions: 48)
      #expect(density.foldedShare == 0)
      for point in [[1.0, 0], [3, -1], [-4, 2]] {
        let y = point[1] / (sign * 0.7)
        let x = (point[0] - 1 - 0.5 * y) / 2
        let expected = log(normal(x) * normal(y) / 1.4)
        guard case .density(let found, 1)? = try density.answers(at: point).first else {
          Issue.record("no single root at \(point)")
          continue
        }
        #expect(abs(found - expected) < 1e-10)
      }
    }
  }

  @Test("a fold adds the density of both its leaves, and half of the noise lies on it")
  func fold() throws {
    // x² has the chi-square law of one degree of freedom.
    let density = try MapDensity(of: map { x, y in ([x * x, y], [2 * x, 0, 0, 1]) })
    #expect(abs(density.foldedShare - 0.5) < 0.02)
    for point in [[1.0, 0.3], [0.04, -1], [4, 2], [0.001, 0]] {
      let root = point[0].squareRoot()
      let expected = log(normal(root) / root * normal(point[1]))
      guard case .density(let found, 2)? = try density.answers(at: point).first else {
        Issue.record("no two roots at \(point): \(try density.answers(at: point))")
        continue
      }
      #expect(abs(found - expected) < 1e-8)
    }
    #expect(try density.answers(at: [-0.5, 0]) == [.noRoot])
  }

  @Test("a cubic has one root outside its folds and three between")
  func cubic() throws {
    let density = try MapDensity(
      of: map { x, y in ([x * x * x - 3 * x, y + 0.2 * x], [3 * x * x - 3, 0, 0.2, 1]) })
    // Between −1 and 1 lie 68 % of the noise; the smaller share is the rest.
    #expect(abs(density.foldedShare - erfc(1 / 2.0.squareRoot())) < 0.02)
    for (u, v) in [(0.5, 0.1), (-1.5, 0), (5, 1), (1.99, 0)] {
      // The roots of x³ − 3x = u by the trigonometric formula, or by Cardano's outside.
      let roots =
        abs(u) < 2
        ? (0..<3).map { 2 * cos(acos(u / 2) / 3 - 2 * Double.pi * Double($0) / 3) }
        : [2 * cosh(acosh(u / 2) / 3)]
      let expected = log(
        roots.reduce(0) { $0 + normal($1) * normal(v - 0.2 * $1) / abs(3 * $1 * $1 - 3) })
      guard case .density(let found, roots.count)? = try density.answers(at: [u, v]).first else {
        Issue.record("no \(roots.count) roots at \(u): \(try density.answers(at: [u, v]))")
        continue
      }
      #expect(abs(found - expected) < 1e-8)
    }
  }

  @Test("a root that is not found is told by the degree")
  func missingRoot() throws {
    // A jump between two nodes: what lies in its gap has no root, and the boundary cannot know.
    let density = try MapDensity(
      of: map { x, y in ([x > 0.013 ? x + 1 : x, y], [1, 0, 0, 1]) }, divisions: 32)
    guard case .missingRoots(0, 0, 1)? = try density.answers(at: [0.6, 0.1]).first else {
      Issue.record("\(try density.answers(at: [0.6, 0.1]))")
      return
    }
  }

  @Test("a map that is not finite is refused")
  func notFinite() {
    #expect(throws: MapDensityError.notFinite) {
      try MapDensity(of: map { x, y in ([log(x), y], [1 / x, 0, 0, 1]) }, divisions: 8)
    }
  }
}
