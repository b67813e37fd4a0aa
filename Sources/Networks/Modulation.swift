// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams
internal import Tensors

/// How what a network is told scales and shifts normalised features.
public enum Modulation: String, CaseIterable, Sendable, Codable {
  /// `h (1 + scale) + shift`
  case plain
  /// `h n(1 + scale) + n(shift)` behind the second normalisation of a block, where `n(v) = v / sqrt(mean(v²) + ε)`
  /// over the features keeps both from growing with the times (adaptive double normalisation of Lu and Song,
  /// arXiv 2410.11081).
  case doublyNormalized

  /// The `ε` of `n`.
  static let epsilon = 1e-8

  /// - Parameters:
  ///   - features: normalised, the last axis is theirs.
  ///   - scale: broadcasts to the features, with their last axis, as does the next.
  func callAsFunction(_ features: Tensor, shift: Tensor, scale: Tensor) -> Tensor {
    switch self {
    case .plain: return features * (1 + scale) + shift
    case .doublyNormalized:
      return features * rmsNorm(1 + scale, epsilon: Self.epsilon)
        + rmsNorm(shift, epsilon: Self.epsilon)
    }
  }

  /// The shift with which training begins: the bias of the layer whose weight begins as zero.
  ///
  /// The slope of `n` at zero is `1/√ε = 10⁴`, so a doubly normalised shift begins elsewhere: at standard normal
  /// numbers, where the slope is 1 at most, up to the sampling error of their mean square.
  func initialShift(_ width: Int, _ stream: RandomStream) -> [Double] {
    switch self {
    case .plain: return [Double](repeating: 0, count: width)
    case .doublyNormalized: return stream.normals(rows: 1, draws: width)
    }
  }
}
