// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Networks
import Training

/// A published way of training.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Settings of a published way of training, scaled to the network; other options override them. A source with "
        + "classes is told them.\n" + recipeList, valueName: "name"))
  var recipe: Recipe?

  var isGiven: Bool { recipe != nil }

  /// Takes the recipe's settings, before any option overrides them.
  func apply(to configuration: inout TrainingConfiguration, source: any DataSource) {
    guard let recipe else { return }
    if source.classCount > 0 {
      configuration.network = configuration.network.with(
        classCount: source.classCount, observationSize: source.observationSize)
    }
    configuration.follow(recipe)
  }
}

private let recipeList = Recipe.allCases.map { "\($0.rawValue): \($0.summary)" }
  .joined(separator: "\n")

extension Recipe: ExpressibleByArgument {}
