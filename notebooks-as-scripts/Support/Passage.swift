// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Foundation
public import Plotting

/// What a walkthrough says: a stretch of its prose and numbers, or a claim with its verdict.
public enum Passage: Codable, Sendable, Hashable {
  case prose(String)
  case claim(Claim)

  /// As it is printed.
  public var text: String {
    switch self {
    case .prose(let text): text
    case .claim(let claim): claim.text
    }
  }
}

/// A walkthrough whose picture is drawn from its data file alone.
protocol DrawnFromData: Walkthrough {
  /// What the data file holds.
  associatedtype Picture: Codable
  static func draw(_ data: Picture) -> Figure
}

extension DrawnFromData {
  static func figure(drawnFrom data: Data, path: String) throws -> Figure {
    draw(try JSON.decode(from: data, path: path))
  }
}

/// The picture of a walkthrough, drawn from the bytes of its data file.
///
/// - Parameter path: names the file in errors.
/// - Throws: what reading the data throws, as of a file that another version has written.
public func figure(
  of walkthrough: any Walkthrough.Type, drawnFrom data: Data, path: String
) throws -> Figure {
  guard let drawn = walkthrough as? any DrawnFromData.Type else {
    preconditionFailure("figure \(walkthrough.number) is not drawn from its data")
  }
  return try drawn.figure(drawnFrom: data, path: path)
}

extension FromTensorToKernel: DrawnFromData {}
extension ExactGroundTruth: DrawnFromData {}
extension ConditionalVelocities: DrawnFromData {}
extension DegenerateMaps: DrawnFromData {}
extension ExactDegenerateMap: DrawnFromData {}
extension RelaxingEndTimes: DrawnFromData {}
extension LossLandscapes: DrawnFromData {}
extension WellPosedness: DrawnFromData {}
extension FiniteDifferenceTangents: DrawnFromData {}
extension SelfDistillationFamily: DrawnFromData {}
extension DiscreteToContinuous: DrawnFromData {}
extension GuidanceInTraining: DrawnFromData {}
extension LinearOrTrigonometric: DrawnFromData {}
extension SameCoreOnImages: DrawnFromData {}
extension WeightingAndDimension: DrawnFromData {}
extension ImageStudies: DrawnFromData {}
