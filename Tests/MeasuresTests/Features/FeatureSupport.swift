// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures

/// Features made of a linear congruential generator, so that other languages make the same: uniform numbers `u`, each
/// feature but the first with `mixing` times its product with the one before added, moved by `shift · index / d`.
func congruentialFeatures(
  count: Int, dimension: Int, seed: UInt64, mixing: Double, shift: Double
) -> Points {
  var state = seed
  let uniforms = (0..<count * dimension).map { _ -> Double in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 0x1p53
  }
  let values = uniforms.indices.map { index -> Double in
    let feature = index % dimension
    let mixed = feature > 0 ? mixing * uniforms[index - 1] * uniforms[index] : 0
    return uniforms[index] + mixed + shift * Double(feature) / Double(dimension)
  }
  return Points(values, dimension: dimension)
}

/// The two samples whose distances numpy and scipy computed.
enum ComputedElsewhere {
  static let left = congruentialFeatures(count: 400, dimension: 6, seed: 1, mixing: 0.8, shift: 0)
  static let right = congruentialFeatures(
    count: 300, dimension: 6, seed: 2, mixing: -0.5, shift: 0.3)
  /// With `scipy.linalg.sqrtm` of the product of the covariances.
  static let frechet = 0.49047137670765095
  /// Of the first 300 of both.
  static let kernel = 0.34777154425832
  /// The right held against the left, three neighbours.
  static let precision = 0.9866666666666667
  static let recall = 0.2225
  /// Eigenvalues of the covariance of the left.
  static let variances = [
    0.26310053612005, 0.23705070906409073, 0.17855663289870607, 0.13493096808397684,
    0.10927240371711922, 0.06940389300596614,
  ]
}
