// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Text layer")
struct AnnotationTests {
  @Test("Text stands on the asked side of its place")
  func sides() throws {
    func origin(_ side: Annotation.Side) throws -> PlotPoint {
      let drawn = commands(of: .text(Annotation("abc", x: 0.5, y: 0.5, side: side)))
      guard case .text("abc", _, let origin, _, _)? = drawn.first else {
        throw PlottingError.rendering(path: "", cause: "no text")
      }
      return origin
    }
    #expect(try origin(.right).x > 50)
    #expect(try origin(.left).x < origin(.center).x)
    #expect(try origin(.above).y < 50)
    #expect(try origin(.below).y > 50)
  }

  @Test("Text outside the frame is not drawn")
  func outside() {
    #expect(commands(of: .text(Annotation("abc", x: 5, y: 0.5))).isEmpty)
    #expect(commands(of: .text(Annotation("abc", x: .nan, y: 0.5))).isEmpty)
  }
}
