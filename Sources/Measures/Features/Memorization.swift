// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Whether samples are copies of training images: how near the nearest is, beside how near it is to images that were
/// held out of training.
public struct Memorization: Sendable, Equatable, Codable {
  /// The median L2 distance of a sample to the nearest training image.
  public let sampleDistance: Double
  /// The median L2 distance of a held-out image to the nearest training image.
  public let heldOutDistance: Double
  /// The share of samples nearer to a training image than all but a twentieth of the held-out images are: about 0.05
  /// where samples are like new images, towards 1 where they are copies.
  public let shareOfNear: Estimate

  /// sampleDistance over heldOutDistance: about 1 for new images, towards 0 for copies. Blurred samples lie
  /// nearer than images do, too: the ratio is read beside precision and recall.
  public var ratio: Double { sampleDistance / heldOutDistance }

  /// - Parameters:
  ///   - samples: the distances of samples to their nearest training images, one at least.
  ///   - heldOut: those of held-out images, one at least.
  public init(samples: [Double], heldOut: [Double]) {
    precondition(!samples.isEmpty && !heldOut.isEmpty, "there are no distances to compare")
    sampleDistance = Self.quantile(samples.sorted(), 0.5)
    let sorted = heldOut.sorted()
    heldOutDistance = Self.quantile(sorted, 0.5)
    let near = Self.quantile(sorted, 0.05)
    shareOfNear = Estimate(
      share: samples.count { $0 < near }, of: samples.count)
  }

  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}

extension Estimate {
  /// A share of independent cases, with the binomial's standard error.
  init(share hits: Int, of count: Int) {
    let share = Double(hits) / Double(count)
    self.init(
      value: share, standardError: (share * (1 - share) / Double(count)).squareRoot(),
      count: count)
  }
}
