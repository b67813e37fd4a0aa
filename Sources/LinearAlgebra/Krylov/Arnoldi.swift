// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams

/// Which eigenvalues of a general operator are wanted.
public enum EigenvalueOrder: String, Sendable, Hashable, Codable, CaseIterable {
  case largestMagnitude
  case largestRealPart
  case smallestRealPart

  /// The rank of an eigenvalue: the higher, the sooner it is wanted.
  func rank(_ value: ComplexNumber) -> Double {
    switch self {
    case .largestMagnitude: return value.magnitude
    case .largestRealPart: return value.real
    case .smallestRealPart: return -value.real
    }
  }
}

/// Eigenvalues and right eigenvectors of a general operator, with what is known of their errors.
public struct Eigenpairs: Sendable, Equatable {
  /// In the order asked for; of a conjugate pair the one with the positive imaginary part first.
  public let eigenvalues: [ComplexNumber]
  /// For each eigenvalue its right eigenvector, of unit length.
  public let eigenvectors: [[ComplexNumber]]
  /// `‖A u − θ u‖` of each pair, from products made for it. It bounds the backward error: `θ` is an
  /// eigenvalue of an operator at most this far from `A`.
  public let residuals: [Double]
  /// Whether every residual is within the tolerance, and a search among the vectors orthogonal to the
  /// invariant subspace found no eigenvalue that belongs before them.
  public let isConverged: Bool
  /// The number of products with the operator, those for the residuals included.
  public let applications: Int
  /// How often the basis was compressed.
  public let restarts: Int
  public let seed: UInt64
}

/// Extreme eigenvalues of a general operator by Arnoldi with full reorthogonalisation and Krylov–Schur
/// restarts (Stewart 2001).
///
/// A conjugate pair is never split: where the last place falls on its first half, one eigenvalue more than
/// asked for comes back. A residual does not bound the error of an eigenvalue here as it does for
/// symmetric operators: an eigenvalue of a Jordan block of size `m` moves by up to `residual^(1/m)`, and the
/// eigenvectors of its copies are parallel to that accuracy.
///
/// - Throws: ``LinearAlgebraError`` for more eigenvalues than dimensions or a product that is not finite;
///   what the operator throws.
public func arnoldi(
  _ operation: some LinearOperator, count: Int, order: EigenvalueOrder,
  settings: KrylovSettings = .init()
) throws -> Eigenpairs {
  try check("the number of eigenvalues", count, in: 1...operation.dimension)
  let search = ArnoldiSearch(
    basis: KrylovBasis(
      dimension: operation.dimension,
      // One more for the second half of a pair.
      capacity: try settings.subspace(for: count + 1, dimension: operation.dimension),
      method: "Arnoldi", stream: RandomStream(seed: settings.seed, purpose: .arnoldi)),
    count: count, order: order, settings: settings)
  return try search.run(operation)
}

private struct ArnoldiSearch {
  let basis: KrylovBasis
  let count: Int
  let order: EigenvalueOrder
  let settings: KrylovSettings

  func run(_ operation: some LinearOperator) throws -> Eigenpairs {
    var restarts = 0
    var confirming: [Double]?
    while true {
      try basis.expand(operation, to: basis.capacity)
      let projection = basis.projection
      let system = try DenseEigensystem(projection, size: basis.size)
      let wanted = leading(system.eigenvalues, count)
      let norm = system.eigenvalues.map(\.magnitude).max() ?? 0
      let tolerance = settings.relativeTolerance * norm
      let ranks = wanted.map { order.rank(system.eigenvalues[$0]) }
      let isWhole = basis.size == basis.dimension
      let areSmall = isWhole || residualEstimates(system, wanted).allSatisfy { $0 <= tolerance }
      let isConfirmed =
        confirming.map { zip($0, ranks).allSatisfy { $1 - $0 <= max(tolerance, 1e-8 * norm) } }
        ?? false
      if isWhole || (areSmall && isConfirmed) || restarts == settings.largestRestartCount {
        return try pairs(
          system, wanted, operation, isConverged: isWhole || (areSmall && isConfirmed),
          restarts: restarts)
      }
      confirming = areSmall ? ranks : nil
      let kept = areSmall ? count : count + (basis.capacity - count) / 3
      let form = try OrderedSchurForm(projection, size: basis.size) {
        Set(leading($0, min(kept, basis.size - 2)))
      }
      restart(form, isFresh: areSmall)
      restarts += 1
    }
  }

  /// The places of the first eigenvalues in the order asked for, conjugate pairs whole.
  private func leading(_ values: [ComplexNumber], _ count: Int) -> [Int] {
    let sorted = values.indices.sorted { left, right in
      let (first, second) = (order.rank(values[left]), order.rank(values[right]))
      return first != second ? first > second : left < right
    }
    var chosen: [Int] = []
    for index in sorted where chosen.count < count {
      guard !chosen.contains(index) else { continue }
      // A pair stands together, the positive imaginary part first, and its ranks are equal.
      switch values[index].imaginary {
      case 0: chosen.append(index)
      case let imaginary where imaginary > 0: chosen += [index, index + 1]
      default: chosen += [index - 1, index]
      }
    }
    return chosen
  }

  private func residualEstimates(_ system: DenseEigensystem, _ indices: [Int]) -> [Double] {
    let row = basis.residualRow
    return indices.map { index in
      let vector = system.eigenvectors[index]
      return ComplexNumber(
        zip(row, vector).reduce(0) { $0 + $1.0 * $1.1.real },
        zip(row, vector).reduce(0) { $0 + $1.0 * $1.1.imaginary }
      ).magnitude
    }
  }

  private func restart(_ form: OrderedSchurForm, isFresh: Bool) {
    let (size, kept) = (basis.size, form.leadingCount)
    basis.restart(
      rotation: Array(form.vectors[..<(kept * size)]),
      projection: (0..<kept).flatMap { row in (0..<kept).map { form.triangle[row, $0] } },
      isFresh: isFresh)
  }

  private func pairs(
    _ system: DenseEigensystem, _ wanted: [Int], _ operation: some LinearOperator,
    isConverged: Bool, restarts: Int
  ) throws -> Eigenpairs {
    let values = wanted.map { system.eigenvalues[$0] }
    let real = basis.combinations(
      wanted.flatMap { system.eigenvectors[$0].map(\.real) })
    let imaginary = basis.combinations(
      wanted.flatMap { system.eigenvectors[$0].map(\.imaginary) })
    var residuals: [Double] = []
    for (place, value) in values.enumerated() {
      let (x, y) = (real[place], imaginary[place])
      let (imageX, imageY) = (try operation.applied(to: x), try operation.applied(to: y))
      let realPart = x.indices.map { imageX[$0] - value.real * x[$0] + value.imaginary * y[$0] }
      let imaginaryPart = x.indices.map {
        imageY[$0] - value.real * y[$0] - value.imaginary * x[$0]
      }
      residuals.append(ComplexNumber(norm(realPart), norm(imaginaryPart)).magnitude)
    }
    return Eigenpairs(
      eigenvalues: values,
      eigenvectors: zip(real, imaginary).map { zip($0, $1).map { ComplexNumber($0, $1) } },
      residuals: residuals, isConverged: isConverged,
      applications: basis.applications + 2 * values.count, restarts: restarts, seed: settings.seed)
  }
}
