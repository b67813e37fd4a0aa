// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension GaussianMixture {
  /// The law of one coordinate, a mixture on the line.
  ///
  /// - Precondition: the coordinate is one of the mixture's, counted from 0.
  public func projected(ontoCoordinate coordinate: Int) throws(MixtureError) -> GaussianMixture {
    precondition(
      (0..<dimension).contains(coordinate), "there is no coordinate \(coordinate) of \(dimension)")
    return try GaussianMixture(
      name: "\(name), coordinate \(coordinate)", weights: components.map(\.weight),
      means: components.map { [$0.mean[coordinate]] },
      covariances: components.map { [[$0.covariance[coordinate][coordinate]]] },
      labels: components.map(\.label))
  }
}
