// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import Testing
import Training

@Suite struct GradientClippingTests {
  @Test("A long gradient is brought to the largest norm and keeps its direction")
  func longGradientIsShortened() {
    let gradient = [3.0, -4]
    let norm = gradient.withUnsafeBufferPointer { euclideanNorm($0) }
    #expect(norm == 5)
    let scale = GradientClipping(maximumNorm: 1.25).scale(forNorm: norm)
    #expect(gradient.map { $0 * scale } == [0.75, -1])
    #expect(GradientClipping(maximumNorm: 1).scale(forNorm: norm) == 1 / norm)
  }

  @Test("A gradient up to the largest norm is left alone")
  func shortGradientIsKept() {
    let clipping = GradientClipping(maximumNorm: 2)
    #expect(clipping.scale(forNorm: 2) == 1)
    #expect(clipping.scale(forNorm: 0) == 1)
    #expect(GradientClipping.none.scale(forNorm: 1e300) == 1)
  }

  @Test("A gradient that is not finite is not hidden by clipping")
  func nonFiniteNormIsNotHidden() {
    let clipping = GradientClipping(maximumNorm: 1)
    #expect(clipping.scale(forNorm: .nan) == 1)
    let clipped = [1.0, .infinity].map { $0 * clipping.scale(forNorm: .infinity) }
    #expect(clipped.withUnsafeBufferPointer { firstNonFiniteIndex($0) } == 1)
  }
}
