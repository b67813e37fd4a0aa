// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import LinearAlgebra

extension TraceEstimate {
  /// The trace with its standard error over the random probes.
  public var trace: Estimate { Estimate(meanOf: samples) }
}

extension SpectralDensity {
  /// `tr(A^power) / n`, the moment of the distribution of eigenvalues, with its standard error over the
  /// vectors. Unbiased for powers below twice the number of steps.
  public func moment(_ power: Int) -> Estimate {
    precondition(power >= 0, "a moment of power \(power)")
    return Estimate(
      meanOf: quadratures.map { quadrature in
        zip(quadrature.nodes, quadrature.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(power)) }
      })
  }

  /// The share of eigenvalues up to `value`, with its standard error over the vectors.
  public func cumulative(at value: Double) -> Estimate {
    Estimate(
      meanOf: quadratures.map { quadrature in
        zip(quadrature.nodes, quadrature.weights).reduce(0) { $0 + ($1.0 <= value ? $1.1 : 0) }
      })
  }

  /// The density with each point mass replaced by a Gaussian, whose integral over the line is 1, with
  /// its standard error over the vectors.
  ///
  /// - Parameter bandwidth: the standard deviation of the Gaussians, positive.
  public func density(at value: Double, bandwidth: Double) -> Estimate {
    precondition(bandwidth > 0, "a bandwidth is positive, got \(bandwidth)")
    let factor = 1 / (bandwidth * (2 * Double.pi).squareRoot())
    return Estimate(
      meanOf: quadratures.map { quadrature in
        zip(quadrature.nodes, quadrature.weights).reduce(0) { sum, mass in
          let distance = (value - mass.0) / bandwidth
          return sum + mass.1 * factor * exp(-0.5 * distance * distance)
        }
      })
  }
}
