// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Pages

@Suite struct MovingFigureTests {
  private func figure(_ labels: [String], _ frames: [[Double]]) -> MovingFigure {
    MovingFigure(
      id: "f", label: "points", quantity: "Time", frameLabels: labels,
      groups: [.init(name: "carried", title: "the map", radius: 3, frames: frames)],
      fixed: [0, 0], extent: 2)
  }

  @Test("the last frame is drawn, and all of them stand in the page as numbers")
  func frames() {
    let markup = figure(["t = 1", "t = 0"], [[-2, 2], [0, -1]]).node.markup
    #expect(markup.contains("<g class=\"carried\"><circle cx=\"200\" cy=\"300\" r=\"3\"/></g>"))
    #expect(
      markup.contains(
        "{\"labels\":[\"t = 1\",\"t = 0\"],\"groups\":{\"carried\":[[0,0],[200,300]]}}"))
    #expect(markup.contains("max=\"1\"") && markup.contains("<label for=\"f-slider\">Time</label>"))
  }

  @Test("numbers that are not finite or far outside, and words like markup, break nothing")
  func hostile() {
    let markup = figure(["</script>"], [[.nan, 1e300]]).node.markup
    #expect(!markup.contains("\"</script>\""))
    #expect(markup.contains("\\u003c/script>"))
    #expect(markup.contains("[[2000,-2000]]"))
  }

  @Test("of images the last is seen")
  func images() {
    let markup = MovingFigure(
      id: "f", label: "samples", quantity: "Step", frameLabels: ["1", "2"], groups: [],
      images: [Data([1]), Data([2])]
    ).node.markup
    #expect(
      markup.contains("<img src=\"data:image/png;base64,AQ==\" alt=\"samples, 1\" hidden=\"\"/>"))
    #expect(markup.contains("<img src=\"data:image/png;base64,Ag==\" alt=\"samples, 2\"/>"))
  }
}
