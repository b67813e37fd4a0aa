// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import GroundTruth
import Testing

@Suite struct SourceNameTests {
  @Test("shapes and curves are found by name", arguments: ShapePreset.allCases)
  func names(shape: ShapePreset) throws {
    #expect(try namedSource(shape.rawValue) as? UniformBoxes == shape.target())
    #expect(try namedSource("four") as? GaussianMixture == MixturePreset.four.mixture())
    #expect(
      try namedSource("moons:0.05") as? GaussianMixture
        == CurvePreset.moons.mixture(deviation: 0.05))
    #expect(throws: ConfigurationError.self) { try namedSource("rings:-1") }
    #expect(throws: UnknownSourceError.self) { try namedSource("chekerboard") }
  }

  @Test("a uniform shape takes no deviation, and is no mixture")
  func deviation() {
    #expect(throws: ConfigurationError.self) { try namedSource("plus:0.1") }
    #expect(throws: ConfigurationError.self) { try namedSource("plus", deviation: 0.1) }
    #expect(throws: ConfigurationError.self) { try GaussianMixture.named("plus") }
  }
}
