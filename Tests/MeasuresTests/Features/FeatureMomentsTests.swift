// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct FeatureMomentsTests {
  @Test("Blocks and merged parts give the moments of the whole")
  func streaming() throws {
    let points = ComputedElsewhere.left
    let whole = try FeatureMoments(points).gaussian()
    var blocks = FeatureMoments(dimension: 6)
    var other = FeatureMoments(dimension: 6)
    for range in [0..<1, 1..<130, 130..<131] { blocks.add(part(points, range)) }
    for range in [131..<399, 399..<400] { other.add(part(points, range)) }
    blocks.merge(other)
    blocks.merge(FeatureMoments(dimension: 6))
    #expect(blocks.count == 400)
    let fit = try blocks.gaussian()
    for (left, right) in zip(fit.mean + fit.covariance, whole.mean + whole.covariance) {
      #expect(abs(left - right) < 1e-14)
    }
  }

  @Test("The covariance is that of the definition, far from the origin too")
  func definition() throws {
    let values: [[Double]] = [[1e6 + 1, 2], [1e6 - 1, 5], [1e6 + 3, -1], [1e6, 0]]
    let fit = try FeatureMoments(Points(values.flatMap { $0 }, dimension: 2)).gaussian()
    let means = [1e6 + 0.75, 1.5]
    for row in 0..<2 {
      for column in 0..<2 {
        let sum: Double = values.reduce(0) {
          $0 + ($1[row] - means[row]) * ($1[column] - means[column])
        }
        #expect(abs(fit.covariance[row * 2 + column] - sum / 3) < 1e-9)
      }
    }
  }

  @Test("No more samples than features are refused with both numbers")
  func tooFew() {
    let error = #expect(throws: FeatureError.self) {
      try FeatureMoments(Points([1, 2, 3, 4], dimension: 2)).gaussian()
    }
    #expect(
      error?.description
        == "a covariance in 2 features cannot be had of 2 samples; accepted are 3 or more")
  }

  private func part(_ points: Points, _ range: Range<Int>) -> Points {
    Points(range.flatMap { points[$0] }, dimension: points.dimension)
  }
}
