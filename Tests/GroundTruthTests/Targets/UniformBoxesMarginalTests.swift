// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@Suite struct UniformBoxesMarginalTests {
  private let fractions = [0.03, 0.2, 0.5, 0.8, 0.97, 1]
  private let points = [[0.3, -0.2], [-0.9, 0.6], [1.4, 1.3], [0.01, 0.49]]

  @Test("Score is the gradient of the log-density, and the Jacobian that of the velocity")
  func derivatives() throws {
    let board = try UniformBoxes.checkerboard()
    for interpolant in interpolants {
      for fraction in fractions {
        let marginal = board.marginal(at: fraction * interpolant.endTime, interpolant)
        let step = 0.02 * interpolant.coefficients(at: marginal.time).noise
        for x in points {
          let scale = 1 / step
          for axis in 0..<2 {
            let slope = difference(x, axis, step: step, marginal.logDensity)
            #expect(abs(slope - marginal.score(x)[axis]) < 1e-6 * scale)
            for row in 0..<2 {
              let want = difference(x, axis, step: step) { marginal.velocity($0)[row] }
              #expect(abs(want - marginal.velocityJacobian(x)[row][axis]) < 1e-6 * scale)
            }
          }
        }
      }
    }
  }

  @Test("Density and velocity satisfy the continuity equation")
  func continuity() throws {
    let board = try UniformBoxes.checkerboard()
    for interpolant in interpolants {
      for fraction in fractions.dropLast() {
        let time = fraction * interpolant.endTime
        let marginal = board.marginal(at: time, interpolant)
        let step = 0.01 * min(time, interpolant.endTime - time)
        for x in points {
          let rate = difference([time], 0, step: step) {
            board.marginal(at: $0[0], interpolant).logDensity(x)
          }
          let transport = zip(marginal.velocity(x), marginal.score(x)).reduce(0) {
            $0 + $1.0 * $1.1
          }
          let slope = marginal.velocityJacobian(x)
          let sizes = rate.magnitude + transport.magnitude + 1
          #expect(abs(rate + transport + slope[0][0] + slope[1][1]) < 1e-6 * sizes)
        }
      }
    }
  }

  @Test("In one dimension density, velocity and covariance agree with quadrature over the data")
  func quadrature() throws {
    let target = try UniformBoxes(
      lower: [[-1], [0.25]], upper: [[-0.5], [1]], weights: [1, 2])
    for interpolant in interpolants {
      for fraction in fractions {
        let time = fraction * interpolant.endTime
        let values = interpolant.coefficients(at: time)
        let marginal = target.marginal(at: time, interpolant)
        for x in [0.1, -0.7, 1.2] {
          var moments = [0.0, 0, 0]
          for box in target.boxes {
            let count = 20_000
            let width = (box.upper[0] - box.lower[0]) / Double(count)
            for index in 0...count {
              let data = box.lower[0] + width * Double(index)
              let simpson = index % count == 0 ? 1.0 : index.isMultiple(of: 2) ? 2 : 4
              let noise = (x - values.signal * data) / values.noise
              let velocity = values.signalRate * data + values.noiseRate * noise
              let mass =
                simpson / Double(3 * count) * box.weight * exp(-0.5 * noise * noise)
                / (values.noise * (2 * Double.pi).squareRoot())
              for power in 0..<3 { moments[power] += mass * pow(velocity, Double(power)) }
            }
          }
          let (mean, square) = (moments[1] / moments[0], moments[2] / moments[0])
          #expect(abs(marginal.logDensity([x]) - log(moments[0])) < 1e-9)
          #expect(abs(marginal.velocity([x])[0] - mean) < 1e-8)
          let spread = marginal.velocityCovariance([x])[0][0]
          #expect(abs(spread - (square - mean * mean)) < 1e-6)
        }
      }
    }
  }

  @Test("Covariance and Jacobian are tied: the slope of the velocity of one box by its variance")
  func covarianceIdentity() throws {
    // ∇v = σ'/σ − α Σ/(ν σ), for any target: from v = (σ' y − ν E[x])/σ and ∂E[x]/∂y = α Cov[x]/σ².
    let board = try UniformBoxes.checkerboard()
    for interpolant in interpolants {
      for fraction in [0.1, 0.5, 0.9, 1] {
        let values = interpolant.coefficients(at: fraction * interpolant.endTime)
        let marginal = board.marginal(at: values.time, interpolant)
        for x in points {
          let covariance = marginal.velocityCovariance(x)
          let slope = marginal.velocityJacobian(x)
          for row in 0..<2 {
            for column in 0..<2 {
              let want =
                (row == column ? values.noiseRate / values.noise : 0)
                - values.signal / (values.nu * values.noise) * covariance[row][column]
              #expect(abs(slope[row][column] - want) < 1e-10 / values.noise)
            }
          }
        }
      }
    }
  }

  @Test("The ends are exact: noise with the covariance of the data, data with that of the noise")
  func ends() throws {
    let board = try UniformBoxes.checkerboard()
    for interpolant in interpolants {
      let start = board.marginal(at: 0, interpolant)
      let x = [-0.8, -0.6]
      let rate = interpolant.coefficients(at: 0).signalRate
      #expect(largestDifference(start.velocity(x), x.map { rate * $0 }) < 1e-14)
      #expect(largestDifference(start.velocityCovariance(x).flatMap { $0 }, [1, 0, 0, 1]) < 1e-14)
      let end = board.marginal(at: interpolant.endTime, interpolant)
      let y = [0.5, 0.25]
      #expect(largestDifference(end.score(y), [-0.5, -0.25]) < 1e-14)
      #expect(abs(end.logDensity(y) + log(2 * Double.pi) + 0.15625) < 1e-14)
      // A coordinate alone is uniform on [-1, 1]; two have E[x y] = 1/16 from the centres of squares.
      let covariance = end.velocityCovariance(y)
      #expect(largestDifference(covariance[0], [1 / 3.0, 1 / 16.0]) < 1e-13)
      #expect(largestDifference(covariance[1], [1 / 16.0, 1 / 3.0]) < 1e-13)
    }
  }

  @Test("Any time and any finite point give finite numbers, and limits are approached")
  func extremes() throws {
    let board = try UniformBoxes.checkerboard()
    for interpolant in interpolants {
      for fraction in [1e-12, 1e-6, 1e-3, 0.5, 1 - 1e-9, 1] {
        let marginal = board.marginal(at: fraction * interpolant.endTime, interpolant)
        let hard: [[Double]] = [
          [1e3, -1e3], [0, 0], [0.5, 0.5], [-1, -1], [1.0000000000001, 1],
        ]
        for x in hard {
          let covariance = marginal.velocityCovariance(x)
          var numbers: [Double] = [marginal.logDensity(x)]
          numbers += marginal.score(x)
          numbers += marginal.velocity(x)
          numbers += Array(covariance.joined())
          numbers += Array(marginal.velocityJacobian(x).joined())
          let allFinite = numbers.allSatisfy { $0.isFinite }
          #expect(allFinite)
          #expect(covariance[0][0] >= 0 && covariance[1][1] >= 0)
          #expect(abs(marginal.responsibilities(x).reduce(0, +) - 1) < 1e-14)
        }
      }
      let (start, near) = (
        board.marginal(at: 0, interpolant), board.marginal(at: 1e-9, interpolant)
      )
      let inside = [0.2, 0.3]
      #expect(abs(start.logDensity(inside) - near.logDensity(inside)) < 1e-8)
      #expect(largestDifference(start.velocity(inside), near.velocity(inside)) < 1e-8)
      #expect(start.logDensity([0.2, -0.3]) == -.infinity)
      #expect(start.velocity([0.2, -0.3]).allSatisfy { $0.isFinite })
    }
  }

  @Test("A fine mixture of narrow Gaussians is the same law to its own accuracy")
  func againstMixture() throws {
    let box = try UniformBoxes(lower: [[-1]], upper: [[1]])
    let count = 400
    let means = (0..<count).map { [-1 + 2 * (Double($0) + 0.5) / Double(count)] }
    let fine = try GaussianMixture(
      weights: means.map { _ in 1 }, means: means, deviation: 1e-3)
    for interpolant in interpolants {
      let (left, right) = (
        box.marginal(at: 0.4, interpolant), fine.marginal(at: 0.4, interpolant)
      )
      for x in [-0.9, 0, 0.4, 1.3] {
        #expect(abs(left.logDensity([x]) - right.logDensity([x])) < 1e-4)
        #expect(abs(left.velocity([x])[0] - right.velocity([x])[0]) < 1e-4)
      }
    }
  }
}
