// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

/// Optimised builds drop the texts of preconditions unless the manifest asks for them.
@Suite struct PreconditionTextTests {
  @Test("a broken precondition says what it asks for, and what it was given")
  func text() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RandomStream(seed: 0, purpose: .trainingData).uniforms(rows: 1, draws: 1, firstDraw: 3)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("the first a multiple of 4, got 1 from 3"))
  }
}
