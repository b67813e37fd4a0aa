// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Files
import FlowMaps
import Foundation
import Interpolants
import Measures
import Plotting
import Probing
import Runs

// # Figure 16: The image experiments
//
// What the sources ask of images, asked again where an answer takes minutes: Fashion-MNIST, small networks, one way of
// training of which each experiment changes one thing. The runs are kept beside the picture; what was interrupted
// goes on.

public enum ImageStudies: Walkthrough {
  public static let number = 16
  public static let title = "The image experiments"
  public static let summary = """
    Fashion-MNIST in many small runs: the spread over seeds with s = 0 and s < t, and their landscapes; guidance in \
    training and in sampling; seven objectives at equal budget; transformer and U-Net on pixels and on two spaces of \
    latents; what LED along a teacher's velocity tells of the Fréchet distance; training that begins from flow \
    matching. Runs are kept beside the picture and continued. Needs the package dataset-fashion-mnist.
    """

  public static func run(_ session: WalkthroughSession) throws {
    if let other = session.target {
      throw ConfigurationError(
        setting: "target", value: other, accepted: "none: figure 16 has a source of its own")
    }
    let experiments = try ImageExperiments(session)
    session.print(prologue(experiments))

    // ## Relaxed times and the spread over seeds
    let spread = try experiments.spread()
    let landscapes = try ImageExperiments.spreadTimes.map {
      LandscapePicture(
        try experiments.landscape($0.name),
        title: $0.method.name,
        colors: [Palette.vermilion])
    }
    session.print(spreadTable(spread))

    // ## Guidance in training, and in sampling on top
    let guidance = try experiments.guidance()
    session.print(guidanceTable(guidance))

    // ## Objectives at equal budget, and what LED tells
    let teacher = try experiments.teacher()
    let objectives = try experiments.objectives(taughtBy: teacher.network)
    session.print(objectivesTable(objectives, teacher: teacher.measured))
    let correlations = LossCorrelations(objectives)
    session.print(correlations.text)

    // ## Network, space and weighting
    let grid = try experiments.grid()
    session.print(gridTable(grid.cells, grid.spaces))

    // ## From scratch, or from flow matching
    let initialized = try experiments.initialized()
    session.print(startTable(scratch: objectives[ImageExperiments.improved] ?? [], initialized))

    // ## What is shown, and what is not
    let picture = Picture(
      spread: spread, landscapes: landscapes, guidance: guidance, teacher: teacher.measured,
      objectives: objectives, correlations: correlations, cells: grid.cells, spaces: grid.spaces,
      initialized: initialized, floor: experiments.small.floor,
      largeFloor: experiments.large.floor, steps: experiments.sizes.steps,
      batch: experiments.sizes.batch, width: experiments.sizes.width,
      depth: experiments.sizes.depth, samples: experiments.sizes.samples,
      isThorough: session.isThorough)
    for claim in claims(picture) { session.print(claim) }
    session.print("")
    try session.deliver(picture, number: number, draw: draw)
  }

  private static func prologue(_ experiments: ImageExperiments) -> String {
    let sizes = experiments.sizes
    return """
      Figure 16 · The image experiments

      Fashion-MNIST, told the class. The common way of training: a transformer of \(sizes.depth) blocks of \(sizes.width) features on \
      14 × 14 pixels in patches of 2 × 2, iSD on the linear interpolant with relaxed times, flow matching on three rows \
      of four, no weights, a falling rate, \(sizes.steps) steps of \(sizes.batch) images, unguided. Each experiment changes one thing.

      Every distance is that of \(sizes.samples) samples of the last parameters, in 64 features of a classifier, to the 10,000 held-out \
      images. Two halves of those are \(experiments.small.floor) apart (14 × 14), \(experiments.large.floor) (28 × 28). Fewer samples read larger distances: only \
      those of one figure are to be compared. So short runs tell of the beginning of training, and not of its end.

      Runs are kept in \(experiments.kept.folder); the command given again goes on where it was stopped.

      """
  }
}

extension ImageExperiments.Space {
  /// The Fréchet distance of two halves of the held-out images.
  var floor: Estimate {
    reference.evaluation.floor?.frechet.mean
      ?? Estimate(value: .nan, standardError: .nan, count: 0)
  }
}
