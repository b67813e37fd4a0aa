// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@testable import Plotting

@Suite("Errors")
struct PlottingErrorTests {
  @Test(
    "Every error names the file and what was wrong",
    arguments: [
      (
        PlottingError.file(FileError(.write, "a/b.png", code: ENOSPC)),
        "figure: Cannot write a/b.png: No space left on device."
      ),
      (
        .rendering(path: "b.svg", cause: "out of memory"),
        "b.svg: the renderer failed: out of memory"
      ),
      (
        .size(path: "c.png", width: 40_000, height: 2, largest: 32_767),
        "c.png: a picture of 40000.0 x 2.0 pixels cannot be made; "
          + "each side must lie between 1 and 32767"
      ),
    ])
  func description(_ error: PlottingError, _ text: String) {
    #expect(error.description == text)
  }
}
