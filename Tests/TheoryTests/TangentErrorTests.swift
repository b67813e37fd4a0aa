// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Interpolants
import Testing

@testable import Theory

@Suite struct TangentErrorTests {
  @Test("the Double error is the third derivative's, the Float error rises as the step falls")
  func errors() throws {
    let error = try TangentError(
      .trigonometric, steps: [1e-5, 1e-4, 1e-3, 1e-2], rows: 64, seed: 1,
      pool: WorkerPool(threads: 1))
    for point in error.points where point.step >= 1e-3 {
      #expect(abs(point.double / point.predicted - 1) < 1e-3)
    }
    #expect(error.points[0].single > 5 * error.points[1].single)
  }
}
