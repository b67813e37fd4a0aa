// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import RandomStreams
import Testing

@Suite struct MixtureSamplerTests {
  private let stream = RandomStream(seed: 7, purpose: "data", step: 3)

  @Test("moments are those of the mixture", arguments: [1, 2, 5]) func moments(d: Int) throws {
    let mixture = try generalMixture(dimension: d)
    let count = 200_000
    let samples = mixture.samples(count: count, stream: stream)
    for i in 0..<d {
      let wantMean = mixture.components.reduce(0) { $0 + $1.weight * $1.mean[i] }
      var mean = 0.0
      for row in 0..<count { mean += samples[row * d + i] / Double(count) }
      // Five standard errors; every marginal variance here is below 1.5.
      #expect(abs(mean - wantMean) < 5 * (1.5 / Double(count)).squareRoot())
      for j in 0...i {
        let want = mixture.components.reduce(0) {
          $0 + $1.weight * ($1.covariance[i][j] + $1.mean[i] * $1.mean[j])
        }
        var product = 0.0
        for row in 0..<count {
          product += samples[row * d + i] * samples[row * d + j] / Double(count)
        }
        #expect(abs(product - want) < 5 * (6 / Double(count)).squareRoot())
      }
    }
  }

  @Test("labels come with the frequencies of their weights, and with their samples")
  func labels() throws {
    let mixture = try GaussianMixture(
      weights: [1, 2, 5], means: [[0], [10], [20]], deviation: 0.5, labels: [3, 1, 2])
    let count = 40_000
    var (samples, labels) = (
      [Double](repeating: 0, count: count), [Int32](repeating: 0, count: count)
    )
    samples.withUnsafeMutableBufferPointer { samples in
      labels.withUnsafeMutableBufferPointer {
        MixtureSampler(mixture).fill(samples, rows: 0..<count, stream: stream, labels: $0)
      }
    }
    let means: [Int32: Double] = [3: 0, 1: 10, 2: 20]
    #expect(zip(samples, labels).allSatisfy { abs($0 - (means[$1] ?? .infinity)) < 4 })
    for (label, weight) in [(Int32(3), 0.125), (1, 0.25), (2, 0.625)] {
      let share = Double(labels.count { $0 == label }) / Double(count)
      #expect(abs(share - weight) < 5 * (weight * (1 - weight) / Double(count)).squareRoot())
    }
  }

  @Test("rows do not depend on how the batch is split, in either precision")
  func splits() throws {
    let mixture = try MixturePreset.skewed3.mixture()
    let sampler = MixtureSampler(mixture)
    let whole = mixture.samples(count: 300, stream: stream)
    var single = [Float](repeating: 0, count: 600)
    single.withUnsafeMutableBufferPointer { sampler.fill($0, rows: 0..<300, stream: stream) }
    for split in [1, 63, 64, 65, 200] {
      var (parts, singles) = (whole.map { _ in 0.0 }, single.map { _ in Float(0) })
      for rows in [split..<300, 0..<split] {
        parts.withUnsafeMutableBufferPointer {
          sampler.fill(
            UnsafeMutableBufferPointer(rebasing: $0[(2 * rows.lowerBound)...]), rows: rows,
            stream: stream)
        }
        singles.withUnsafeMutableBufferPointer {
          sampler.fill(
            UnsafeMutableBufferPointer(rebasing: $0[(2 * rows.lowerBound)...]), rows: rows,
            stream: stream)
        }
      }
      #expect(parts == whole)
      #expect(singles == single)
    }
    #expect(mixture.samples(count: 0, stream: stream) == [])
    #expect(largestDifference(single.map(Double.init), whole) < 1e-4)
    #expect(mixture.samples(count: 300, stream: stream.at(step: 4)) != whole)
  }
}
