// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import RandomStreams
import Testing

@Suite struct InitializerTests {
  private let stream = RandomStream(seed: 31, purpose: "weights")

  @Test(
    "weights have mean zero, the variance of their name and the fourth moment of their law",
    arguments: Initializer.allCases)
  func moments(initializer: Initializer) {
    let (inputs, outputs) = (300, 500)
    let weights = initializer.matrix(inputs: inputs, outputs: outputs, stream)
    #expect(weights.count == inputs * outputs)
    // Variance, and fourth and eighth moments in units of its powers.
    let (variance, fourth, eighth): (Double, Double, Double) =
      switch initializer {
      case .lecunNormal: (1.0 / 300, 3, 105)
      case .heNormal: (2.0 / 300, 3, 105)
      case .glorotUniform: (2.0 / 800, 9.0 / 5, 9)
      }
    let scaled = weights.map { $0 / variance.squareRoot() }
    let count = Double(scaled.count)
    func moment(_ power: Int) -> Double {
      scaled.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } }
        / count
    }
    #expect(abs(moment(1)) < 4 / count.squareRoot())
    #expect(abs(moment(2) - 1) < 4 * ((fourth - 1) / count).squareRoot())
    #expect(abs(moment(4) - fourth) < 4 * ((eighth - fourth * fourth) / count).squareRoot())
  }

  @Test("uniform weights stay inside their bound")
  func bound() {
    let bound = (6.0 / 50).squareRoot()
    let weights = Initializer.glorotUniform.matrix(inputs: 20, outputs: 30, stream)
    #expect(weights.allSatisfy { abs($0) < bound })
    #expect(weights.contains { abs($0) > 0.98 * bound })
  }

  @Test("weights are a function of the stream alone")
  func streams() {
    for initializer in Initializer.allCases {
      let weights = initializer.matrix(inputs: 3, outputs: 4, stream)
      #expect(weights == initializer.matrix(inputs: 3, outputs: 4, stream))
      #expect(weights != initializer.matrix(inputs: 3, outputs: 4, stream.appending("other")))
      #expect(Set(weights).count == 12)
    }
  }
}
