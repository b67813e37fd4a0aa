// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Streamlines layer")
struct StreamlinesTests {
  @Test("Each line has one arrowhead on it that points along the field")
  func heads() throws {
    let grid = VectorGrid(x: 0...1, y: 0...1, columns: 3, rows: 3) { _, _ in (1, 0) }
    let drawn = commands(of: .streamlines(Streamlines(grid: grid, separation: 0.2)))
    let lines = try #require(drawn.first?.strokedLines)
    let heads = try #require(drawn.last?.filledPolygons)
    #expect(lines.count == heads.count && lines.count >= 4)
    for (line, head) in zip(lines, heads) {
      #expect(line.contains(head[0]))
      #expect(head.dropFirst().allSatisfy { $0.x < head[0].x })
    }
  }

  @Test("A field without lines draws nothing")
  func nothing() {
    let still = VectorGrid(x: 0...1, y: 0...1, columns: 3, rows: 3) { _, _ in (0, 0) }
    #expect(commands(of: .streamlines(Streamlines(grid: still))).isEmpty)
  }
}
