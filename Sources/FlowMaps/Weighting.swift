// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
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
  /// `e^{−w} ℓ + w` with a `w` of both times, learnt with the network from 0 (arXiv 2505.18825):
  /// `w(t, s) = Σ a_jk cos(jπt/T) cos(kπ(t−s)/T)`, `j, k < terms`; flow matching on samples of its own has
  /// a `w(t) = Σ b_j cos(jπt/T)` beside it, for its loss does not vanish with `t − s` as distillation's does.
  /// For fixed losses the best `w` is `log E[ℓ|t, s]`. Where hardly a loss is left `w` would fall on until a
  /// rare sample met a boundless `e^{−w}`, so each sum `u` enters as `w = 6 tanh(u/6)`.
  case learnedOverTimes(terms: Int = 4)

  /// The parameters that are learnt with the network's.
  var layout: ParameterLayout {
    var layout = ParameterLayout()
    switch self {
    case .none, .adaptive, .cosinePseudoHuber, .inverseStep: break
    case .learned(let terms): layout.append("cosines", [terms, 1], .bias)
    case .learnedOverTimes(let terms):
      layout.append("pairs", [terms, terms], .bias)
      layout.append("diagonal", [terms, 1], .bias)
    }
    return layout
  }

  /// Weighted losses.
  ///
  /// - Parameters:
  ///   - loss: `ℓ`, `[rows]`
  ///   - time: `t / T`, `[rows, 1]`
  ///   - step: `(t − u) / T`, `[rows, 1]`; needed by ``inverseStep``.
  ///   - span: `(t − s) / T`, `[rows, 1]`; nil where the loss is that of flow matching alone.
  ///   - parameters: in the weighting's layout; needed by ``learned(terms:)`` and
  ///     ``learnedOverTimes(terms:)``.
  public func callAsFunction(
    _ loss: Tensor, time: Tensor, step: Tensor? = nil, span: Tensor? = nil,
    parameters: ParameterTensors? = nil
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
      let weight = matmul(cosines(of: time, terms), parameters["cosines"])
        .reshaped(to: loss.shape)
      return exp(weight) * loss - weight
    case .learnedOverTimes(let terms):
      guard let parameters else {
        fatalError("a learned weighting, and its parameters are not given")
      }
      let ofTime = cosines(of: time, terms)
      let weight: Tensor
      if let span {
        weight = (matmul(ofTime, parameters["pairs"]) * cosines(of: span, terms)).sum([1])
      } else {
        weight = matmul(ofTime, parameters["diagonal"]).reshaped(to: loss.shape)
      }
      let bounded = Self.largestLogWeight * tanh(weight / Self.largestLogWeight)
      return exp(-bounded) * loss + bounded
    }
  }

  private static let largestLogWeight = 6.0

  /// `cos(kπτ)`, `k < terms`: `[rows, terms]`.
  private func cosines(of time: Tensor, _ terms: Int) -> Tensor {
    cos(time * Tensor(values: (0..<terms).map { Double($0) * .pi }, shape: [1, terms]))
  }
}

extension Weighting {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    if case .adaptive(let power, let offset) = self,
      !(power >= 0 && power.isFinite && offset > 0 && offset.isFinite)
    {
      throw ConfigurationError(
        setting: "adaptive weighting", value: "power \(power), offset \(offset)",
        accepted: "finite numbers, the power at least 0, the offset above 0")
    }
    if case .cosinePseudoHuber(let offset) = self, !(offset > 0 && offset.isFinite) {
      throw ConfigurationError(
        setting: "cosine weighting", value: "offset \(offset)", accepted: "a finite number above 0")
    }
    if case .learned(let terms) = self, !(1...1024).contains(terms) {
      throw ConfigurationError(
        setting: "learned weighting", value: "\(terms) terms",
        accepted: "a whole number from 1 to 1024")
    }
    if case .learnedOverTimes(let terms) = self, !(1...32).contains(terms) {
      throw ConfigurationError(
        setting: "learned weighting", value: "\(terms) terms for each of two times",
        accepted: "a whole number from 1 to 32")
    }
  }
}
