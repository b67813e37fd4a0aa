// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Files
import Foundation
import Measures
import Plotting
import Runs

// # Figure 13: The same core on images
//
// The trainer, the objectives, the sampler and the measurements of the plane, on pictures. First where truth is
// known: drawn digits of 64 pixels, a Gaussian mixture whose flow map can be integrated. Then where it is not:
// Fashion-MNIST at 14 × 14 pixels, a transformer on patches, told the class.

public enum SameCoreOnImages: Walkthrough {
  public static let number = 13
  public static let title = "The same core on images"
  public static let summary = """
    A transformer learns the flow map of drawn digits, held against the exact one in 64 dimensions, and of \
    Fashion-MNIST at 14 x 14 pixels: samples in 1, 2 and 4 steps through training, Fréchet distances against flow \
    matching with 64 steps. The runs on Fashion-MNIST are kept beside the picture and continued when they are \
    interrupted. Needs the package dataset-fashion-mnist.
    """

  public static func run(_ session: WalkthroughSession) throws {
    if let other = session.target {
      throw ConfigurationError(
        setting: "target", value: other, accepted: "none: figure 13 has sources of its own")
    }
    // Whether the images are there is found out first.
    let clothes = try ClothesStudy(session)
    session.print(prologue)

    // ## Digits, where the exact flow map is known
    let digits = try DigitStudy(session).run()
    session.print(DigitStudy.results(digits))

    // ## Fashion-MNIST
    let images = try clothes.run()
    session.print(clothes.results(images))

    // ## What is shown, and what is not
    for claim in claims(digits, images) { session.print(claim) }
    try session.deliver(
      Picture(digits: digits, clothes: images, isThorough: session.isThorough), number: number,
      draw: draw)
  }

  private static let prologue = """
    Figure 13 · The same core on images

    Digits: 8 × 8 pixels, a drawn digit in ink (1) on paper (−1) with noise of deviation 0.2. Of a class that is one
    Gaussian with mean m the flow map is f*(z;1,0) = m + 0.2 z. Where a class has three places, or no class is told,
    the map has to choose: it is close to a step function of z, and the choice is made near t = 1.

    Fashion-MNIST: improved self-distillation and flow matching train one network, the second for about the same
    time. Distances are measured in the features of a classifier of the same images, against 10,000 that were held
    out of training.

    """
}

// MARK: - Claims

extension SameCoreOnImages {
  /// The claims of both parts.
  static func claims(_ drawn: [DigitRun], _ clothes: ClothesResults) -> [Claim] {
    var claims: [Claim] = []
    if let told = drawn.first, let first = told.rows.first, let last = told.rows.last {
      claims.append(
        Claim(
          statement:
            "Told the class of one Gaussian, the LED of a transformer in 64 dimensions falls below a tenth.",
          isShown: Estimate(
            value: first.led.value / 10, standardError: first.led.standardError / 10, count: 0
          ).isShown(above: last.led),
          evidence: "LED \(first.led) → \(last.led), flow-map error \(first.mapError) → "
            + "\(last.mapError)"))
    }
    for run in drawn.dropFirst() {
      guard let last = run.rows.last else { continue }
      claims.append(
        Claim(
          statement:
            "\(run.name): the one-step map does better than the mean of what it has to choose from.",
          isShown: last.mapError.isShown(below: run.meanError),
          evidence: "flow-map error \(last.mapError), that of the mean \(digits(run.meanError)); "
            + "inside modes \(last.inside)"))
    }
    guard let isd = clothes.runs.first(where: { $0.name == ClothesStudy.distilled }),
      let matching = clothes.runs.first(where: { $0.name == ClothesStudy.matching }),
      let one = isd.readings[1], let two = isd.readings[2],
      let oneStep = matching.readings[1], let many = matching.readings[64]
    else { return claims }
    claims.append(
      Claim(
        statement:
          "In one step improved self-distillation is nearer to the data than flow matching.",
        isShown: oneStep.isShown(above: one), evidence: "Fréchet \(one) against \(oneStep)"))
    claims.append(
      Claim(
        statement:
          "In two steps it is within 1.5 times the distance of flow matching with 64 steps and equal time.",
        isShown: Estimate(
          value: 1.5 * many.value, standardError: 1.5 * many.standardError, count: 0
        ).isShown(above: two),
        evidence: "Fréchet \(two) against 1.5 × \(many); floor of two halves \(clothes.floor)"))
    return claims
  }
}
