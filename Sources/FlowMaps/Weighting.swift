// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// How a sample's loss enters the mean (theory: weighting). `ℓ` is the mean over coordinates of the squared
/// residual.
public enum Weighting: Sendable, Hashable, Codable {
  /// `ℓ` itself. The default in two dimensions: adaptive weighting is biased there, like 1/d.
  case none
  /// `ℓ / sg(ℓ + offset)^power` (ECT, MeanFlow).
  case adaptive(power: Double = 1, offset: Double = 0.01)
  /// `cos(angle) · (sqrt(ℓ + c²) − c)`, with the angle `π t / 2T` and `c = 5`.
  case cosinePseudoHuber(offset: Double = 25)

  /// Names on command lines.
  public static let names = ["none", "adaptive", "cosine"]

  public init?(named name: String) {
    switch name {
    case "none": self = .none
    case "adaptive": self = .adaptive()
    case "cosine": self = .cosinePseudoHuber()
    default: return nil
    }
  }

  /// Weighted losses.
  ///
  /// - Parameters:
  ///   - loss: `ℓ`, `[rows]`
  ///   - time: `t / T`, `[rows, 1]`
  public func callAsFunction(_ loss: Tensor, time: Tensor) -> Tensor {
    switch self {
    case .none:
      return loss
    case .adaptive(let power, let offset):
      let shifted = stopGradient(loss + offset)
      return power == 1 ? loss / shifted : loss * exp(-power * log(shifted))
    case .cosinePseudoHuber(let offset):
      let angle = time.reshaped(to: loss.shape) * (Double.pi / 2)
      return cos(angle) * (sqrt(loss + offset) - offset.squareRoot())
    }
  }
}
