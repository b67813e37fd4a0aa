// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import FlowMaps
import GroundTruth
import Networks
import Testing
import Training

@Suite struct RecipeTests {
  private func network(width: Int = 16, classCount: Int = 10) -> FlowMapTransformer {
    FlowMapTransformer(
      TransformerConfiguration(
        imageSize: 8, patchSize: 4, channels: 1, width: width, depth: 1, heads: 2,
        classCount: classCount))
  }

  private func configuration(
    _ recipe: Recipe, _ network: FlowMapTransformer, steps: Int = 1000
  ) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(network: network, steps: steps)
    configuration.follow(recipe)
    return configuration
  }

  @Test(
    "every recipe is a valid configuration, with classes and without", arguments: Recipe.allCases)
  func valid(recipe: Recipe) throws {
    for steps in [1, 3, 1000, 400_000] {
      try configuration(recipe, network(), steps: steps).validate()
      try configuration(recipe, network(classCount: 0), steps: steps).validate()
    }
    #expect(configuration(recipe, network(classCount: 0)).loss.guidance == .none)
    #expect(configuration(recipe, network()).loss.guidance.labelDropout == 0.1)
  }

  @Test("at the published size and length the published rate and average come out")
  func published() {
    let configuration = configuration(.isdT, network(width: 768), steps: 400_000)
    #expect(configuration.schedule.peak == 1e-4)
    #expect(abs(configuration.averageDecays[0] - 0.99995) < 1e-12)
    #expect(configuration.loss.guidance.scale == 5)
    #expect(abs(self.configuration(.isdT, network(width: 64)).schedule.peak - 1.2e-3) < 1e-15)
  }

  @Test("every recipe trains a small transformer on labelled images", arguments: Recipe.allCases)
  func training(recipe: Recipe) throws {
    var configuration = configuration(recipe, network(), steps: 12)
    configuration.batch = 24
    let trainer = Trainer<Float>(
      configuration, source: try GlyphPreset.glyphs.mixture(), pool: WorkerPool(threads: 1))
    let start = trainer.parameters.values
    while trainer.step < configuration.steps {
      let report = try trainer.advance()
      #expect(report.loss.isFinite && report.gradientNorm.isFinite)
    }
    #expect(trainer.parameters.values != start)
  }
}
