// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth

/// The targets on the line that the claims about direct training are measured on.
public enum LineTarget {
  /// `N(0, σ_d²)`
  public static func gaussian(deviation: Double) throws -> GaussianMixture {
    try GaussianMixture(name: "Gaussian", weights: [1], means: [[0]], deviation: deviation)
  }

  /// Two components of deviation 1/2 at −1 and 1.
  public static func twoModes() throws -> GaussianMixture {
    try GaussianMixture(
      name: "two modes", weights: [0.5, 0.5], means: [[-1], [1]], deviation: 0.5)
  }
}
