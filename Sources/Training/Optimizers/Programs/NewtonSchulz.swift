// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// Brings the singular values of a matrix near 1 and leaves its singular vectors: `M = U S Vᵀ` becomes
/// `U φ(S / ‖M‖) Vᵀ`, with the Frobenius norm.
///
/// Each iteration `X ← a X + (b X Xᵀ + c (X Xᵀ)²) X` maps every singular value `s` to `a s + b s³ + c s⁵`; `φ` is all
/// iterations together. Products of matrices are all it needs.
public struct NewtonSchulz: Sendable, Hashable {
  /// `a`
  public let linear: Double
  /// `b`
  public let cubic: Double
  /// `c`
  public let quintic: Double
  public let iterations: Int

  /// Five iterations of the polynomial of Jordan et al. (2024), chosen for its slope at 0. It does not converge:
  /// values of at least 0.002 `‖M‖` end between 0.68 and 1.21, smaller ones are multiplied by at most 3.4445⁵ = 485.
  public static let published = NewtonSchulz(
    linear: 3.4445, cubic: -4.7750, quintic: 2.0315, iterations: 5)

  /// The iteration `X ← (3 X − X Xᵀ X) / 2`, which converges to the orthogonal factor `U Vᵀ` of the polar
  /// decomposition; small values grow by 3/2 an iteration before they do.
  public static func convergent(iterations: Int) -> NewtonSchulz {
    NewtonSchulz(linear: 1.5, cubic: -0.5, quintic: 0, iterations: iterations)
  }

  private init(linear: Double, cubic: Double, quintic: Double, iterations: Int) {
    self.linear = linear
    self.cubic = cubic
    self.quintic = quintic
    self.iterations = iterations
  }

  /// What keeps a matrix of zeros from a division by zero; as in the published code.
  private static let leastNorm = 1e-7

  /// `U φ(S / ‖M‖) Vᵀ` of a matrix `[m, n]`. The product of the smaller size, `X Xᵀ` or `Xᵀ X`, is used.
  public func callAsFunction(_ matrix: Tensor) -> Tensor {
    var x = matrix / (sqrt(square(matrix).sum()) + Self.leastNorm)
    let isTall = matrix.shape[0] > matrix.shape[1]
    for _ in 0..<iterations {
      let gram = isTall ? matmul(x, x, transposeLeft: true) : matmul(x, x, transposeRight: true)
      let factor = quintic == 0 ? cubic * gram : cubic * gram + quintic * matmul(gram, gram)
      x = linear * x + (isTall ? matmul(x, factor) : matmul(factor, x))
    }
    return x
  }

  /// `φ`: what a singular value of this share of the norm becomes.
  public func singularValue(_ share: Double) -> Double {
    (0..<iterations).reduce(share) { value, _ in
      let square = value * value
      return value * (linear + square * (cubic + square * quintic))
    }
  }
}
