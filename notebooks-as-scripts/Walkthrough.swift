// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import Plotting
public import Training

/// One walkthrough: an experiment told in prose, with its numbers and its figure.
///
/// The files beside this one are meant to be read from top to bottom. Each prints what a reader should
/// know, runs the experiment, prints the numbers that carry (or do not carry) the claim, writes the data
/// to `data/figureN.json` and draws the figure from that file alone.
public protocol Walkthrough {
  /// The number of the figure.
  static var number: Int { get }
  static var title: String { get }
  /// What the reader will learn, in a sentence or two for `--help`.
  static var summary: String { get }
  static func run(_ session: WalkthroughSession) throws
}

/// Every walkthrough, by number.
public var walkthroughs: [any Walkthrough.Type] {
  [
    FromTensorToKernel.self, ExactGroundTruth.self, ConditionalVelocities.self, DegenerateMaps.self,
    ExactDegenerateMap.self, RelaxingEndTimes.self, LossLandscapes.self, WellPosedness.self,
    FiniteDifferenceTangents.self, SelfDistillationFamily.self, DiscreteToContinuous.self,
    GuidanceInTraining.self, LinearOrTrigonometric.self, SameCoreOnImages.self,
    WeightingAndDimension.self, ImageStudies.self,
  ]
}

/// The settings a reader can change, and where the output goes.
public struct WalkthroughSession: Sendable {
  /// Base seed; further seeds count up from it.
  public let seed: UInt64
  public let threads: Int
  public let precision: Precision
  /// More seeds and steps.
  public let isThorough: Bool
  /// The folder for pictures; their data go to `data` below it.
  public let folder: String
  public let format: FigureFormat
  /// A target other than the walkthrough's own: a preset's name or a file.
  public let target: String?
  /// Receives the prose, the numbers and the claims.
  private let tell: @Sendable (Passage) -> Void

  public init(
    seed: UInt64 = 0, threads: Int, precision: Precision = .float32, isThorough: Bool = false,
    folder: String = "figures", format: FigureFormat = .png, target: String? = nil,
    tell: @escaping @Sendable (Passage) -> Void
  ) {
    self.seed = seed
    self.threads = threads
    self.precision = precision
    self.isThorough = isThorough
    self.folder = folder
    self.format = format
    self.target = target
    self.tell = tell
  }

  func print(_ text: String) { tell(.prose(text)) }
  func print(_ claim: Claim) { tell(.claim(claim)) }

  func picturePath(_ number: Int) -> String { "\(folder)/figure\(number).\(format.rawValue)" }
  func dataPath(_ number: Int) -> String { "\(folder)/data/figure\(number).json" }
}
