// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import FlowMaps
import Networks
import Training

/// What the network is told about each sample, and guidance by it.
struct ConditionOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Tell the network the class of each sample, which the source must have; --guidance, --guidance-up-to "
        + "and --label-dropout do so, too."))
  var classConditional = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Train the guided flow of this scale (Pre-CFG); 1 is the conditional flow itself (default: 1).",
      valueName: "scale"))
  var guidance: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draw the scale of each sample from --guidance up to this, and tell the network (default: one scale for all).",
      valueName: "scale"))
  var guidanceUpTo: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the samples whose class is withheld, from 0 to below 1; with 0 the map without a class stays "
        + "untrained (default: \(Self.defaultDropout)).", valueName: "share"))
  var labelDropout: Double?

  private static let defaultDropout = 0.1

  /// - Parameter classCount: the classes of the source.
  func settings(classCount: Int) -> [Setting] {
    let isTold = classConditional || guidance != nil || guidanceUpTo != nil || labelDropout != nil
    return [
      Setting(
        "--class-conditional", isTold ? true : nil,
        current: { $0.network.classCount > 0 ? "classes" : "no classes" },
        apply: { configuration, _ in
          guard classCount > 0 else {
            throw Setting.error(
              "--class-conditional", "asked for", accepted: "it with a source that has classes")
          }
          guard configuration.network.classCount != classCount else { return }
          configuration.network = configuration.network.with(
            classCount: classCount, observationSize: configuration.network.observationSize)
          configuration.loss.guidance.labelDropout = Self.defaultDropout
        }),
      Setting(
        "--guidance", guidance, current: { "\($0.loss.guidance.scale)" },
        apply: { configuration, scale in configuration.loss.guidance.scale = scale }),
      Setting(
        "--guidance-up-to", guidanceUpTo,
        current: { $0.loss.guidance.largestScale.map { "\($0)" } ?? "one scale" },
        apply: { configuration, largest in
          configuration.loss.guidance.largestScale = largest
          configuration.network = configuration.network.takingGuidance(true)
        }),
      Setting(
        "--label-dropout", labelDropout, current: { "\($0.loss.guidance.labelDropout)" },
        apply: { configuration, share in configuration.loss.guidance.labelDropout = share }),
    ].compactMap { $0 }
  }
}
