// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// `C = U diag(c) Uᵀ` by cyclic Jacobi rotations.
///
/// For small matrices: it keeps the relative accuracy of
/// small eigenvalues of well-scaled matrices, and leaves a diagonal matrix exactly as it is, `U = I`
/// (Demmel and Veselic, "Jacobi's method is more accurate than QR", 1992).
public struct JacobiEigensystem: Sendable {
  /// `c`, in the order of the diagonal they converged from.
  public let eigenvalues: [Double]
  /// `U`, row-major; column `j` belongs to `eigenvalues[j]`.
  public let eigenvectors: [[Double]]

  /// - Parameter matrix: square and symmetric, with finite entries.
  public init(_ matrix: [[Double]]) {
    let size = matrix.count
    precondition(matrix.allSatisfy { $0.count == size }, "\(size) rows are no square matrix")
    var reduced = matrix
    var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
    var rotated = true
    var sweeps = 0
    while rotated && sweeps < 64 {
      rotated = false
      sweeps += 1
      for first in 0..<size {
        for second in (first + 1)..<max(size, first + 1) {
          guard let rotation = Rotation(reduced, first, second) else { continue }
          rotation.conjugate(&reduced)
          rotation.appendColumns(&vectors)
          rotated = true
        }
      }
    }
    eigenvalues = (0..<size).map { reduced[$0][$0] }
    eigenvectors = vectors
  }
}

/// The plane rotation that removes one off-diagonal entry.
private struct Rotation {
  let first: Int
  let second: Int
  let cosine: Double
  let sine: Double
  let tangent: Double

  /// Nil where the entry is already negligible beside its diagonal entries.
  init?(_ matrix: [[Double]], _ first: Int, _ second: Int) {
    let (a, b, offDiagonal) = (
      matrix[first][first], matrix[second][second], matrix[first][second]
    )
    let scale = a.magnitude.squareRoot() * b.magnitude.squareRoot()
    guard offDiagonal != 0 && offDiagonal.magnitude > 0x1p-54 * scale else { return nil }
    let ratio = (b - a) / (2 * offDiagonal)
    let root = (1 + ratio * ratio).squareRoot()
    tangent = ratio >= 0 ? 1 / (ratio + root) : -1 / (root - ratio)
    cosine = 1 / (1 + tangent * tangent).squareRoot()
    sine = tangent * cosine
    self.first = first
    self.second = second
  }

  func conjugate(_ matrix: inout [[Double]]) {
    let offDiagonal = matrix[first][second]
    matrix[first][first] -= tangent * offDiagonal
    matrix[second][second] += tangent * offDiagonal
    matrix[first][second] = 0
    matrix[second][first] = 0
    for index in matrix.indices where index != first && index != second {
      let (left, right) = (matrix[index][first], matrix[index][second])
      matrix[index][first] = cosine * left - sine * right
      matrix[index][second] = sine * left + cosine * right
      matrix[first][index] = matrix[index][first]
      matrix[second][index] = matrix[index][second]
    }
  }

  func appendColumns(_ vectors: inout [[Double]]) {
    for index in vectors.indices {
      let (left, right) = (vectors[index][first], vectors[index][second])
      vectors[index][first] = cosine * left - sine * right
      vectors[index][second] = sine * left + cosine * right
    }
  }
}
