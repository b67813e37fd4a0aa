// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import Networks

@Suite struct TimeFeaturesTests {
  @Test("plain times are themselves; the others are cosines and sines of fixed frequencies")
  func values() throws {
    let time = Argument("time", [3, 1], [0, 0.4, 1])
    #expect(try evaluate([TimeFeatures.plain(time.tensor)], [time])[0] == time.values)
    let slow = try evaluate([TimeFeatures.positional(features: 4)(time.tensor)], [time])[0]
    for (row, t) in time.values.enumerated() {
      let want = [cos(t), cos(t / 100), sin(t), sin(t / 100)]
      #expect(zip(slow[4 * row..<4 * row + 4], want).allSatisfy { abs($0 - $1) < 1e-12 })
    }
    let fast = try evaluate([TimeFeatures.fourier(features: 6, scale: 3)(time.tensor)], [time])[0]
    #expect(Array(fast[0..<6]) == [1, 1, 1, 0, 0, 0])
    for row in 0..<3 {
      for pair in 0..<3 {
        let (c, s) = (fast[6 * row + pair], fast[6 * row + pair + 3])
        #expect(abs(c * c + s * s - 1) < 1e-12)
      }
    }
  }

  @Test("a perceptron takes the features of both times, and a file without them has plain times")
  func perceptron() throws {
    let network = MultilayerPerceptron(width: 5, timeFeatures: .positional(features: 8))
    #expect(network.layout.entries[0].shape == [18, 5])
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(MultilayerPerceptron.self, from: data) == network)
    let old = """
      {"activation":"silu","depth":3,"dimension":2,"initializer":"lecunNormal","timeEmbedding":"endTime",\
      "width":64}
      """
    #expect(
      try JSONDecoder().decode(MultilayerPerceptron.self, from: Data(old.utf8))
        == MultilayerPerceptron())
  }
}
