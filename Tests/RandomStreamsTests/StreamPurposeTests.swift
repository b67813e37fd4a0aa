// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

@Suite struct StreamPurposeTests {
  @Test("a purpose draws the numbers of its text, and a number behind it another stream")
  func texts() {
    let named = RandomStream(seed: 3, purpose: .trainingData, step: 2)
    #expect(named == RandomStream(seed: 3, purpose: "training data", step: 2))
    let numbered = RandomStream(seed: 3, purpose: .check11Point, number: 4)
    #expect(numbered == RandomStream(seed: 3, purpose: "check 11 point 4"))
  }

  @Test("no two purposes share numbers, with a number behind them or without")
  func distinct() {
    let streams = StreamPurpose.allCases.flatMap { purpose in
      [nil, 0, 1].map { RandomStream(seed: 0, purpose: purpose, number: $0) }
    }
    #expect(Set(streams).count == streams.count)
  }
}
