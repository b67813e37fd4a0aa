// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import RandomStreams
import Testing

@testable import GroundTruth

/// Components of one covariance, so many that they are evaluated in blocks.
private func fineMixture(
  count: Int, dimension: Int, isTied: Bool, deviation: Double = 0.1
) throws -> GaussianMixture {
  let stream = RandomStream(seed: 9, purpose: "cloud")
  let means = stream.normals(rows: count, draws: dimension)
  let spread = stream.at(step: 1).normals(rows: count, draws: 1)
  let direction = (0..<dimension).map { cos(Double($0)) }
  let covariance = direction.indices.map { row in
    direction.indices.map { column in
      (row == column ? deviation * deviation : 0)
        + (isTied ? deviation * deviation * direction[row] * direction[column] : 0)
    }
  }
  return try GaussianMixture(
    weights: spread.map { exp(4 * $0) },
    means: (0..<count).map { Array(means[$0 * dimension..<($0 + 1) * dimension]) },
    covariances: Array(repeating: covariance, count: count),
    labels: (0..<count).map { $0 % 3 })
}

/// The velocity of a mixture by the sums over components with a matrix each.
private struct GeneralVelocity: ExactVelocity {
  let mixture: GaussianMixture
  var dimension: Int { mixture.dimension }

  func marginal(at time: Double, _ interpolant: any Interpolant) -> MixtureMarginal {
    MixtureMarginal(
      .general(MixtureParameters(mixture.components, dimension: dimension)), time: time,
      Schedule(interpolant).values(at: time))
  }

  func evaluator(_ interpolant: any Interpolant) -> VelocityEvaluator {
    VelocityEvaluator { x, time, velocity, jacobian in
      let marginal = marginal(at: time, interpolant)
      marginal.velocity(at: x, into: velocity)
      if let jacobian { marginal.velocityJacobian(at: x, into: jacobian) }
    }
  }
}

private func isFine(_ mixture: GaussianMixture) -> Bool {
  if case .fine = mixture.form { return true }
  return false
}

@Suite struct FineMixtureTests {
  private let stream = RandomStream(seed: 7, purpose: "data", step: 3)

  @Test(
    "every value agrees with the sums over components with a matrix each",
    arguments: [(1, true), (2, false), (2, true), (5, true), (64, false)])
  func agreement(dimension: Int, isTied: Bool) throws {
    // In the plane enough for series of many sizes.
    let mixture = try fineMixture(
      count: dimension == 2 ? 6000 : 1100, dimension: dimension, isTied: isTied)
    #expect(isFine(mixture))
    let general = GeneralVelocity(mixture: mixture)
    // Velocities and their Jacobians vanish by cancellation of terms of order 1 at some ends.
    func check(_ got: [Double], _ want: [Double], _ what: String, terms: Double = 0) {
      let scale = want.reduce(terms) { max($0, $1.magnitude) }
      #expect(largestDifference(got, want) <= 2e-12 * scale, "\(what)")
    }
    for interpolant in interpolants {
      for fraction in dimension < 64 ? [0, 1e-6, 0.03, 0.2, 0.7, 1] : [0.6] {
        let time = fraction * interpolant.endTime
        let (fine, whole) = (
          mixture.marginal(at: time, interpolant), general.marginal(at: time, interpolant)
        )
        let near = mixture.components[17].mean.map { (1 - fraction) * $0 + 0.03 }
        for x in [near, near.map { 7 - $0 }, Array(repeating: 0, count: dimension)] {
          let place = "d \(dimension), \(interpolant.name), t \(time), x \(x.prefix(2))"
          check([fine.logDensity(x)], [whole.logDensity(x)], "density, \(place)")
          check(fine.score(x), whole.score(x), "score, \(place)")
          check(fine.velocity(x), whole.velocity(x), "velocity, \(place)", terms: 1)
          check(fine.responsibilities(x), whole.responsibilities(x), "shares, \(place)")
          check(
            fine.velocityCovariance(x).flatMap { $0 }, whole.velocityCovariance(x).flatMap { $0 },
            "covariance, \(place)")
          check(
            fine.velocityJacobian(x).flatMap { $0 }, whole.velocityJacobian(x).flatMap { $0 },
            "Jacobian, \(place)", terms: 1)
        }
      }
    }
  }

  @Test("the flow map and its Jacobian agree too, and carry the density")
  func flowMap() throws {
    let mixture = try fineMixture(count: 1100, dimension: 2, isTied: true)
    let general = GeneralVelocity(mixture: mixture)
    for interpolant in interpolants {
      let end = interpolant.endTime
      let fine = ExactFlowMap(of: mixture, interpolant: interpolant, relativeTolerance: 1e-11)
      let whole = ExactFlowMap(of: general, interpolant: interpolant, relativeTolerance: 1e-11)
      let x = [0.7, -1.2]
      let (a, b) = (
        try fine.mapWithJacobian(x, from: end, to: 0),
        try whole.mapWithJacobian(x, from: end, to: 0)
      )
      #expect(largestDifference(a.value, b.value) < 1e-10)
      #expect(largestDifference(a.jacobian.flatMap { $0 }, b.jacobian.flatMap { $0 }) < 1e-9)
      let left = mixture.marginal(at: end, interpolant).logDensity(x)
      let right = mixture.marginal(at: 0, interpolant).logDensity(a.value)
      #expect(abs(left - right - log(determinant(a.jacobian).magnitude)) < 1e-8)
      #expect(throws: FlowMapError.self) { try fine.map([1e300, 0], from: end, to: 0) }
      #expect(
        try fine.maps(x + x + [0.1, 0.2], from: end, to: 0, threads: 2)
          == fine.maps(x + x + [0.1, 0.2], from: end, to: 0))
    }
  }

  @Test("a guided velocity of a fine mixture is that of its parts")
  func guidance() throws {
    let mixture = try fineMixture(count: 4000, dimension: 2, isTied: false)
    let guided = try GuidedVelocity(mixture, label: 1, scale: 2.5)
    #expect(isFine(guided.conditional))
    let fill = guided.evaluator(LinearInterpolant()).fill
    var (velocity, jacobian) = ([0.0, 0], [0.0, 0, 0, 0])
    fill([0.3, 0.4], 0.4, &velocity, &jacobian)
    let marginal = guided.marginal(at: 0.4, LinearInterpolant())
    #expect(largestDifference(velocity, marginal.velocity([0.3, 0.4])) < 1e-14)
    let want = marginal.velocityJacobian([0.3, 0.4]).flatMap { $0 }
    #expect(largestDifference(jacobian, want) < 1e-14)
  }

  @Test("10^5 points: far ones are passed over, and sums of 10^5 weights are right")
  func manyPoints() throws {
    let count = 100_000
    let points = stream.normals(rows: count, draws: 2)
    let cloud = try GaussianMixture(points: points, dimension: 2, deviation: 0.02)
    #expect(cloud.labels == [0] && cloud.classCount == 0 && isFine(cloud))
    for (time, x) in [(0.02, [0.3, -0.2]), (0.5, [0.4, 0.1]), (0.3, [8, 0])] {
      let marginal = cloud.marginal(at: time, LinearInterpolant())
      // The posterior mean of the data by scalar sums in the order of the points.
      let variance = (1 - time) * (1 - time) * 0.0004 + time * time
      func exponent(_ row: Int) -> Double {
        let (a, b) = (
          x[0] - (1 - time) * points[2 * row], x[1] - (1 - time) * points[2 * row + 1]
        )
        return -0.5 * (a * a + b * b) / variance
      }
      let largest = (0..<count).reduce(-Double.infinity) { max($0, exponent($1)) }
      var (total, mean) = (0.0, [0.0, 0])
      for row in 0..<count {
        let share = exp(exponent(row) - largest)
        total += share
        for axis in 0..<2 { mean[axis] += share * points[2 * row + axis] }
      }
      let want = zip(x, mean).map { x, sum in
        -(x - (1 - time) * sum / total) / variance
      }
      let scale = max(want[0].magnitude, want[1].magnitude)
      #expect(largestDifference(marginal.score(x), want) < 1e-11 * scale)
      let density = largest + log(total / Double(count) / (2 * Double.pi * variance))
      #expect(abs(marginal.logDensity(x) - density) < 1e-12 * max(1, density.magnitude))
    }
  }

  @Test("the nearest component is found among blocks as among all")
  func nearest() throws {
    let mixture = try fineMixture(count: 1500, dimension: 3, isTied: true)
    for point in 0..<20 {
      let x = stream.at(step: UInt64(point)).normals(rows: 1, draws: 3)
      let distances = mixture.components.indices.map {
        mixture.mahalanobisDistance(x, component: $0)
      }
      let want = try #require(distances.min())
      #expect(distances[mixture.nearestComponent(to: x)] <= want * (1 + 1e-12))
      #expect(mixture.isInsideModes(x, radius: want * 1.001))
      #expect(!mixture.isInsideModes(x, radius: want * 0.999))
    }
    // Of equals it is the first.
    let twins = try GaussianMixture(
      points: (0..<2000).flatMap { [Double($0 / 2), 0] }, dimension: 2, deviation: 1)
    #expect(twins.nearestComponent(to: [700, 1]) == 1400)
  }

  @Test("a fine mixture is written with one matrix and read as it was")
  func file() throws {
    let mixture = try fineMixture(count: 1024, dimension: 2, isTied: true)
    let data = try JSONEncoder().encode(mixture)
    #expect(data.count < 1024 * 100)
    let read = try JSONDecoder().decode(GaussianMixture.self, from: data)
    for (a, b) in zip(read.components, mixture.components) {
      #expect(a.mean == b.mean && a.covariance == b.covariance && a.label == b.label)
      #expect(abs(a.weight / b.weight - 1) < 1e-13)
    }
    #expect(isFine(read))
  }

  @Test("presets and mixtures below the limit, or of several covariances, are general")
  func limits() throws {
    for preset in MixturePreset.allCases { #expect(!isFine(try preset.mixture())) }
    for preset in CurvePreset.allCases { #expect(!isFine(try preset.mixture())) }
    let few = GaussianMixture.fineComponentCount - 1
    #expect(!isFine(try fineMixture(count: few, dimension: 1, isTied: false)))
    let means = (0...few).map { [Double($0)] }
    #expect(
      !isFine(
        try GaussianMixture(
          weights: means.map { _ in 1 }, means: means,
          covariances: (0...few).map { [[$0 == 5 ? 2 : 1]] })))
    let wide = try GaussianMixture(
      points: Array(repeating: 0, count: 2 * SymbolicMixture.widthLimit), dimension: 2, deviation: 1
    )
    #expect(wide.symbolicVelocity(LinearInterpolant(), guidanceScale: 1) == nil)
  }
}

@Suite struct AliasTableTests {
  private let stream = RandomStream(seed: 7, purpose: "data", step: 3)

  @Test("columns add up to the probabilities")
  func probabilities() {
    let normals = stream.normals(rows: 3000, draws: 1)
    for weights in [[1.0], [1, 0, 3], [1e-30, 1, 1], normals.map { exp(3 * $0) }] {
      let table = AliasTable(weights)
      let total = weights.reduce(0, +)
      var found = table.thresholds
      for (column, alias) in table.aliases.enumerated() {
        #expect((0...1).contains(table.thresholds[column]))
        found[Int(alias)] += 1 - table.thresholds[column]
      }
      for (weight, share) in zip(weights, found) {
        #expect(abs(share / Double(weights.count) - weight / total) < 1e-15)
      }
    }
    let table = AliasTable([1, 3])
    #expect(table.index(0) == 0 && table.index(0.24) == 0 && table.index(0.26) == 1)
    #expect(table.index(1.0.nextDown) == 1)
  }

  @Test("samples of a fine mixture have its moments and the frequencies of its classes")
  func samples() throws {
    let mixture = try fineMixture(count: 2000, dimension: 2, isTied: true)
    let count = 100_000
    let (points, labels) = mixture.labelledSamples(count: count, stream: stream)
    for label in 0..<3 {
      let want = mixture.components.filter { $0.label == label }.reduce(0) { $0 + $1.weight }
      let share = Double(labels.count { $0 == label }) / Double(count)
      #expect(abs(share - want) < 5 * (want * (1 - want) / Double(count)).squareRoot())
    }
    for (i, j) in [(0, 0), (0, 1), (1, 1)] {
      let products = (0..<count).map { points[2 * $0 + i] * points[2 * $0 + j] }
      let mean = products.reduce(0, +) / Double(count)
      let square = products.reduce(0) { $0 + $1 * $1 } / Double(count)
      let want = mixture.components.reduce(0) {
        $0 + $1.weight * ($1.covariance[i][j] + $1.mean[i] * $1.mean[j])
      }
      #expect(abs(mean - want) < 5 * ((square - mean * mean) / Double(count)).squareRoot())
    }
  }

  @Test(
    "samples of a fine mixture do not depend on how rows are split, nor the choice on precision")
  func splits() throws {
    let mixture = try fineMixture(count: 2000, dimension: 3, isTied: true)
    let sampler = MixtureSampler(mixture)
    let whole = mixture.samples(count: 300, stream: stream)
    var (parts, singles) = (whole.map { _ in 0.0 }, whole.map { _ in Float(0) })
    for rows in [65..<300, 0..<65] {
      parts.withUnsafeMutableBufferPointer {
        sampler.fill(
          UnsafeMutableBufferPointer(rebasing: $0[(3 * rows.lowerBound)...]), rows: rows,
          stream: stream)
      }
    }
    singles.withUnsafeMutableBufferPointer { sampler.fill($0, rows: 0..<300, stream: stream) }
    #expect(parts == whole)
    #expect(largestDifference(singles.map(Double.init), whole) < 1e-4)
  }
}
