// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Networks
internal import Tensors

/// The update of one parameter as tensors.
struct UpdateTrace {
  let entry: ParameterLayout.Entry
  let isDecayed: Bool
  let coefficients: [StepCoefficients.Name: Tensor]
  let parameter: Tensor
  let gradient: Tensor
  let moments: [Moment: Tensor]

  /// The new values.
  struct Step {
    let parameter: Tensor
    var moments: [Moment: Tensor] = [:]
  }

  func step(of optimizer: Optimizer) -> Step {
    switch optimizer {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon, _):
      return adam(
        beta1: beta1, beta2: beta2, epsilon: epsilon,
        isDecayed: isDecayed && optimizer.weightDecay != nil)
    case .radam(let beta1, let beta2, let epsilon):
      return rectifiedAdam(beta1: beta1, beta2: beta2, epsilon: epsilon)
    case .sgd(let momentum):
      return descent(momentum: momentum)
    case .muon(let momentum, let neuronDecay, _, let beta1, let beta2, let epsilon):
      guard entry.role == .matrix else {
        return adam(beta1: beta1, beta2: beta2, epsilon: epsilon, isDecayed: isDecayed)
      }
      return muon(momentum: momentum, neuronDecay: neuronDecay, epsilon: epsilon)
    }
  }

  private subscript(name: StepCoefficients.Name) -> Tensor {
    guard let tensor = coefficients[name] else {
      preconditionFailure("no coefficient \(name.rawValue) is given")
    }
    return tensor
  }

  private subscript(moment: Moment) -> Tensor {
    guard let tensor = moments[moment] else {
      preconditionFailure("no \(moment.rawValue) is kept of \(entry.name)")
    }
    return tensor
  }

  private var slope: Tensor { self[.gradientScale] * gradient }

  /// The parameter less its decay.
  private func kept(isDecayed: Bool) -> Tensor {
    isDecayed ? self[.kept] * parameter : parameter
  }

  private func descent(momentum: Double) -> Step {
    guard momentum != 0 else { return Step(parameter: parameter - self[.rate] * slope) }
    let velocity = momentum * self[.first] + slope
    return Step(parameter: parameter - self[.rate] * velocity, moments: [.first: velocity])
  }

  private func nextMoments(beta1: Double, beta2: Double) -> (first: Tensor, second: Tensor) {
    (
      beta1 * self[.first] + (1 - beta1) * slope,
      beta2 * self[.second] + (1 - beta2) * square(slope)
    )
  }

  private func adam(beta1: Double, beta2: Double, epsilon: Double, isDecayed: Bool) -> Step {
    let (first, second) = nextMoments(beta1: beta1, beta2: beta2)
    let change = self[.adaptedRate] * first / (sqrt(second) * self[.inverseRoot] + epsilon)
    return Step(
      parameter: kept(isDecayed: isDecayed) - change, moments: [.first: first, .second: second])
  }

  private func rectifiedAdam(beta1: Double, beta2: Double, epsilon: Double) -> Step {
    let (first, second) = nextMoments(beta1: beta1, beta2: beta2)
    let along = self[.adaptedRate] * first
    let change = select(
      self[.adaptation], along / (sqrt(second) * self[.inverseRoot] + epsilon), along)
    return Step(parameter: parameter - change, moments: [.first: first, .second: second])
  }

  /// Root mean square of an entry of the direction, that of an Adam step (arXiv 2502.16982).
  private static let directionSize = 0.2

  private func muon(momentum: Double, neuronDecay: Double?, epsilon: Double) -> Step {
    let first = momentum * self[.first] + (1 - momentum) * slope
    let orthogonal = NewtonSchulz.published(momentum * first + (1 - momentum) * slope)
    let (inputs, outputs) = (entry.shape[0], entry.shape[1])
    var moments = [Moment.first: first]
    let direction: Tensor
    if let neuronDecay {
      // A neuron is a column: weights are the right operands of products.
      let squares = square(orthogonal).mean([0], keepingDimensions: true)
      let second = neuronDecay * self[.second] + (1 - neuronDecay) * squares
      moments[.second] = second
      let even = orthogonal / (sqrt(second) + epsilon)
      let size = Self.directionSize * Double(inputs * outputs).squareRoot()
      direction = even * (size / (sqrt(square(even).sum()) + epsilon))
    } else {
      direction = orthogonal * (Self.directionSize * Double(max(inputs, outputs)).squareRoot())
    }
    return Step(
      parameter: kept(isDecayed: isDecayed) - self[.rate] * direction, moments: moments)
  }
}
