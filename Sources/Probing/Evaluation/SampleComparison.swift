// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
internal import GroundTruth
public import Measures
internal import RandomStreams

/// How far a sample is from a source, and what an exact sample of the same size scores.
public struct SampleComparison: Sendable, Equatable {
  /// A measured number beside the one of an exact sample.
  public struct Reading: Sendable, Equatable {
    public let value: Estimate
    public let floor: Estimate
  }

  public let slicedWasserstein: Reading
  public let energyDistance: Reading
  /// Where the law is known.
  public let fractionInsideModes: Reading?
  /// Of uniform boxes in the plane, ``boxesHistogramDivergence(_:target:)``.
  public let histogramDivergence: Reading?

  /// How many points can be compared: the energy distance costs their number squared.
  public static let validCounts = 16...65_536

  /// Compares points, row-major, with fresh data of the same number.
  ///
  /// - Precondition: there are as many points as ``validCounts`` permits, and the source has twice as many to
  ///   measure with.
  public init(_ samples: [Double], source: any DataSource, seed: UInt64) {
    let d = source.dimension
    let count = samples.count / d
    precondition(
      Self.validCounts.contains(count), "\(count) points are not in \(Self.validCounts)")
    let drawn = source.measurementSamples(
      for: [.comparisonData, .comparisonExactSample], count: count, seed: seed)
    let (data, exact) = (drawn[0], drawn[1])
    let directions = comparisonDirections(
      dimension: d, stream: RandomStream(seed: seed, purpose: .comparisonDirections))
    func reading(_ measure: ([Double]) -> Estimate) -> Reading {
      Reading(value: measure(samples), floor: measure(exact))
    }
    let reference = ReferenceSample(Points(data, dimension: d), along: directions)
    slicedWasserstein = reading {
      slicedWassersteinDistance(Points($0, dimension: d), to: reference)
    }
    energyDistance = reading {
      Measures.energyDistance(Points($0, dimension: d), to: reference)
    }
    fractionInsideModes = (source as? any ExactTarget).map { law in
      reading { points in
        let inside = (0..<count).count { row in
          law.isInside(Array(points[row * d..<(row + 1) * d]))
        }
        return Estimate(successes: inside, of: count)
      }
    }
    if let boxes = source as? UniformBoxes, d == 2 {
      let divergence = boxesHistogramDivergence(Points(samples, dimension: d), target: boxes)
      histogramDivergence = Reading(value: divergence.value, floor: divergence.floor)
    } else {
      histogramDivergence = nil
    }
  }
}

/// The directions of a sliced distance: evenly spaced in the plane, random elsewhere.
func comparisonDirections(dimension: Int, stream: RandomStream) -> Directions {
  if dimension == 2 { return .evenlySpaced(count: 32) }
  var generator = stream.generator()
  return .random(count: 64, dimension: dimension, using: &generator)
}
