// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension GaussianMixture {
  /// A cloud of points as a fine mixture: an isotropic Gaussian of one deviation about each point, all of one
  /// weight. Its velocity, its flow map and its density are exact like those of any mixture.
  ///
  /// - Parameters:
  ///   - name: for titles and files.
  ///   - points: `N × d`, row-major, `N ≥ 1`.
  ///   - dimension: `d ≥ 1`.
  ///   - deviation: the standard deviation about each point, in the units of the points. Samples are then points
  ///     drawn with replacement and blurred by it.
  ///   - labels: a class a point; by default all are of class 0.
  /// - Throws: ``MixtureError``, which counts points as components.
  public init(
    name: String = "points", points: [Double], dimension: Int, deviation: Double,
    labels: [Int]? = nil
  ) throws(MixtureError) {
    precondition(
      dimension > 0 && points.count.isMultiple(of: dimension),
      "\(points.count) numbers are no points of \(dimension) coordinates")
    let count = points.count / dimension
    try self.init(
      name: name, weights: Array(repeating: 1, count: count),
      means: (0..<count).map { Array(points[$0 * dimension..<($0 + 1) * dimension]) },
      deviation: deviation, labels: labels ?? Array(repeating: 0, count: count))
  }
}
