// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams

/// Random estimates of the trace of an operator, whose mean is the estimate.
public struct TraceEstimate: Sendable, Equatable {
  /// One estimate a random probe.
  public let samples: [Double]
  /// The number of products with the operator.
  public let applications: Int
  public let seed: UInt64
}

/// The estimator of Girard and Hutchinson: the mean of `wᵀ A w` over independent vectors of random signs.
///
/// Unbiased for any square operator. For a symmetric one the variance of a probe is twice the sum of the
/// squared entries off the diagonal, so that a diagonal operator is exact.
///
/// - Parameter probes: the number of products, at least 2.
/// - Throws: ``LinearAlgebraError`` for fewer, or for a product that is not finite.
public func hutchinsonTrace(
  _ operation: some LinearOperator, probes: Int, seed: UInt64 = 0
) throws -> TraceEstimate {
  try check("the number of probes", probes, in: 2...Int(Int32.max))
  let stream = RandomStream(seed: seed, purpose: .hutchinson)
  var samples: [Double] = []
  for probe in 0..<probes {
    let vector = signs(operation.dimension, stream, probe)
    let image = try operation.applied(to: vector)
    let value = dotProduct(vector, image)
    guard value.isFinite else {
      throw LinearAlgebraError.notFinite(method: "Hutchinson", application: probe + 1)
    }
    samples.append(value)
  }
  return TraceEstimate(samples: samples, applications: probes, seed: seed)
}

/// A vector of independent random signs: a row of a stream.
func signs(_ count: Int, _ stream: RandomStream, _ step: Int) -> [Double] {
  stream.at(step: UInt64(step)).uniforms(rows: 1, draws: count).map { $0 < 0.5 ? -1 : 1 }
}

/// XTrace (Epperly, Tropp & Webber 2024, arXiv 2301.07825): each test vector in turn estimates the trace of
/// what the others' images leave of the operator, whose own trace is known exactly.
///
/// Unbiased; its error falls with the spectrum where that decays, and is not much larger than Hutchinson's
/// where it does not. With as many test vectors as dimensions, or more than the rank, the trace is exact.
///
/// The samples are the leave-one-out estimates, treated as independent for a standard error in the paper. They
/// share their test vectors, so that it is somewhat small: over many seeds the variance claimed was 0.5 to
/// 0.95 of the true one for decaying spectra, and down to 0.36 for a flat one with half as many test
/// vectors as dimensions.
///
/// - Parameter testVectors: `m`, between 2 and the dimension; `2m` products are made and `2m` vectors kept.
/// - Throws: ``LinearAlgebraError`` for a number outside, or for a product that is not finite.
public func xTrace(
  _ operation: some LinearOperator, testVectors: Int, seed: UInt64 = 0
) throws -> TraceEstimate {
  let (n, m) = (operation.dimension, testVectors)
  try check("the number of test vectors", m, in: min(2, n)...n)
  let stream = RandomStream(seed: seed, purpose: .xTrace)
  // Uniform on the sphere of radius √n.
  let tests = (0..<m).map { index -> [Double] in
    let normals = stream.at(step: UInt64(index)).normals(rows: 1, draws: n)
    let factor = Double(n).squareRoot() / norm(normals)
    return normals.map { $0 * factor }
  }
  let factors = OrthogonalFactors(
    try tests.enumerated().map { index, vector in
      try finiteImage(operation, vector, application: index + 1)
    }, stream: stream.appending("completion"))
  let images = try factors.basis.enumerated().map { index, vector in
    try finiteImage(operation, vector, application: m + index + 1)
  }
  let inner = products(factors.basis, images)
  let coordinates = products(factors.basis, tests)
  let transposed = products(images, tests)
  let whole = (0..<m).reduce(0) { $0 + inner[$1][$1] }
  var samples: [Double] = []
  for index in 0..<m {
    // Leaving test vector i out of the basis is leaving out one direction s of its span.
    let s = factors.directionLeftOut(index)
    let u = coordinates.map { $0[index] }
    let t = transposed.map { $0[index] }
    let r = factors.column(index)
    let overlap = dotProduct(s, u)
    let d = zip(u, s).map { $0 - overlap * $1 }
    let leftOver = Double(n) - dotProduct(d, d)
    let quadratic = dotProduct(u, r) - dotProduct(t, d) - dotProduct(d, r) + form(d, inner, d)
    let scale = leftOver > 0 ? Double(n - m + 1) / leftOver : 0
    samples.append(whole - form(s, inner, s) + scale * quadratic)
  }
  return TraceEstimate(samples: samples, applications: 2 * m, seed: seed)
}

private func finiteImage(
  _ operation: some LinearOperator, _ vector: [Double], application: Int
) throws -> [Double] {
  let image = try operation.applied(to: vector)
  guard image.allSatisfy(\.isFinite) else {
    throw LinearAlgebraError.notFinite(method: "XTrace", application: application)
  }
  return image
}

/// `⟨x_i, y_j⟩`, row by row.
private func products(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] {
  x.map { left in y.map { dotProduct(left, $0) } }
}

/// `xᵀ M y`.
private func form(_ x: [Double], _ matrix: [[Double]], _ y: [Double]) -> Double {
  zip(x, matrix).reduce(0) { $0 + $1.0 * dotProduct($1.1, y) }
}

/// `Y = Q R` of `m` columns.
private struct OrthogonalFactors {
  /// The columns of `Q`.
  private(set) var basis: [[Double]] = []
  /// `R`, row by row, upper triangular with a diagonal that is never zero.
  private var triangle: [[Double]]

  /// - Parameter stream: draws directions where the columns are linearly dependent.
  init(_ columns: [[Double]], stream: RandomStream) {
    let (m, n) = (columns.count, columns[0].count)
    triangle = Array(repeating: Array(repeating: 0, count: m), count: m)
    let largest = columns.map { norm($0) }.max() ?? 0
    let negligible = largest > 0 ? 16 * Double.ulpOfOne * largest : 1e-300
    for (index, column) in columns.enumerated() {
      var (rest, length) = orthogonalized(column, intoColumn: index)
      if length <= negligible {
        // Orthogonal to the images, and so without a part in them: the rank is used up.
        triangle[index][index] = negligible
        let draw = stream.at(step: UInt64(index)).normals(rows: 1, draws: n)
        (rest, length) = orthogonalized(draw, intoColumn: nil)
      } else {
        triangle[index][index] = length
      }
      basis.append(rest.map { $0 / length })
    }
  }

  func column(_ index: Int) -> [Double] { triangle.map { $0[index] } }

  /// The unit vector `s` of coordinates in `Q` orthogonal to all columns of `R` but one: `Rᵀ s ∝ e_i`.
  func directionLeftOut(_ index: Int) -> [Double] {
    let m = triangle.count
    var solution = [Double](repeating: 0, count: m)
    for row in index..<m {
      var value = row == index ? 1.0 : 0
      for inner in index..<max(row, index) { value -= triangle[inner][row] * solution[inner] }
      solution[row] = value / triangle[row][row]
      // Rescaled as it grows: only the direction counts.
      let size = solution[row].magnitude
      if size > 1e100 { for inner in 0...row { solution[inner] /= size } }
    }
    let length = norm(solution)
    return solution.map { $0 / length }
  }

  private mutating func orthogonalized(
    _ vector: [Double], intoColumn column: Int?
  ) -> (rest: [Double], length: Double) {
    var rest = vector
    for _ in 0..<2 {
      for (row, unit) in basis.enumerated() {
        let coefficient = dotProduct(unit, rest)
        for place in rest.indices { rest[place] -= coefficient * unit[place] }
        if let column { triangle[row][column] += coefficient }
      }
    }
    return (rest, norm(rest))
  }
}
