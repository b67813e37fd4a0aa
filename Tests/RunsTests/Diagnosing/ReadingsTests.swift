// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Runs

@Suite struct ReadingsTests {
  @Test("eigenvalues that have not converged are found")
  func eigenvalues() {
    var subject = healthySubject()
    #expect(subject.eigenvalues.isUnknown)
    subject.spectra = [.init(file: "a.json", isConverged: true, largestRelativeResidual: 1e-9)]
    #expect(!subject.eigenvalues.isFound && !subject.eigenvalues.isUnknown)
    subject.spectra.append(
      .init(file: "b.json", isConverged: false, largestRelativeResidual: 0.3))
    #expect(subject.eigenvalues.isFound)
  }

  @Test("samples within the noise of exact ones are at the floor")
  func floor() {
    #expect(!healthySubject().noiseFloor.isFound && !healthySubject().noiseFloor.isUnknown)
    #expect(healthySubject().setting("slicedWasserstein") { _ in 0.113 }.noiseFloor.isFound)
    var subject = healthySubject()
    subject.floors = [:]
    #expect(subject.noiseFloor.isUnknown)
  }
}
