// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Testing

@Suite struct NoiseToSignalTests {
  @Test("the clock is σ/α, and times are read back from it", arguments: InterpolantKind.allCases)
  func inverse(kind: InterpolantKind) {
    #expect(kind.endTime == kind.interpolant.endTime)
    for fraction in [0.001, 0.2, 0.5, 0.77, 0.999] {
      let time = fraction * kind.endTime
      let c = kind.interpolant.coefficients(at: time)
      let ratio = kind.noiseToSignal(at: time)
      #expect(abs(ratio * c.signal / c.noise - 1) < 1e-12)
      #expect(abs(kind.time(noiseToSignal: ratio) - time) < 1e-12)
    }
    #expect(kind.time(noiseToSignal: 0) == 0)
    #expect(kind.time(noiseToSignal: .infinity) == kind.endTime)
    #expect(kind.noiseToSignal(at: kind.endTime) == .infinity)
  }
}
