// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import RandomStreams
internal import Tensors

/// What a time is turned into before it enters a network.
///
/// A tangent of the network grows with the highest frequency: continuous-time consistency is trained with
/// ``positional(features:)``, and becomes unstable with ``fourier(features:scale:)`` of a large scale
/// (arXiv 2410.11081).
public enum TimeFeatures: Sendable, Hashable, Codable {
  /// The time itself.
  case plain
  /// Cosines and sines of `t ω`, `ω` geometric from 1 down to 1/10000 (arXiv 1706.03762); an even number.
  case positional(features: Int = 16)
  /// Cosines and sines of `2π b t` with fixed normal `b` of deviation `scale` (arXiv 2006.10739); an even
  /// number.
  case fourier(features: Int = 16, scale: Double = 16)

  /// Numbers for one time.
  public var count: Int {
    switch self {
    case .plain: return 1
    case .positional(let features), .fourier(let features, _): return features
    }
  }

  /// Checks sizes that come from outside.
  ///
  /// - Throws: `ConfigurationError`.
  func validate() throws(ConfigurationError) {
    switch self {
    case .plain: break
    case .positional(let features), .fourier(let features, _):
      if features < 2 || features > 1024 || features % 2 != 0 {
        throw ConfigurationError(
          setting: "time features", value: "\(features)",
          accepted: "an even number from 2 to 1024")
      }
    }
    if case .fourier(_, let scale) = self, !(scale > 0 && scale <= 1000) {
      throw ConfigurationError(
        setting: "scale of the time features", value: "\(scale)",
        accepted: "a number above 0 and at most 1000")
    }
  }

  /// - Parameter time: `[rows, 1]`
  /// - Returns: `[rows, count]`
  func callAsFunction(_ time: Tensor) -> Tensor {
    switch self {
    case .plain:
      return time
    case .positional(let features):
      return SinusoidalEmbedding.time(time, features: features)
    case .fourier(let features, let scale):
      // The frequencies are part of the architecture: the same for every seed of a run.
      let draws = RandomStream(seed: 0, purpose: .fourierFeatures).normals(
        rows: 1, draws: features / 2)
      let angles =
        time
        * Tensor(values: draws.map { 2 * Double.pi * scale * $0 }, shape: [1, features / 2])
      return concatenate([cos(angles), sin(angles)], axis: 1)
    }
  }
}
