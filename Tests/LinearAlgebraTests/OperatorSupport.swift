// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra
import RandomStreams

/// An orthogonal matrix, row by row: a product of reflections along random vectors.
func randomRotation(_ size: Int, seed: UInt64) -> [Double] {
  var rows = (0..<size * size).map { $0 % (size + 1) == 0 ? 1.0 : 0 }
  for reflection in 0..<4 {
    let v = RandomStream(seed: seed, purpose: "rotation", step: UInt64(reflection))
      .normals(rows: 1, draws: size)
    let square = v.reduce(0) { $0 + $1 * $1 }
    for row in 0..<size {
      let product = (0..<size).reduce(0) { $0 + rows[row * size + $1] * v[$1] }
      for column in 0..<size { rows[row * size + column] -= 2 * product / square * v[column] }
    }
  }
  return rows
}

/// `Q M Qᵀ` for a matrix given row by row.
func conjugated(_ matrix: [Double], size: Int, seed: UInt64) -> [Double] {
  let q = randomRotation(size, seed: seed)
  func product(_ a: [Double], _ b: (Int, Int) -> Double) -> [Double] {
    (0..<size * size).map { place in
      let (row, column) = (place / size, place % size)
      return (0..<size).reduce(0) { $0 + a[row * size + $1] * b($1, column) }
    }
  }
  let left = product(q) { matrix[$0 * size + $1] }
  return product(left) { q[$1 * size + $0] }
}

/// A symmetric operator with the given eigenvalues and random eigenvectors.
func symmetricOperator(_ spectrum: [Double], seed: UInt64 = 1) -> DenseOperator {
  let size = spectrum.count
  let diagonal = (0..<size * size).map { $0 % (size + 1) == 0 ? spectrum[$0 / (size + 1)] : 0 }
  return DenseOperator(
    conjugated(diagonal, size: size, seed: seed), dimension: size, isSymmetric: true)
}

/// A general matrix of independent normal entries, whose eigenvalues fill a disk of radius `√size`.
func generalOperator(_ size: Int, seed: UInt64) -> DenseOperator {
  DenseOperator(
    RandomStream(seed: seed, purpose: "matrix").normals(rows: size, draws: size),
    dimension: size)
}

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  a.count == b.count ? zip(a, b).map { ($0 - $1).magnitude }.max() ?? 0 : .infinity
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
