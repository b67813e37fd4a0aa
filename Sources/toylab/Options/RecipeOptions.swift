// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Files
import Networks
import Training

/// The network by the name of its size, and a published way of training it.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Network by its size, fitted to the source: \(networkList). A file gives any size (default: perceptron).",
      valueName: "name"))
  var network: NetworkPreset?

  @Option(
    help: ArgumentHelp(
      "Settings of a published way of training, scaled to the network; other options override them. A source with "
        + "classes is told them.\n" + recipeList, valueName: "name"))
  var recipe: Recipe?

  /// The options given, with their dashes.
  var given: [String] {
    [("--network", network != nil), ("--recipe", recipe != nil)].filter(\.1).map(\.0)
  }

  /// Takes the network and the recipe's settings, before any option overrides them.
  ///
  /// - Throws: `ConfigurationError` for a network of images on other points.
  func apply(
    to configuration: inout TrainingConfiguration, source: any DataSource
  ) throws(ConfigurationError) {
    if let network {
      configuration.network = try network.network(
        shape: source.pointShape, classCount: configuration.network.classCount,
        observationSize: source.observationSize)
    }
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

private let networkList = NetworkPreset.all.map(\.name).joined(separator: ", ")
