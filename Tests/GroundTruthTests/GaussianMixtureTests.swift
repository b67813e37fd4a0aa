// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Testing

@Suite struct GaussianMixtureTests {
  @Test("components rebuild their covariances, and weights are normalised")
  func decomposition() throws {
    for dimension in [1, 2, 5] {
      let mixture = try generalMixture(dimension: dimension)
      #expect(abs(mixture.components.map(\.weight).reduce(0, +) - 1) < 1e-15)
      for component in mixture.components {
        #expect(abs(exp(component.logWeight) - component.weight) < 1e-15)
        for row in 0..<dimension {
          for column in 0..<dimension {
            var sum = 0.0
            var product = 0.0
            for axis in 0..<dimension {
              let (u, v) = (
                component.eigenvectors[row][axis], component.eigenvectors[column][axis]
              )
              sum += u * component.eigenvalues[axis] * v
              product += u * v
            }
            #expect(abs(sum - component.covariance[row][column]) < 1e-15)
            #expect(abs(product - (row == column ? 1 : 0)) < 1e-15)
          }
        }
      }
    }
  }

  @Test("small eigenvalues of a graded covariance keep their relative accuracy")
  func gradedCovariance() throws {
    let covariance = [[1, 1e-7], [1e-7, 2e-14]]
    let mixture = try GaussianMixture(weights: [1], means: [[0, 0]], covariances: [covariance])
    let smallest = try #require(mixture.components[0].eigenvalues.min())
    // The determinant is 1e-14 and the trace is 1 to rounding.
    #expect(abs(smallest / 1e-14 - 1) < 1e-12)
  }

  @Test("weights of any positive size are normalised without overflow")
  func hugeWeights() throws {
    let mixture = try GaussianMixture(
      weights: [1.5e308, 1.5e308, Double.leastNonzeroMagnitude], means: [[0], [1], [2]],
      deviation: 1)
    #expect(mixture.components[0].weight == 0.5)
    #expect(mixture.components[2].logWeight.isFinite)
  }

  @Test("restriction keeps one class, with weights given the class")
  func restriction() throws {
    let mixture = try GaussianMixture(
      weights: [1, 2, 6, 1], means: [[0], [1], [2], [3]], deviation: 1, labels: [4, 7, 4, 4])
    let restricted = try mixture.restricted(toLabel: 4)
    let want = [0.125, 0.75, 0.125]
    #expect(largestDifference(restricted.components.map(\.weight), want) < 1e-15)
    #expect(restricted.components.map { $0.mean[0] } == [0, 2, 3])
    #expect(mixture.labels == [4, 7])
    #expect(throws: MixtureError.unknownLabel(label: 5, available: [4, 7])) {
      try mixture.restricted(toLabel: 5)
    }
  }

  @Test("modes are told by Mahalanobis distance") func modes() throws {
    let mixture = try GaussianMixture(
      weights: [1, 1], means: [[0, 0], [10, 0]],
      covariances: [[[4, 0], [0, 1]], [[1, 0], [0, 1]]])
    #expect(abs(mixture.mahalanobisDistance([2, 1], component: 0) - 2.0.squareRoot()) < 1e-15)
    #expect(mixture.isInsideModes([5.9, 0]) && !mixture.isInsideModes([6.1, 0]))
    #expect(mixture.isInsideModes([6.1, 0], radius: 4))
    // Nearer to the second mean, yet fewer deviations from the first.
    #expect(mixture.nearestComponent(to: [6, 0]) == 0)
    #expect(mixture.nearestComponent(to: [8, 0]) == 1)
  }

  @Test("everything that is no mixture is refused by component and value") func errors() {
    func refuse(
      _ error: MixtureError, _ weights: [Double], _ means: [[Double]],
      _ covariances: [[[Double]]], labels: [Int]? = nil
    ) {
      #expect(throws: error) {
        try GaussianMixture(
          weights: weights, means: means, covariances: covariances, labels: labels)
      }
      #expect(!error.description.isEmpty)
    }
    let unit = [[1.0, 0], [0, 1]]
    refuse(.noComponents, [], [], [])
    refuse(.countMismatch(list: "weights", expected: 1, found: 2), [1, 2], [[0, 0]], [unit])
    refuse(.countMismatch(list: "covariances", expected: 1, found: 0), [1], [[0, 0]], [])
    refuse(
      .countMismatch(list: "labels", expected: 1, found: 2), [1], [[0, 0]], [unit], labels: [1, 2])
    refuse(
      .dimensionMismatch(component: 0, quantity: "mean", expected: 1, found: 0), [1], [[]], [[]])
    refuse(
      .dimensionMismatch(component: 1, quantity: "mean", expected: 2, found: 1), [1, 1],
      [[0, 0], [0]], [unit, unit])
    refuse(
      .dimensionMismatch(component: 0, quantity: "covariance", expected: 2, found: 1), [1],
      [[0, 0]], [[[1, 0], [1]]])
    refuse(
      .nonFinite(component: 0, quantity: "weight", value: .infinity), [.infinity], [[0, 0]], [unit])
    refuse(
      .nonFinite(component: 0, quantity: "mean", value: -.infinity), [1], [[0, -.infinity]], [unit])
    refuse(
      .nonFinite(component: 0, quantity: "covariance", value: .infinity), [1], [[0, 0]],
      [[[.infinity, 0], [0, 1]]])
    refuse(.nonPositiveWeight(component: 1, value: 0), [1, 0], [[0, 0], [1, 1]], [unit, unit])
    refuse(
      .asymmetricCovariance(component: 0, row: 1, column: 0, value: 0.25, transposed: 0.5), [1],
      [[0, 0]], [[[1, 0.5], [0.25, 1]]])
    refuse(
      .notPositiveDefinite(component: 0, smallestEigenvalue: -1), [1], [[0, 0]],
      [[[1, 2], [2, 1]]])
    refuse(
      .notPositiveDefinite(component: 0, smallestEigenvalue: 0), [1], [[0, 0]],
      [[[1, 1], [1, 1]]])
    for deviation in [0, -1, Double.infinity, 1e-200, 1e200] {
      #expect(throws: MixtureError.invalidDeviation(value: deviation)) {
        try GaussianMixture(weights: [1], means: [[0]], deviation: deviation)
      }
      for preset in MixturePreset.allCases {
        #expect(throws: MixtureError.invalidDeviation(value: deviation)) {
          try preset.mixture(deviation: deviation)
        }
      }
    }
  }
}
