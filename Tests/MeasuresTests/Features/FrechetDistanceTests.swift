// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct FrechetDistanceTests {
  @Test("In one dimension it is the difference of means and of deviations, squared")
  func oneDimension() throws {
    let left = try GaussianFit(mean: [1], covariance: [4])
    let right = try GaussianFit(mean: [4], covariance: [0.25])
    #expect(abs(try left.frechetDistance(to: right) - (9 + 1.5 * 1.5)) < 1e-14)
    #expect(try left.frechetDistance(to: left) == 0)
  }

  @Test("Diagonal covariances, also singular ones, add up axis by axis")
  func commuting() throws {
    let (left, right) = ([4.0, 0, 0.09, 1e-8], [1.0, 9, 0.25, 0])
    let fits = try [left, right].map {
      try GaussianFit(mean: [0, 0, 0, 0], covariance: diagonal($0))
    }
    let truth = zip(left, right).reduce(0) {
      $0 + pow($1.0.squareRoot() - $1.1.squareRoot(), 2)
    }
    #expect(abs(try fits[0].frechetDistance(to: fits[1]) - truth) < 1e-13)
    #expect(abs(try fits[1].frechetDistance(to: fits[0]) - truth) < 1e-13)
  }

  @Test("A rotation of both laws changes nothing; of one, the closed form in the plane holds")
  func rotated() throws {
    // In the plane tr √(A^½BA^½) = √(tr AB + 2 √(det A det B)).
    let angle = 0.7
    let (c, s) = (cos(angle), sin(angle))
    func turned(_ a: Double, _ b: Double) -> [Double] {
      [c * c * a + s * s * b, c * s * (a - b), c * s * (a - b), s * s * a + c * c * b]
    }
    let (a, b) = ([3.0, 0, 0, 0.2], turned(0.5, 2))
    let product = a[0] * b[0] + a[3] * b[3]
    let root = (product + 2 * (3 * 0.2 * 0.5 * 2).squareRoot()).squareRoot()
    let distance = try GaussianFit(mean: [0, 0], covariance: a)
      .frechetDistance(to: GaussianFit(mean: [0, 0], covariance: b))
    #expect(abs(distance - (3.2 + 2.5 - 2 * root)) < 1e-14)
    let both = try GaussianFit(mean: [0, 0], covariance: turned(3, 0.2))
      .frechetDistance(to: GaussianFit(mean: [0, 0], covariance: turned(2, 0.5)))
    let axes = pow(3.squareRoot() - 2.squareRoot(), 2) + pow(0.2.squareRoot() - 0.5.squareRoot(), 2)
    #expect(abs(both - axes) < 1e-14)
  }

  @Test("Samples give what scipy's matrix square root gives")
  func agreesWithSciPy() throws {
    let distance = try FeatureMoments(ComputedElsewhere.left).gaussian()
      .frechetDistance(to: FeatureMoments(ComputedElsewhere.right).gaussian())
    #expect(abs(distance - ComputedElsewhere.frechet) < 1e-11)
  }

  @Test("Laws that are none, or of other spaces, are refused with their numbers")
  func refusals() throws {
    let plane = try GaussianFit(mean: [0, 0], covariance: [1, 0, 0, 1])
    let line = try GaussianFit(mean: [0], covariance: [1])
    #expect(throws: FeatureError.dimensions(left: 2, right: 1)) {
      try plane.frechetDistance(to: line)
    }
    #expect(throws: FeatureError.notPositive(smallest: -1, largest: 3)) {
      try GaussianFit(mean: [0, 0], covariance: [1, 2, 2, 1])
    }
    #expect(throws: FeatureError.notFinite(purpose: "a mean or covariance")) {
      try GaussianFit(mean: [.nan], covariance: [1])
    }
  }

  private func diagonal(_ values: [Double]) -> [Double] {
    var matrix = [Double](repeating: 0, count: values.count * values.count)
    for index in values.indices { matrix[index * (values.count + 1)] = values[index] }
    return matrix
  }
}
