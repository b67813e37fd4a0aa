// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import Measures
public import Probing

/// What `toylab likelihood` tells of all points together.
public struct LikelihoodReport: Codable, Sendable {
  /// How the log-likelihoods were found.
  public enum Method: String, Codable, Sendable {
    case velocity
    case map
  }

  public let subject: ProbeSubject
  public let method: Method
  public let points: Int
  /// The mean over the points that have one; nil if none has.
  public let logLikelihood: Estimate?
  /// The mean of the exact law over the same points, where it is known.
  public let exactLogLikelihood: Estimate?
  /// The mean of the absolute differences between both.
  public let difference: Estimate?

  // Along the velocity.
  public let tolerance: Double?
  public let largestError: Double?
  public let fewestSteps: Int?
  public let mostSteps: Int?
  /// `|x_T|²/d`, 1 for standard normal noise.
  public let squaredNoise: Estimate?

  // Of the map.
  public let foldedShare: Double?
  /// Points with more than one root.
  public let severalRoots: Int?
  /// Points on which no noise is mapped.
  public let withoutRoot: Int?
  /// Points of which roots are missing.
  public let missingRoots: Int?

  /// - Parameter dimension: of the points.
  public init(
    subject: ProbeSubject, of likelihood: RunLikelihood, points: Int, dimension: Int,
    tolerance: Double
  ) {
    self.subject = subject
    method = .velocity
    self.points = points
    let pairs = Self.means(likelihood.logDensities, likelihood.exact)
    (logLikelihood, exactLogLikelihood, difference) = pairs
    self.tolerance = tolerance
    largestError = likelihood.errors.max()
    fewestSteps = likelihood.stepCounts.lowerBound
    mostSteps = likelihood.stepCounts.upperBound
    squaredNoise = Estimate(
      meanOf: (0..<points).map { row in
        likelihood.noise[row * dimension..<(row + 1) * dimension].reduce(0) { $0 + $1 * $1 }
          / Double(dimension)
      })
    (foldedShare, severalRoots, withoutRoot, missingRoots) = (nil, nil, nil, nil)
  }

  public init(subject: ProbeSubject, of density: RunMapDensity, points: Int) {
    self.subject = subject
    method = .map
    self.points = points
    var (logs, exact): ([Double], [Double]) = ([], [])
    var (several, without, missing) = (0, 0, 0)
    for (row, answer) in density.answers.enumerated() {
      switch answer {
      case .density(let log, let roots):
        logs.append(log)
        if let known = density.exact { exact.append(known[row]) }
        if roots > 1 { several += 1 }
      case .noRoot: without += 1
      case .missingRoots: missing += 1
      }
    }
    let pairs = Self.means(logs, density.exact == nil ? nil : exact)
    (logLikelihood, exactLogLikelihood, difference) = pairs
    (tolerance, largestError, fewestSteps, mostSteps, squaredNoise) = (nil, nil, nil, nil, nil)
    foldedShare = density.foldedShare
    (severalRoots, withoutRoot, missingRoots) = (several, without, missing)
  }

  private static func means(
    _ found: [Double], _ exact: [Double]?
  ) -> (found: Estimate?, exact: Estimate?, difference: Estimate?) {
    guard !found.isEmpty else { return (nil, nil, nil) }
    return (
      Estimate(meanOf: found), exact.map { Estimate(meanOf: $0) },
      exact.map { Estimate(meanOf: zip(found, $0).map { abs($0 - $1) }) }
    )
  }

  /// Lines for people.
  ///
  /// - Parameter file: where the points came from.
  public func text(file: String) -> String {
    func number(_ value: Double) -> String { String(format: "%.3g", value) }
    var lines = [subject.text]
    switch method {
    case .velocity:
      lines.append("\(points) points of \(file), carried along the velocity F(x; t, t)")
    case .map:
      lines.append("\(points) points of \(file), density of the map f(z; T, 0)")
    }
    lines.append("")
    lines.append("mean log-likelihood         \(logLikelihood.map { "\($0)" } ?? "not known")")
    if let exactLogLikelihood, let difference {
      lines.append("of the exact law            \(exactLogLikelihood)")
      lines.append("mean |difference|           \(difference)")
    }
    if let largestError, let tolerance, let fewestSteps, let mostSteps, let squaredNoise {
      lines.append(
        "largest error estimate      \(number(largestError)) (tolerance \(number(tolerance)), "
          + "\(fewestSteps == mostSteps ? "" : "\(fewestSteps) to ")\(mostSteps) steps cut in two)")
      lines.append("noise, |x_T|^2/d            \(squaredNoise) (1 if it is standard normal)")
    }
    if let foldedShare, let severalRoots, let withoutRoot, let missingRoots {
      lines.append("folded share of the noise   \(number(foldedShare))")
      lines.append("points with several roots   \(severalRoots)")
      lines.append(
        "points refused              \(withoutRoot + missingRoots) (\(withoutRoot) on which no noise is "
          + "mapped, \(missingRoots) with roots missing)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
