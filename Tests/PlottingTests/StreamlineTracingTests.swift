// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Streamlines")
struct StreamlineTracingTests {
  private let origin = PlotPoint(x: 0, y: 0)
  private let rotation = VectorGrid(x: -1...1, y: -1...1, columns: 9, rows: 9) { x, y in (-y, x) }

  @Test("Lines of a rotation keep their radius")
  func radius() {
    // The field is linear, so its bilinear interpolant is exact; what is left is the error of the
    // fourth-order integrator.
    let lines = StreamlineTracing.lines(of: rotation, separation: 0.08)
    #expect(lines.count >= 6)
    for line in lines {
      let radii = line.map { $0.distance(to: origin) }
      let spread = (radii.max() ?? .infinity) - (radii.min() ?? 0)
      #expect(spread < 1e-3)
    }
  }

  @Test("Lines run against the clock in a rotation that does")
  func direction() {
    for line in StreamlineTracing.lines(of: rotation, separation: 0.1) {
      for (first, second) in zip(line, line.dropFirst()) {
        #expect(first.x * second.y - first.y * second.x >= -1e-9)
      }
    }
  }

  @Test("Whole circles close")
  func closed() {
    let lines = StreamlineTracing.lines(of: rotation, separation: 0.08)
    let closed = lines.filter { line in
      guard let first = line.first, let last = line.last else { return false }
      return first.distance(to: last) < 1e-9
    }
    #expect(closed.count >= 3)
  }

  @Test("No line comes closer to another than half the separation, and the plane is covered")
  func spacing() {
    let separation = 0.1
    let lines = StreamlineTracing.lines(of: rotation, separation: separation)
    // Lengths are fractions of the side, here 2.
    for (index, line) in lines.enumerated() {
      for other in lines.dropFirst(index + 1) {
        let least = line.lazy.flatMap { point in other.lazy.map { point.distance(to: $0) } }.min()
        #expect((least ?? .infinity) >= 0.5 * separation * 2 - 1e-9)
      }
    }
    let points = lines.flatMap { $0 }
    for row in -4...4 {
      for column in -4...4 where row != 0 || column != 0 {
        let place = PlotPoint(x: Double(column) / 5, y: Double(row) / 5)
        let nearest = points.map { $0.distance(to: place) }.min() ?? .infinity
        #expect(nearest < 2 * separation * 2)
      }
    }
  }

  @Test("A constant field gives straight parallel lines across a grid of unequal sides")
  func constant() {
    let grid = VectorGrid(x: 0...10, y: 0...1, columns: 3, rows: 3) { _, _ in (2, 0) }
    let lines = StreamlineTracing.lines(of: grid, separation: 0.1)
    #expect(lines.count >= 7 && lines.count <= 12)
    for line in lines {
      #expect(line.allSatisfy { abs($0.y - line[0].y) < 1e-12 })
      #expect((line.last?.x ?? 0) - line[0].x > 9)
    }
  }

  @Test("A field without a direction has no lines")
  func vanishing() {
    let still = VectorGrid(x: 0...1, y: 0...1, columns: 3, rows: 3) { _, _ in (0, 0) }
    #expect(StreamlineTracing.lines(of: still, separation: 0.1).isEmpty)
    let undefined = VectorGrid(x: 0...1, y: 0...1, columns: 3, rows: 3) { _, _ in (.nan, 1) }
    #expect(StreamlineTracing.lines(of: undefined, separation: 0.1).isEmpty)
  }
}
