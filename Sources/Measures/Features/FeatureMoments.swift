// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra

/// Mean and covariance of features, accumulated block by block: samples are never needed whole.
public struct FeatureMoments: Sendable, Equatable {
  /// `d`, the number of features.
  public let dimension: Int
  /// Samples seen.
  public private(set) var count = 0
  /// The mean of each feature; zero before the first sample.
  public private(set) var mean: [Double]

  /// Sums of products of deviations from the mean, `d × d`.
  private var scatter: DenseMatrix

  /// Moments of no samples.
  public init(dimension: Int) {
    precondition(dimension >= 1, "moments of \(dimension) features")
    self.dimension = dimension
    mean = Array(repeating: 0, count: dimension)
    scatter = DenseMatrix(rows: dimension, columns: dimension)
  }

  /// Moments of a sample.
  public init(_ features: Points) {
    self.init(dimension: features.dimension)
    add(features)
  }

  /// Takes more samples into account.
  public mutating func add(_ features: Points) {
    precondition(
      features.dimension == dimension,
      "\(features.dimension) features are added to moments of \(dimension)")
    guard features.count > 0 else { return }
    var block = FeatureMoments(dimension: dimension)
    block.count = features.count
    for sample in 0..<features.count {
      for (index, value) in features[sample].enumerated() { block.mean[index] += value }
    }
    for index in 0..<dimension { block.mean[index] /= Double(features.count) }
    // A sample after the other is column after column.
    var deviations = DenseMatrix(rows: dimension, columns: features.count)
    features.values.withUnsafeBufferPointer { values in
      for index in values.indices {
        deviations.elements[index] = values[index] - block.mean[index % dimension]
      }
    }
    block.scatter = deviations * deviations.transposed
    merge(block)
  }

  /// Takes into account all samples that `other` has seen (Chan, Golub & LeVeque 1979).
  public mutating func merge(_ other: FeatureMoments) {
    precondition(
      other.dimension == dimension,
      "moments of \(other.dimension) features are merged with those of \(dimension)")
    guard other.count > 0 else { return }
    let total = count + other.count
    let share = Double(other.count) / Double(total)
    let weight = Double(count) * share
    let shift = zip(other.mean, mean).map { $0 - $1 }
    for column in 0..<dimension {
      for row in 0..<dimension {
        scatter.elements[column * dimension + row] +=
          other.scatter.elements[column * dimension + row] + shift[row] * shift[column] * weight
      }
    }
    for index in 0..<dimension { mean[index] += shift[index] * share }
    count = total
  }

  /// The normal law with the mean and the unbiased covariance of the samples.
  ///
  /// - Throws: ``FeatureError/tooFewSamples(purpose:samples:needed:features:)`` unless there are more samples than
  ///   features.
  public func gaussian() throws(FeatureError) -> GaussianFit {
    guard count > dimension else {
      throw .tooFewSamples(
        purpose: "a covariance", samples: count, needed: dimension + 1, features: dimension)
    }
    return try GaussianFit(
      mean: mean, covariance: scatter.elements.map { $0 / Double(count - 1) })
  }
}
