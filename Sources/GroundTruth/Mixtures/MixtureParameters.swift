// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The numbers of a mixture as its hot loops read them.
enum MixtureForm: Sendable, Equatable {
  /// Any covariances, each with its own eigenbasis.
  case general(MixtureParameters)
  /// Many components of one covariance.
  case fine(FineMixture)

  init(_ components: [GaussianMixture.Component], dimension: Int) {
    let first = components[0]
    let isFine =
      components.count >= GaussianMixture.fineComponentCount
      && components.allSatisfy {
        $0.eigenvalues == first.eigenvalues && $0.eigenvectors == first.eigenvectors
      }
    self =
      isFine
      ? .fine(FineMixture(components, dimension: dimension))
      : .general(MixtureParameters(components, dimension: dimension))
  }
}

/// The constants of a mixture in one flat array: `K` log-weights, then means, eigenvalues (`K × d` each)
/// and eigenvectors (`K × d × d`, row-major).
struct MixtureParameters: Sendable, Equatable {
  let count: Int
  let dimension: Int
  private let values: [Double]

  init(_ components: [GaussianMixture.Component], dimension: Int) {
    count = components.count
    self.dimension = dimension
    values =
      components.map(\.logWeight) + components.flatMap(\.mean) + components.flatMap(\.eigenvalues)
      + components.flatMap { $0.eigenvectors.joined() }
  }

  func withPointers<Result>(_ body: (Pointers) throws -> Result) rethrows -> Result {
    try values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a mixture is never empty") }
      return try body(Pointers(base: base, count: count, dimension: dimension))
    }
  }

  struct Pointers {
    let count: Int
    let dimension: Int
    let logWeights: UnsafePointer<Double>
    let means: UnsafePointer<Double>
    let eigenvalues: UnsafePointer<Double>
    let eigenvectors: UnsafePointer<Double>

    init(base: UnsafePointer<Double>, count: Int, dimension: Int) {
      self.count = count
      self.dimension = dimension
      logWeights = base
      means = base + count
      eigenvalues = means + count * dimension
      eigenvectors = eigenvalues + count * dimension
    }
  }
}
