// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants
public import Tensors

/// The velocity field of a Gaussian mixture as symbolic tensors, so that it can enter an objective.
///
/// Every component is diagonal in its own eigenbasis: with `y = (x − α m_k) U_k`,
/// `p = α² c + σ²` and `b = α α' c + σ σ'`, its velocity is `α' m_k + U_k (b/p · y)` and its conditional
/// covariance `U_k diag(ν² c / p) U_kᵀ`. All components are computed by one product with the
/// eigenvectors side by side.
public struct SymbolicMixture: Sendable {
  /// The largest `K d`, the numbers that a program holds and computes for each row, and again for each class. At
  /// the limit the velocity of a row takes about half a millisecond.
  public static let widthLimit = 16_384

  private let dimension: Int
  private let count: Int
  /// Eigenvectors side by side, `[d, k·d]`.
  private let basis: Tensor
  /// Means in the eigenbases, `[1, k·d]`.
  private let means: Tensor
  /// Means, `[k, d]`.
  private let plainMeans: Tensor
  /// Eigenvalues, `[1, k·d]`.
  private let eigenvalues: Tensor
  /// Logarithms of the weights, `[1, k]`.
  private let logWeights: Tensor

  /// - Precondition: `K d` is at most ``widthLimit``.
  public init(_ mixture: GaussianMixture) {
    precondition(
      mixture.components.count * mixture.dimension <= Self.widthLimit,
      "a program of \(mixture.components.count) components in \(mixture.dimension) dimensions is too large: at "
        + "most \(Self.widthLimit) numbers a row; take the values of marginal(at:_:), or fewer components"
    )
    let d = mixture.dimension
    let components = mixture.components
    let width = components.count * d
    var basisValues = [Double](repeating: 0, count: d * width)
    var meanValues = [Double](repeating: 0, count: width)
    for (k, component) in components.enumerated() {
      for column in 0..<d {
        for row in 0..<d {
          let entry = component.eigenvectors[row][column]
          basisValues[row * width + k * d + column] = entry
          meanValues[k * d + column] += component.mean[row] * entry
        }
      }
    }
    dimension = d
    count = components.count
    basis = Tensor(values: basisValues, shape: [d, width])
    means = Tensor(values: meanValues, shape: [1, width])
    plainMeans = Tensor(values: components.flatMap(\.mean), shape: [components.count, d])
    eigenvalues = Tensor(values: components.flatMap(\.eigenvalues), shape: [1, width])
    logWeights = Tensor(values: components.map(\.logWeight), shape: [1, components.count])
  }

  /// What is known of `x_t` at points `[rows, d]` and times `[rows, 1]`.
  public struct Marginal: Sendable {
    /// `r_k(x)`, `[rows, k]`
    public let responsibilities: Tensor
    /// `v*(x, t) = E[v_c | x_t = x]`, `[rows, d]`
    public let velocity: Tensor
    /// `Σ(x, t) = Cov[v_c | x_t = x]`, `[rows, d, d]`
    public let velocityCovariance: Tensor
  }

  public func marginal(
    _ x: Tensor, at t: Tensor, interpolant: any Interpolant
  ) -> Marginal {
    let rows = x.shape[0]
    let dual = Dual(t, rate: .ones(t.shape))
    let (signal, noise) = (interpolant.signal(at: dual), interpolant.noise(at: dual))
    let variance = signal.value * signal.value * eigenvalues + noise.value * noise.value
    let crossTerm =
      signal.value * signal.rate * eigenvalues + noise.value * noise.rate
    let centred = matmul(x, basis) - signal.value * means
    let blocks = [rows, count, dimension]
    let exponents = (centred * centred / variance + log(variance)).reshaped(to: blocks).sum([2])
    let responsibilities = softmax(logWeights - 0.5 * exponents)

    let share = responsibilities.reshaped(to: [rows, count, 1])
    let inBasis = (centred * (crossTerm / variance)).reshaped(to: blocks)
    let spread = matmul(
      (share * inBasis).reshaped(to: [rows, count * dimension]), basis, transposeRight: true)
    let velocity = spread + signal.rate * matmul(responsibilities, plainMeans)
    return Marginal(
      responsibilities: responsibilities, velocity: velocity,
      velocityCovariance: covariance(
        share, inBasis: inBasis, variance: variance, velocity: velocity, signalRate: signal.rate,
        nu: interpolant.nu))
  }

  /// `Σ r_k [ U_k diag(ν² c/p) U_kᵀ + (v_k − v*)(v_k − v*)ᵀ ]`
  private func covariance(
    _ share: Tensor, inBasis: Tensor, variance: Tensor, velocity: Tensor, signalRate: Tensor,
    nu: Double
  ) -> Tensor {
    let rows = share.shape[0]
    let within = (nu * nu * eigenvalues / variance).reshaped(to: [rows, count, dimension])
    let weighted = (share * within).reshaped(to: [rows, 1, count * dimension])
    let everyBasis = basis.broadcast(to: [rows, dimension, count * dimension])
    let noisePart = matmul(everyBasis * weighted, everyBasis, transposeRight: true)
    // Velocities of the components: back from each eigenbasis to the coordinates.
    let perComponent = basis.reshaped(to: [dimension, count, dimension]).transposed([1, 2, 0])
    let rotated = matmul(inBasis.transposed([1, 0, 2]), perComponent).transposed([1, 0, 2])
    let deviation =
      rotated + signalRate.reshaped(to: [rows, 1, 1]) * plainMeans
      - velocity.reshaped(to: [rows, 1, dimension])
    return noisePart + matmul(share * deviation, deviation, transposeLeft: true)
  }
}
