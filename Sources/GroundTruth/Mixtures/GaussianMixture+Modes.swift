// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CGSL
internal import Foundation

extension GaussianMixture {
  /// `sqrt((x − m_k)ᵀ C_k⁻¹ (x − m_k))`.
  public func mahalanobisDistance(_ x: [Double], component: Int) -> Double {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    let gaussian = components[component]
    var sum = 0.0
    for column in 0..<dimension {
      var coordinate = 0.0
      for row in 0..<dimension {
        coordinate += gaussian.eigenvectors[row][column] * (x[row] - gaussian.mean[row])
      }
      sum += coordinate * coordinate / gaussian.eigenvalues[column]
    }
    return sum.squareRoot()
  }

  /// The component at the smallest Mahalanobis distance; the first of equals.
  public func nearestComponent(to x: [Double]) -> Int {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    if case .fine(let mixture) = form { return mixture.nearest(to: x).component }
    var best = (index: 0, distance: Double.infinity)
    for index in components.indices {
      let distance = mahalanobisDistance(x, component: index)
      if distance < best.distance { best = (index, distance) }
    }
    return best.index
  }

  /// Whether some component is within a Mahalanobis distance of `radius`.
  public func isInsideModes(_ x: [Double], radius: Double = 3) -> Bool {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    if case .fine(let mixture) = form {
      return mixture.nearest(to: x).squaredDistance.squareRoot() <= radius
    }
    return components.indices.contains { mahalanobisDistance(x, component: $0) <= radius }
  }
}

extension GaussianMixture {
  /// The Mahalanobis distance up to which a point counts as inside a mode: three in the plane and on the line, and in
  /// higher dimension, where hardly a point lies that near, what holds the same share of a Gaussian, 0.989.
  var modeRadius: Double {
    dimension <= 2 ? 3 : gsl_cdf_chisq_Qinv(exp(-4.5), Double(dimension)).squareRoot()
  }
}
