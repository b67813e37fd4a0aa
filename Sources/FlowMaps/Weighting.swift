// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Networks
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
  /// `ℓ T/(t − u)`, for the discrete consistency losses, whose `ℓ` falls like `(t − u)²` (iCT, arXiv
  /// 2310.14189).
  case inverseStep
  /// `e^w ℓ − w` with `w(t) = Σ a_k cos(kπt/T)`, `k < terms`, learnt with the network from `a = 0` (sCM, arXiv
  /// 2410.11081). For fixed losses the best `w` is `−log E[ℓ|t]`: every time gets the same share.
  case learned(terms: Int = 8)

  /// Names on command lines.
  public static let names = ["none", "adaptive", "cosine", "inverse-step", "learned"]

  public init?(named name: String) {
    switch name {
    case "none": self = .none
    case "adaptive": self = .adaptive()
    case "cosine": self = .cosinePseudoHuber()
    case "inverse-step": self = .inverseStep
    case "learned": self = .learned()
    default: return nil
    }
  }

  /// The parameters that are learnt with the network's.
  var layout: ParameterLayout {
    var layout = ParameterLayout()
    if case .learned(let terms) = self { layout.append("cosines", [terms, 1]) }
    return layout
  }

  /// Weighted losses.
  ///
  /// - Parameters:
  ///   - loss: `ℓ`, `[rows]`
  ///   - time: `t / T`, `[rows, 1]`
  ///   - step: `(t − u) / T`, `[rows, 1]`; needed by ``inverseStep``.
  ///   - parameters: in the weighting's layout; needed by ``learned(terms:)``.
  public func callAsFunction(
    _ loss: Tensor, time: Tensor, step: Tensor? = nil, parameters: ParameterTensors? = nil
  ) -> Tensor {
    switch self {
    case .none:
      return loss
    case .adaptive(let power, let offset):
      let shifted = stopGradient(loss + offset)
      return power == 1 ? loss / shifted : loss * exp(-power * log(shifted))
    case .cosinePseudoHuber(let offset):
      let angle = time.reshaped(to: loss.shape) * (Double.pi / 2)
      return cos(angle) * (sqrt(loss + offset) - offset.squareRoot())
    case .inverseStep:
      guard let step else { fatalError("a weighting by the step, and no step is given") }
      return loss / step.reshaped(to: loss.shape)
    case .learned(let terms):
      guard let parameters else {
        fatalError("a learned weighting, and its parameters are not given")
      }
      let frequencies = Tensor(values: (0..<terms).map { Double($0) * .pi }, shape: [1, terms])
      let weight = matmul(cos(time * frequencies), parameters["cosines"]).reshaped(to: loss.shape)
      return exp(weight) * loss - weight
    }
  }
}
