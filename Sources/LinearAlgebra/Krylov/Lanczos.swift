// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams

/// Which eigenvalues of a symmetric operator are wanted.
public enum SpectrumPart: Sendable, Hashable, Codable {
  case largest(Int)
  case smallest(Int)
  case bothEnds(largest: Int, smallest: Int)

  var largestCount: Int {
    switch self {
    case .largest(let count): return count
    case .smallest: return 0
    case .bothEnds(let count, _): return count
    }
  }

  var smallestCount: Int {
    switch self {
    case .largest: return 0
    case .smallest(let count): return count
    case .bothEnds(_, let count): return count
    }
  }
}

/// Eigenvalues and eigenvectors of a symmetric operator, with what is known of their errors.
public struct SymmetricEigenpairs: Sendable, Equatable {
  /// In decreasing order, whichever end was asked for.
  public let eigenvalues: [Double]
  /// For each eigenvalue its unit eigenvector.
  public let eigenvectors: [[Double]]
  /// `‖A u − θ u‖` of each pair, from a product made for it. Some eigenvalue is at most this far from `θ`.
  public let residuals: [Double]
  /// Whether every residual is within the tolerance, and a search among the vectors orthogonal to the
  /// pairs found no eigenvalue that belongs before them.
  public let isConverged: Bool
  /// The number of products with the operator, those for the residuals included.
  public let applications: Int
  /// How often the basis was compressed.
  public let restarts: Int
  public let seed: UInt64
}

/// Extreme eigenvalues of a symmetric operator by Lanczos with full reorthogonalisation and thick restarts
/// (Wu & Simon 2000).
///
/// A Krylov space holds one vector of each eigenspace, so that a multiple eigenvalue would count once.
/// After the pairs have converged the search goes on from a random vector orthogonal to them, until it
/// leaves them as they are; multiple eigenvalues so come with their multiplicity. In a cluster the
/// eigenvalues have the accuracy of the residuals, but single eigenvectors are only as good as residual
/// over gap: their span is what is determined. Where the restarts are used up, the best pairs found come
/// back with ``SymmetricEigenpairs/isConverged`` false.
///
/// - Throws: ``LinearAlgebraError`` for more pairs than dimensions, an operator that is not symmetric
///   (a defective one among them), or a product that is not finite; what the operator throws.
public func lanczos(
  _ operation: some LinearOperator, _ part: SpectrumPart, settings: KrylovSettings = .init()
) throws -> SymmetricEigenpairs {
  guard operation.isSymmetric else {
    throw LinearAlgebraError.symmetryRequired(method: "Lanczos")
  }
  let (top, bottom) = (part.largestCount, part.smallestCount)
  precondition(top >= 0 && bottom >= 0, "\(top) and \(bottom) eigenvalues")
  try check("the number of eigenvalues", top + bottom, in: 1...operation.dimension)
  let search = LanczosSearch(
    basis: KrylovBasis(
      dimension: operation.dimension,
      capacity: try settings.subspace(for: top + bottom, dimension: operation.dimension),
      method: "Lanczos", stream: RandomStream(seed: settings.seed, purpose: .lanczos)),
    top: top, bottom: bottom, settings: settings)
  return try search.run(operation)
}

private struct LanczosSearch {
  let basis: KrylovBasis
  let top: Int
  let bottom: Int
  let settings: KrylovSettings

  private var count: Int { top + bottom }

  func run(_ operation: some LinearOperator) throws -> SymmetricEigenpairs {
    var restarts = 0
    var confirming: [Double]?
    while true {
      try basis.expand(operation, to: basis.capacity)
      let system = try DenseSymmetricEigensystem(basis.projection, size: basis.size)
      let norm = system.eigenvalues.map(\.magnitude).max() ?? 0
      try checkSymmetry(norm: norm)
      let wanted = wantedIndices(keeping: 0)
      let values = wanted.map { system.eigenvalues[$0] }
      let tolerance = settings.relativeTolerance * norm
      let isWhole = basis.size == basis.dimension
      let areSmall = isWhole || residualEstimates(system, wanted).allSatisfy { $0 <= tolerance }
      let isConfirmed =
        confirming.map { zip($0, values).allSatisfy { abs($0 - $1) <= tolerance } } ?? false
      if isWhole || (areSmall && isConfirmed) || restarts == settings.largestRestartCount {
        return try pairs(
          system, wanted, operation, isConverged: isWhole || (areSmall && isConfirmed),
          restarts: restarts)
      }
      confirming = areSmall ? values : nil
      let kept = wantedIndices(keeping: areSmall ? 0 : (basis.capacity - count) / 3)
      restart(system, kept, isFresh: areSmall)
      restarts += 1
    }
  }

  /// The places, in decreasing order of the eigenvalues, of those wanted and of `extra` next to them.
  private func wantedIndices(keeping extra: Int) -> [Int] {
    let more = min(extra, max(0, basis.size - count - 1))
    let moreTop = more * top / count
    let moreBottom = bottom > 0 ? more - moreTop : 0
    let high = (basis.size - top - moreTop)..<basis.size
    let low = 0..<bottom + moreBottom
    return high.reversed() + low.reversed()
  }

  private func residualEstimates(_ system: DenseSymmetricEigensystem, _ indices: [Int]) -> [Double]
  {
    let row = basis.residualRow
    return indices.map { index in
      zip(row, system.eigenvector(index)).reduce(0) { $0 + $1.0 * $1.1 }.magnitude
    }
  }

  private func checkSymmetry(norm: Double) throws(LinearAlgebraError) {
    let asymmetry = basis.asymmetry
    guard asymmetry <= settings.symmetryTolerance * norm else {
      throw .notSymmetric(
        method: "Lanczos", asymmetry: norm > 0 ? asymmetry / norm : .infinity,
        tolerance: settings.symmetryTolerance)
    }
  }

  private func restart(_ system: DenseSymmetricEigensystem, _ kept: [Int], isFresh: Bool) {
    var projection = [Double](repeating: 0, count: kept.count * kept.count)
    for (place, index) in kept.enumerated() {
      projection[place * kept.count + place] = system.eigenvalues[index]
    }
    basis.restart(
      rotation: kept.flatMap { system.eigenvector($0) }, projection: projection, isFresh: isFresh)
  }

  private func pairs(
    _ system: DenseSymmetricEigensystem, _ wanted: [Int], _ operation: some LinearOperator,
    isConverged: Bool, restarts: Int
  ) throws -> SymmetricEigenpairs {
    let vectors = basis.combinations(wanted.flatMap { system.eigenvector($0) })
    let values = wanted.map { system.eigenvalues[$0] }
    let residuals = try zip(vectors, values).map { vector, value in
      norm(zip(try operation.applied(to: vector), vector).map { $0 - value * $1 })
    }
    return SymmetricEigenpairs(
      eigenvalues: values, eigenvectors: vectors, residuals: residuals, isConverged: isConverged,
      applications: basis.applications + vectors.count, restarts: restarts, seed: settings.seed)
  }
}
